import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { type PolicyStatement, ServiceRole } from "../identity/service-role.ts";

export interface BundledFunctionProps {
  /** Name of function, role and log group. */
  readonly name: string;
  /** Path of the bundle, `<verb-noun>.zip`. */
  readonly bundle: string;
  readonly statements: readonly PolicyStatement[];
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** @default 256 */
  readonly memoryMb?: number;
  readonly logRetentionDays: number;
  /** Customer key of the log; its policy lets CloudWatch Logs use it. */
  readonly kmsKeyArn: string;
  /** Its subnets and security group. @default - outside the VPC: it reaches AWS's public addresses only */
  readonly network?: { readonly subnetIds: readonly string[]; readonly securityGroupId: string };
}

/** A Lambda function from a bundle of `lambdas/`, with its role and its log. */
export class BundledFunction extends Construct {
  readonly resource: LambdaFunction;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    const { name, bundle, network, environment } = props;
    if (!existsSync(bundle)) throw new Error(`There is no Lambda bundle at ${bundle}; run \`npm run build\` first.`);
    const asset = new TerraformAsset(this, "Bundle", { path: bundle, type: AssetType.FILE });
    const logs = new CloudwatchLogGroup(this, "Logs", {
      name: `/aws/lambda/${name}`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.kmsKeyArn,
    });
    const role = new ServiceRole(this, "Role", {
      name,
      service: "lambda.amazonaws.com",
      statements: [
        ...props.statements,
        {
          Sid: "WriteLogs",
          purpose: "Lambda writes the function's log.",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: [`${logs.arn}:*`], // the streams of this one group
        },
        ...(network ? [NETWORK_STATEMENT] : []),
      ],
    });
    this.resource = new LambdaFunction(this, "Default", {
      functionName: name,
      role: role.resource.arn,
      architectures: ["arm64"],
      runtime: "nodejs24.x",
      handler: "index.handler",
      filename: asset.path,
      sourceCodeHash: createHash("sha256").update(readFileSync(bundle)).digest("base64"),
      memorySize: props.memoryMb ?? 256, // CPU comes with memory; less makes a cold start slower than it saves
      timeout: props.timeoutSeconds,
      ...(Object.keys(environment).length > 0 ? { environment: { variables: { ...environment } } } : {}),
      ...(network
        ? { vpcConfig: { subnetIds: [...network.subnetIds], securityGroupIds: [network.securityGroupId] } }
        : {}),
      // Without the log group, Lambda makes one that has no retention; in a network it needs its permissions first.
      dependsOn: [logs, ...(network ? role.node.children.filter((child) => child instanceof IamRolePolicy) : [])],
    });
  }
}

/** Permissions with which Lambda attaches the function to a network. */
const NETWORK_STATEMENT: PolicyStatement = {
  Sid: "StandInNetwork",
  purpose: "Lambda connects the function to the VPC.",
  Effect: "Allow",
  Action: ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"],
  Resource: ["*"],
  reason: "The interfaces don't exist yet; Lambda checks for exactly this when the function is created.",
};
