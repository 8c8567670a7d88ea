import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { type ApiKeyItem, KEYS_TTL_ATTRIBUTE } from "../../contracts/processes/auth.ts";
import { archivedProjectId } from "../../domain/keys/archived-project.ts";
import { recordId } from "../../domain/keys/record-id.ts";
import { type ExchangeRecord, exchangeRecord } from "../../domain/workloads/workload-key.ts";

/** DynamoDB may delete a key so long after its expiry; until then it is refused as expired. */
const DELETE_AFTER_SECONDS = 3600;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const Failures = z.object({ failures: z.number() });

/** The part of the keys table that the token exchange writes. */
export class ExchangeStore {
  readonly #client: Pick<DynamoDBDocumentClient, "send">;
  readonly #table: string;

  constructor(client: Pick<DynamoDBDocumentClient, "send">, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Stores a key, and with it that its token was exchanged: both or neither.
   * @param used of a token that may be exchanged once
   * @returns `false` when the token was exchanged before
   */
  async issue(key: ApiKeyItem, used: ExchangeRecord | undefined): Promise<boolean> {
    const expiry = Math.ceil(Date.parse(key.expiresAt ?? key.createdAt) / 1000);
    const put = (Item: object) => ({
      Put: { TableName: this.#table, Item, ConditionExpression: "attribute_not_exists(keyId)" },
    });
    const items = [{ ...key, [KEYS_TTL_ATTRIBUTE]: expiry + DELETE_AFTER_SECONDS }, ...(used ? [used] : [])];
    try {
      await this.#client.send(new TransactWriteCommand({ TransactItems: items.map(put) }));
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException && wasUsed(error)) return false;
      throw error;
    }
  }

  /** Whether the project of a policy is archived. One that is archived later ends the key at the gateways. */
  async isArchived(projectId: string): Promise<boolean> {
    const Key = { keyId: archivedProjectId(projectId) };
    const command = new GetCommand({ TableName: this.#table, Key, ConsistentRead: true });
    return (await this.#client.send(command)).Item !== undefined;
  }

  /** Failed exchanges of an address in this minute. */
  async failures(address: string, nowMs: number): Promise<number> {
    const Key = { keyId: recordId("failed-exchanges", minuteOf(address, nowMs)) };
    const { Item } = await this.#client.send(new GetCommand({ TableName: this.#table, Key }));
    return Failures.safeParse(Item).data?.failures ?? 0;
  }

  async countFailure(address: string, nowMs: number): Promise<void> {
    await this.#count(minuteOf(address, nowMs), nowMs, MINUTE_MS);
  }

  /** Counts a person who signs up. @returns how many have from this address in this hour, with this one */
  async countSignUp(address: string, nowMs: number): Promise<number> {
    return await this.#count(`sign-ups ${address} ${Math.floor(nowMs / HOUR_MS)}`, nowMs, HOUR_MS);
  }

  async #count(subject: string, nowMs: number, windowMs: number): Promise<number> {
    const now = new Date(nowMs);
    const expireAt = Math.ceil((nowMs + 2 * windowMs) / 1000);
    const { keyId, ...fields } = exchangeRecord("failed-exchanges", subject, now, expireAt);
    const entries = Object.entries(fields);
    const { Attributes } = await this.#client.send(
      new UpdateCommand({
        TableName: this.#table,
        Key: { keyId },
        UpdateExpression: `ADD failures :one SET ${entries.map(([name]) => `#${name} = :${name}`).join(", ")}`,
        ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ":one": 1,
          ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
        },
        ReturnValues: "ALL_NEW",
      }),
    );
    return Failures.safeParse(Attributes).data?.failures ?? 0;
  }
}

/** The key's own id is new: where a condition failed, it is the token's. A conflict of two writes is the same token twice. */
function wasUsed({ CancellationReasons = [] }: TransactionCanceledException): boolean {
  const [, used] = CancellationReasons;
  return used?.Code === "ConditionalCheckFailed" || used?.Code === "TransactionConflict";
}

function minuteOf(address: string, nowMs: number): string {
  return `${address} ${Math.floor(nowMs / MINUTE_MS)}`;
}
