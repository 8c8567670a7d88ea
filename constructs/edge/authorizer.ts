import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { AuthMode } from "../../contracts/auth.ts";
import { ENV } from "../../contracts/process-environment.ts";
import type { KeysTable } from "../data/keys-table.ts";
import { ServiceRole } from "../identity/service-role.ts";

export interface AuthorizerProps {
  /** Name of function, role and log group. */
  readonly name: string;
  /** Path of the function's bundle, `authorize-request.zip`. */
  readonly bundle: string;
  readonly auth: Exclude<AuthMode, "off">;
  readonly keysTable: KeysTable;
  /** Plan name → API key value that stands for it in API Gateway. */
  readonly planKeys: Readonly<Record<string, string>>;
  readonly logRetentionDays: number;
  /** Customer key of the log; its policy lets CloudWatch Logs use it. */
  readonly kmsKeyArn: string;
}

/** The Lambda that tells API Gateway who a caller is: the outer wall, the gateway verifies every key again. */
export class Authorizer extends Construct {
  readonly resource: LambdaFunction;
  /** Address under which API Gateway invokes the function. */
  readonly invokeArn: string;
  readonly functionName: string;

  constructor(scope: Construct, id: string, props: AuthorizerProps) {
    super(scope, id);
    const { name, bundle, keysTable } = props;
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
        ...keysTable.readStatements(),
        {
          Sid: "WriteLogs",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: [`${logs.arn}:*`], // the streams of this one group
        },
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
      memorySize: 256, // CPU comes with memory; less makes a cold start slower than it saves
      timeout: 5, // one GetItem takes milliseconds; longer only holds the caller up
      environment: {
        variables: {
          [ENV.keysTable]: keysTable.tableName,
          [ENV.authMode]: props.auth,
          [ENV.planKeys]: JSON.stringify(props.planKeys),
        },
      },
      dependsOn: [logs], // otherwise Lambda makes its own group, without retention
    });
    this.invokeArn = this.resource.invokeArn;
    this.functionName = this.resource.functionName;
  }
}
