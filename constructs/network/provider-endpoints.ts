import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import { Construct } from "constructs";
import { explainWildcards } from "../policy/wildcard-reasons.ts";
import { ENDPOINT_POLICY_REASONS, endpointPolicies } from "./endpoint-policy.ts";
import type { VpcEndpointsProps } from "./vpc-endpoints.ts";

export interface ProviderEndpointsProps
  extends Pick<VpcEndpointsProps, "name" | "region" | "network" | "securityGroupId" | "subnetIds"> {
  /** Names of the services, e.g. `bedrock-runtime`. */
  readonly services: readonly string[];
}

/** Interface endpoints of the AWS services that the declared providers need. */
export class ProviderEndpoints extends Construct {
  constructor(scope: Construct, id: string, props: ProviderEndpointsProps) {
    super(scope, id);
    const { name, region, network, securityGroupId, subnetIds, services } = props;
    if (services.length === 0) return;
    const { accountId } = new DataAwsCallerIdentity(this, "Account", {});
    for (const service of services) {
      const resource = new VpcEndpoint(this, service, {
        vpcId: network.vpcId,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: [...subnetIds],
        securityGroupIds: [securityGroupId],
        policy: endpointPolicies({ name, region, accountId }).interface,
        tags: { Name: `${name}-${service}` },
      });
      explainWildcards(resource, ENDPOINT_POLICY_REASONS);
    }
  }
}
