import * as z from "zod";

const Values = z.record(z.string(), z.unknown());
const Condition = {
  TableName: z.string(),
  ConditionExpression: z.string().optional(),
  ExpressionAttributeNames: Values.optional(),
  ExpressionAttributeValues: Values.optional(),
};
/** `TransactWriteItems` as the SDK sends it; DynamoDB takes up to 100 actions. */
const Transaction = z.object({
  TransactItems: z
    .array(
      z.strictObject({
        Put: z.strictObject({ ...Condition, Item: Values }).optional(),
        Delete: z.strictObject({ ...Condition, Key: Values }).optional(),
        Update: z.strictObject({ ...Condition, Key: Values, UpdateExpression: z.string() }).optional(),
        ConditionCheck: z.strictObject({ ...Condition, Key: Values, ConditionExpression: z.string() }).optional(),
      }),
    )
    .min(1)
    .max(100),
});
type Action = z.infer<typeof Transaction>["TransactItems"][number];
type Item = Readonly<Record<string, unknown>>;

/** A response of DynamoDB: its status, and its body as JSON. */
export interface DynamoResponse {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One call of an operation, by its name. */
export type DynamoCall = (operation: string, body: unknown) => Promise<DynamoResponse>;

/** Names of a table's keys. */
export type KeysOf = (tableName: string) => Promise<readonly string[]>;

/**
 * Does all actions of a transaction or none, by single conditional writes that are undone when a later one fails. The
 * caller lets nothing else run meanwhile.
 */
export async function transactWrite(body: unknown, call: DynamoCall, keysOf: KeysOf): Promise<DynamoResponse> {
  const parsed = Transaction.safeParse(body);
  if (!parsed.success) return refused("ValidationException", z.prettifyError(parsed.error));
  const actions = parsed.data.TransactItems;
  const keys = await Promise.all(actions.map((action) => keyOf(action, keysOf)));
  if (new Set(keys.map((key) => JSON.stringify(key))).size < keys.length)
    return refused("ValidationException", "Transaction request cannot include multiple operations on one item");
  const undo: (() => Promise<DynamoResponse>)[] = [];
  for (const [index, action] of actions.entries()) {
    const key = keys[index];
    if (key === undefined)
      return refused("ValidationException", "Each action is one of Put, Delete, Update, ConditionCheck");
    const before = (await call("GetItem", { ...key, ConsistentRead: true })).body.Item as Item | undefined;
    const result = await apply(action, before, call);
    if (result.status === 200) {
      undo.unshift(() =>
        before ? call("PutItem", { TableName: key.TableName, Item: before }) : call("DeleteItem", key),
      );
      continue;
    }
    for (const restore of undo) await restore();
    return isConditionFailure(result) ? cancelled(actions.length, index) : result;
  }
  return { status: 200, body: {} };
}

function apply({ Put, Delete, Update, ConditionCheck }: Action, before: Item | undefined, call: DynamoCall) {
  if (Put) return call("PutItem", Put);
  if (Delete) return call("DeleteItem", Delete);
  if (Update) return call("UpdateItem", Update);
  const { Key, ...check } = ConditionCheck ?? { Key: {} };
  // Writes what is there already, or deletes what is not there: only the condition has an effect.
  return before ? call("PutItem", { ...check, Item: before }) : call("DeleteItem", { ...check, Key });
}

async function keyOf(action: Action, keysOf: KeysOf) {
  const one = action.Put ?? action.Delete ?? action.Update ?? action.ConditionCheck;
  if (!one || Object.keys(action).length !== 1) return undefined;
  if ("Key" in one) return { TableName: one.TableName, Key: one.Key };
  const names = await keysOf(one.TableName);
  return { TableName: one.TableName, Key: Object.fromEntries(names.map((name) => [name, one.Item[name]])) };
}

function isConditionFailure({ body }: DynamoResponse): boolean {
  return String(body.__type).endsWith("#ConditionalCheckFailedException");
}

function cancelled(count: number, failed: number): DynamoResponse {
  const codes = Array.from({ length: count }, (_, index) => (index === failed ? "ConditionalCheckFailed" : "None"));
  return {
    status: 400,
    body: {
      __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
      Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(", ")}]`,
      CancellationReasons: codes.map((Code) =>
        Code === "None" ? { Code } : { Code, Message: "The conditional request failed" },
      ),
    },
  };
}

/** A refusal of a whole request. */
export function refused(type: string, message: string): DynamoResponse {
  return { status: 400, body: { __type: `com.amazon.coral.validate#${type}`, message } };
}
