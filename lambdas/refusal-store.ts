import { type DynamoDBDocumentClient, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { CONTROL_TTL_ATTRIBUTE } from "../contracts/control/records.ts";
import { type ControlTables, transactActions } from "../domain/tenancy/control-items.ts";
import {
  MAX_REFUSAL_EVENTS_PER_MINUTE,
  type Refusal,
  refusalCountKey,
  refusalEvent,
  repeatedRefusalsKey,
} from "../domain/tenancy/refusals.ts";
import { unixSeconds } from "../domain/tenancy/unix-seconds.ts";

/** After which DynamoDB may delete a count: it is of no use after its minute. */
const COUNT_SECONDS = 3600;

const Counted = z.object({ refusals: z.number() });

/** Stores refusals as audit events: the first ones of a minute each, and later ones of the same principal as a count. */
export class RefusalStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: ControlTables;

  constructor(client: DynamoDBDocumentClient, tables: ControlTables) {
    this.#client = client;
    this.#tables = tables;
  }

  /** @throws what DynamoDB throws */
  async record(refusal: Refusal, nowMs: number): Promise<void> {
    const TableName = this.#tables.control;
    const { Attributes } = await this.#client.send(
      new UpdateCommand({
        TableName,
        Key: { ...refusalCountKey(refusal, nowMs) },
        UpdateExpression: "ADD refusals :one SET #expiry = :expiry",
        ExpressionAttributeNames: { "#expiry": CONTROL_TTL_ATTRIBUTE },
        ExpressionAttributeValues: { ":one": 1, ":expiry": unixSeconds(nowMs) + COUNT_SECONDS },
        ReturnValues: "ALL_NEW",
      }),
    );
    const created = refusalEvent(refusal, nowMs);
    if (Counted.parse(Attributes).refusals <= MAX_REFUSAL_EVENTS_PER_MINUTE) {
      const TransactItems = [...transactActions(this.#tables, refusal.organizationId, [created])];
      await this.#client.send(new TransactWriteCommand({ TransactItems }));
      return;
    }
    await this.#client.send(
      new UpdateCommand({
        TableName,
        Key: { ...repeatedRefusalsKey(refusal, nowMs) },
        UpdateExpression:
          "ADD refusals :one SET #record = if_not_exists(#record, :record), #chain = :chain, #last = :last",
        ExpressionAttributeNames: { "#record": "record", "#chain": "chain", "#last": "lastMs" },
        ExpressionAttributeValues: {
          ":one": 1,
          ":record": created.record,
          ":chain": refusal.organizationId,
          ":last": nowMs,
        },
      }),
    );
  }
}

/** `record`, whose failure is a line of the log: the refusal stands, and its own line has what it was. */
export function refusalRecorder(
  store: Pick<RefusalStore, "record">,
  log: (line: Readonly<Record<string, unknown>>) => void,
): (refusal: Refusal, nowMs: number) => Promise<void> {
  return (refusal, nowMs) =>
    store.record(refusal, nowMs).catch((error: unknown) => {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      log({ level: "error", msg: "a refusal was not recorded", decision_id: refusal.payload.decision_id, reason });
    });
}
