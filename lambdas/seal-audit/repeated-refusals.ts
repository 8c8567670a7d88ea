import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, paginateQuery, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { type ControlTables, storedRecord, transactActions } from "../../domain/tenancy/control-items.ts";
import { REFUSAL_PARTITIONS, repeatedRefusals, repeatedRefusalsBefore } from "../../domain/tenancy/refusals.ts";

const RepeatedItem = z.object({
  organizationId: z.string(),
  recordId: z.string(),
  chain: z.string(),
  refusals: z.int().positive(),
  lastMs: z.number(),
  record: z.unknown(),
});

/**
 * Makes one event of the refusals that were counted for a principal in each minute that is over, and removes the count: in
 * one transaction, so that a run beside this one makes no second event. A count that this release can't read, since a newer
 * one wrote it, holds no other up.
 * @throws {AggregateError} at the end, for those
 */
export async function recordRepeatedRefusals(
  client: DynamoDBDocumentClient,
  controlTable: string,
  nowMs: number,
): Promise<void> {
  const tables: ControlTables = { control: controlTable, keys: "" }; // no key is changed
  const errors: Error[] = [];
  for (const partition of REFUSAL_PARTITIONS)
    for (const item of await repeatedIn(client, tables.control, partition, nowMs))
      await recordOne(client, tables, item).catch((error: unknown) => {
        if (!(error instanceof UnreadableCount)) throw error;
        errors.push(error);
      });
  if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join("; "));
}

class UnreadableCount extends Error {
  constructor(recordId: unknown) {
    super(
      `This release can't read the refusals in ${String(recordId)} of the control table; the release that wrote them seals them.`,
    );
    this.name = "UnreadableCount";
  }
}

async function recordOne(
  client: DynamoDBDocumentClient,
  tables: ControlTables,
  item: Readonly<Record<string, unknown>>,
): Promise<void> {
  const parsed = RepeatedItem.safeParse(item);
  const record = storedRecord(item, "event");
  if (!parsed.success || record === undefined) throw new UnreadableCount(item.recordId);
  const { organizationId, recordId, chain, refusals, lastMs } = parsed.data;
  const TransactItems = [
    ...transactActions(tables, chain, [repeatedRefusals(record.event, refusals, lastMs)]),
    {
      Delete: {
        TableName: tables.control,
        Key: { organizationId, recordId },
        ConditionExpression: "refusals = :refusals",
        ExpressionAttributeValues: { ":refusals": refusals },
      },
    },
  ];
  await client.send(new TransactWriteCommand({ TransactItems })).catch((error: unknown) => {
    // It was counted once more meanwhile, or another run came first: the next run looks again.
    if (!(error instanceof TransactionCanceledException)) throw error;
  });
}

async function repeatedIn(client: DynamoDBDocumentClient, TableName: string, partition: string, nowMs: number) {
  const { from, to } = repeatedRefusalsBefore(nowMs);
  const items: Readonly<Record<string, unknown>>[] = [];
  const pages = paginateQuery(
    { client },
    {
      TableName,
      KeyConditionExpression: "organizationId = :partition AND recordId BETWEEN :from AND :to",
      ExpressionAttributeValues: { ":partition": partition, ":from": from, ":to": to },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) items.push(...Items);
  return items;
}
