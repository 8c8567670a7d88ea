import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { CHANGES_SECTION, CHANGES_VERSION_ID } from "../../contracts/targets/target-changes.ts";
import { TableMoved, VersionConflict } from "./change-store.ts";

export interface ChangesLockOptions {
  readonly client: Pick<DynamoDBDocumentClient, "send">;
  readonly tableName: string;
  /** Milliseconds since 1970. @default - Date.now */
  readonly now?: () => number;
}

/** Of one call. */
const TIMEOUT_MS = 2000;
/** A process that died with the lock delays other changes for this long. */
const HELD_MS = 6000;
/** From here on a write, which takes `TIMEOUT_MS` at most, might end after the lock; a second is for clocks that differ. */
const WRITE_BEFORE_MS = HELD_MS - TIMEOUT_MS - 1000;
/** Between two attempts to take the lock. */
const RETRY_MS = 50;
const MAX_ATTEMPTS = 20;

/**
 * One writer at a time for the whole routes table, on its item that counts changes. A change is checked against all
 * others (a route needs its provider), so a condition over its own item is not enough; DynamoDB's transactions would be,
 * but the twin's DynamoDB has none. The numbers it issues are never issued again, whatever was deleted meanwhile.
 */
export class ChangesLock {
  readonly #options: ChangesLockOptions;

  constructor(options: ChangesLockOptions) {
    this.#options = options;
  }

  /**
   * Runs a write while no other one runs.
   * @param seen the count of changes that the write was checked against
   * @param write gets a version that no item had before
   * @throws {TableMoved} when there are more changes now, or the lock stays another's
   */
  async with<T>(seen: number, write: (version: number) => Promise<T>): Promise<T> {
    const { now = Date.now } = this.#options;
    const holder = randomUUID();
    const { version, takenAt } = await this.#take(seen, holder);
    let isUnused = false;
    try {
      // A process that was suspended meanwhile may have lost the lock.
      if (now() - takenAt >= WRITE_BEFORE_MS) throw new TableMoved();
      return await write(version);
    } catch (error) {
      isUnused = error instanceof VersionConflict || error instanceof TableMoved;
      throw error;
    } finally {
      // Another failure may have reached the table all the same: the count moves then too, so that gateways read again.
      if (isUnused) await this.#release(holder, { issued: version - 1, version: seen }).catch(unlessTaken);
      else
        await this.#release(holder, { issued: version, version }).catch((error) => this.#unlessMoved(version, error));
    }
  }

  async #take(seen: number, holder: string): Promise<{ readonly version: number; readonly takenAt: number }> {
    const { now = Date.now } = this.#options;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (attempt > 0) await sleep(RETRY_MS);
      const takenAt = now();
      const values = { ":seen": seen, ":one": 1, ":holder": holder, ":now": takenAt, ":until": takenAt + HELD_MS };
      const isSame = seen === 0 ? "(attribute_not_exists(version) OR version = :seen)" : "version = :seen";
      const command = this.#command(
        "SET issued = if_not_exists(issued, :seen) + :one, holder = :holder, heldUntil = :until",
        `${isSame} AND (attribute_not_exists(holder) OR heldUntil < :now)`,
        values,
      );
      try {
        const { Attributes } = await this.#options.client.send(command, timeout());
        return { version: Number(Attributes?.issued), takenAt };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const now = await this.#item();
        // The SDK has sent the command again whose response was cut off: it met the lock that it had taken itself.
        if (now?.holder === holder) return { version: Number(now.issued), takenAt };
        // Another writer has the lock, or has moved the table: then waiting does not help.
        if (versionOf(now) !== seen) break;
      }
    }
    throw new TableMoved();
  }

  async #item(): Promise<Readonly<Record<string, unknown>> | undefined> {
    const Key = { section: CHANGES_SECTION, id: CHANGES_VERSION_ID };
    const { client, tableName } = this.#options;
    return (await client.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }), timeout())).Item;
  }

  async #release(holder: string, { issued, version }: { readonly issued: number; readonly version: number }) {
    const update = "SET issued = :issued, version = :version REMOVE holder, heldUntil";
    const command = this.#command(update, "holder = :holder", {
      ":issued": issued,
      ":version": version,
      ":holder": holder,
    });
    await this.#options.client.send(command, timeout());
  }

  /** By its own release that the SDK has sent again, or by a later writer's, gateways know to read again. */
  async #unlessMoved(version: number, error: unknown): Promise<void> {
    if (!(error instanceof ConditionalCheckFailedException) || versionOf(await this.#item()) < version) throw error;
  }

  #command(update: string, condition: string, values: Readonly<Record<string, unknown>>): UpdateCommand {
    return new UpdateCommand({
      TableName: this.#options.tableName,
      Key: { section: CHANGES_SECTION, id: CHANGES_VERSION_ID },
      UpdateExpression: update,
      ConditionExpression: condition,
      ExpressionAttributeValues: values,
      ReturnValues: "UPDATED_NEW",
    });
  }
}

function versionOf(item: Readonly<Record<string, unknown>> | undefined): number {
  return Number(item?.version ?? 0);
}

/** Nothing was written, and another writer has the lock since this one's time was over: there is nothing to release. */
function unlessTaken(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
}

function timeout(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(TIMEOUT_MS) };
}
