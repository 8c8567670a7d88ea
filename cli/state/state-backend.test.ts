import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { beforeEach, describe, expect, test } from "vitest";
import { LOCAL_CREDENTIALS } from "../../local/runtime/aws-environment.ts";
import { temporaryFolder } from "../../local/test/tools.ts";
import { deployCommand } from "../deploy-command.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { operator, TOFU_MISSING } from "../test/operator.ts";
import { stateAws } from "../test/state-aws.ts";

beforeEach((context) => {
  if (TOFU_MISSING) context.skip(TOFU_MISSING);
});

const run = (command: typeof deployCommand, tools: OperatorTools, ...args: readonly string[]) =>
  command(tools).parseAsync(["--environment", "dev", ...args], { from: "user" });

const method = "method.aes_gcm.state";
const ENCRYPTION = {
  key_provider: { aws_kms: { state: { kms_key_id: "alias/k", region: "us-east-1", key_spec: "AES_256" } } },
  method: { aes_gcm: { state: { keys: `\${key_provider.aws_kms.state}` } } },
  ...{ state: { method }, plan: { method }, remote_state_data_sources: { default: { method } } },
};

describe("the state in S3", () => {
  const s3Stack = (url: string, encryption?: object, key = "dev/data.tfstate") => ({
    document: {
      terraform: {
        backend: {
          s3: {
            ...{ bucket: "states", key, region: "us-east-1", dynamodb_table: "locks" },
            ...{ use_path_style: true, skip_credentials_validation: true, skip_requesting_account_id: true },
            endpoints: { s3: url, dynamodb: url },
          },
        },
        ...(encryption ? { encryption } : {}),
      },
      resource: { terraform_data: { Keys: { input: "keys" } } },
    },
  });

  test("an error about a held lock names its owner, its time and the command that frees it", async () => {
    const aws = await stateAws("locks");
    aws.buckets.set("states", new Map());
    const client = new DynamoDBClient({ endpoint: aws.url, region: "us-east-1", credentials: LOCAL_CREDENTIALS });
    const info = { ID: "7c5", Who: "ada@laptop", Operation: "OperationTypeApply", Created: "2026-11-20T10:00:00Z" };
    const Item = { LockID: { S: "states/dev/data.tfstate" }, Info: { S: JSON.stringify(info) } };
    await client.send(new PutItemCommand({ TableName: "locks", Item }));
    client.destroy();
    const folder = temporaryFolder();
    const tools = operator({ folder, stacks: () => ({ data: s3Stack(aws.url) }), environment: aws.environment });
    await expect(run(deployCommand, tools, "--yes")).rejects.toThrow(
      /dev-data: ada@laptop has held the state's lock since 2026-11-20 10:00:00 \+0000 UTC \(Apply\)\..*force-unlock 7c5$/,
    );
  });

  test("without a state bucket the remedy is bootstrap", async () => {
    const aws = await stateAws("locks");
    const tools = operator({
      folder: temporaryFolder(),
      stacks: () => ({ data: s3Stack(aws.url) }),
      environment: aws.environment,
    });
    await expect(run(deployCommand, tools, "--yes")).rejects.toThrow(
      /dev-data: the state bucket does not exist; create it: sluice bootstrap --environment dev/,
    );
  });

  test("a state written before state.encryption was kms is refused, and encrypted with --encrypt-states", async () => {
    const aws = await stateAws("locks");
    aws.buckets.set("states", new Map());
    const folder = temporaryFolder();
    const deploy = (block: object | undefined, ...args: readonly string[]) => {
      const stacks = () => ({ data: s3Stack(aws.url, block) });
      return run(deployCommand, operator({ folder, stacks, environment: aws.environment }), "--yes", ...args);
    };
    const state = () => aws.buckets.get("states")?.get("dev/data.tfstate")?.toString() ?? "";
    await deploy(undefined);
    expect(state()).toContain('"keys"');
    await expect(deploy(ENCRYPTION)).rejects.toThrow(
      /not encrypted, but .*sluice deploy --environment dev --encrypt-states/,
    );
    await deploy(ENCRYPTION, "--encrypt-states");
    expect(state()).toContain("encrypted_data");
    expect(state()).not.toContain('"keys"');
    await deploy(ENCRYPTION);
  });

  test("an encrypted state is read by the stacks that need its outputs", async () => {
    const aws = await stateAws("locks");
    aws.buckets.set("states", new Map());
    const data = s3Stack(aws.url, ENCRYPTION).document;
    const reader = {
      ...s3Stack(aws.url, ENCRYPTION, "dev/edge.tfstate").document,
      data: { terraform_remote_state: { data: { backend: "s3", config: data.terraform.backend.s3 } } },
      resource: { terraform_data: { Api: { input: `\${data.terraform_remote_state.data.outputs.id}` } } },
    };
    const tools = operator({
      folder: temporaryFolder(),
      stacks: () => ({
        data: { document: { ...data, output: { id: { value: `\${terraform_data.Keys.output}`, sensitive: true } } } },
        edge: { reads: ["data"], document: reader },
      }),
      environment: aws.environment,
    });
    await run(deployCommand, tools, "--yes");
    expect(tools.printed.slice(0, 2)).toEqual(["dev-data: 1 to add", "dev-edge: 1 to add"]);
    expect(aws.buckets.get("states")?.get("dev/edge.tfstate")?.toString()).toContain("encrypted_data");
  });
});
