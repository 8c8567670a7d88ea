import { rawResources, type Stack } from "../../local/template/stacks.ts";
import { askAws } from "../read-backs/aws-call.ts";
import { stateStore } from "./stack-order.ts";

/** Makes the buckets and lock tables that hold the stacks' states, unless a stack among them makes them itself. */
export async function makeStateStores(url: string, stacks: readonly Stack[]): Promise<void> {
  const declared = new Set(
    stacks.flatMap((stack) => rawResources(stack)).map(({ type, config }) => `${type} ${config.bucket ?? config.name}`),
  );
  const stores = stacks.map(stateStore).filter((store) => store !== undefined);
  for (const bucket of new Set(stores.map((store) => store.bucket)))
    if (!declared.has(`aws_s3_bucket ${bucket}`)) await askAws(url, "s3", { method: "PUT", path: `/${bucket}` });
  for (const lockTable of new Set(stores.map((store) => store.lockTable)))
    if (!declared.has(`aws_dynamodb_table ${lockTable}`))
      await askAws(url, "dynamodb", {
        target: "DynamoDB_20120810.CreateTable",
        body: {
          TableName: lockTable,
          AttributeDefinitions: [{ AttributeName: "LockID", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "LockID", KeyType: "HASH" }],
          BillingMode: "PAY_PER_REQUEST",
        },
      });
}
