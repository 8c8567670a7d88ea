import { asObject, asText } from "../../local/template/json.ts";
import { rawResources, type Stack } from "../../local/template/stacks.ts";
import { parseObject } from "../aws-calls/call.ts";
import { callAws } from "../aws-client/aws-call.ts";
import { stateStore } from "./stack-order.ts";
import { stateKeyAlias } from "./state-encryption.ts";

/** Creates the buckets, lock tables and keys of the stacks' states, unless one of the stacks creates them. */
export async function makeStateStores(url: string, stacks: readonly Stack[]): Promise<void> {
  const declared = new Set(
    stacks.flatMap((stack) => rawResources(stack)).map(({ type, config }) => `${type} ${config.bucket ?? config.name}`),
  );
  const stores = stacks.map(stateStore).filter((store) => store !== undefined);
  for (const [bucket, region] of new Map(stores.map((store) => [store.bucket, store.region])))
    if (!declared.has(`aws_s3_bucket ${bucket}`)) await makeBucket(url, bucket, region);
  for (const lockTable of new Set(stores.map((store) => store.lockTable)))
    if (!declared.has(`aws_dynamodb_table ${lockTable}`))
      await callAws(url, "dynamodb", {
        target: "DynamoDB_20120810.CreateTable",
        body: {
          TableName: lockTable,
          AttributeDefinitions: [{ AttributeName: "LockID", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "LockID", KeyType: "HASH" }],
          BillingMode: "PAY_PER_REQUEST",
        },
      });
  for (const alias of new Set(stacks.flatMap(({ document }) => stateKeyAlias(document) ?? [])))
    if (!declared.has(`aws_kms_alias ${alias}`)) await makeKey(url, alias);
}

/** us-east-1 is the one region that S3 does not let a request name. */
async function makeBucket(url: string, bucket: string, region: string): Promise<void> {
  const location = `<LocationConstraint>${region}</LocationConstraint>`;
  const body =
    region === "us-east-1" ? {} : { body: `<CreateBucketConfiguration>${location}</CreateBucketConfiguration>` };
  await callAws(url, "s3", { method: "PUT", path: `/${bucket}`, ...body });
}

async function makeKey(url: string, AliasName: string): Promise<void> {
  const made = parseObject(await callAws(url, "kms", { target: "TrentService.CreateKey" }));
  const TargetKeyId = asText(asObject(made.KeyMetadata).KeyId);
  await callAws(url, "kms", { target: "TrentService.CreateAlias", body: { AliasName, TargetKeyId } });
}
