import { ApiGatewayAccount } from "@cdktf/provider-aws/lib/api-gateway-account/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import { Construct } from "constructs";
import { ServiceRole } from "../identity/service-role.ts";
import { recordPurposes } from "../identity/statement-purposes.ts";
import { explainWildcards } from "../policy/wildcard-reasons.ts";

export interface LoggingPermissionProps {
  readonly name: string;
}

/**
 * Lets API Gateway write to CloudWatch Logs. The setting belongs to account and region, not to one API: one environment owns
 * it, and whoever destroys it takes the log of every API of the account away.
 */
export class LoggingPermission extends Construct {
  readonly resource: ApiGatewayAccount;

  constructor(scope: Construct, id: string, { name }: LoggingPermissionProps) {
    super(scope, id);
    const role = new ServiceRole(this, "Role", { name, service: "apigateway.amazonaws.com", statements: [] });
    const policy = new IamRolePolicyAttachment(this, "Policy", {
      role: role.resource.name,
      policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    });
    explainWildcards(policy, {
      AmazonAPIGatewayPushToCloudWatchLogs:
        "API Gateway verifies the role on all of CloudWatch Logs when it is set; AWS has this managed policy for it.",
    });
    recordPurposes(policy, {
      AmazonAPIGatewayPushToCloudWatchLogs: "API Gateway writes the access logs of the account's APIs.",
    });
    this.resource = new ApiGatewayAccount(this, "Default", {
      cloudwatchRoleArn: role.resource.arn,
      dependsOn: [policy], // AWS verifies the role when it is set
    });
  }
}
