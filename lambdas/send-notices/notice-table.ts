import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { RecordOf } from "../../contracts/control/records.ts";
import { BUDGET_ALERTS_SERIES, BudgetAlert } from "../../contracts/notices/budget-alert.ts";
import { USAGE_TABLE } from "../../contracts/usage/usage-counter.ts";
import { SEALER_PARTITION, SEALER_PREFIXES } from "../../domain/tenancy/audit-marks.ts";
import type { Change } from "../../domain/tenancy/changes.ts";
import { itemKey, storedRecord, transactActions } from "../../domain/tenancy/control-items.ts";
import { isLostRace } from "../../domain/tenancy/lost-race.ts";
import {
  DUE_PREFIX,
  markedDelivery,
  markedNotice,
  NOTICES_PARTITION,
  SENDER_KEY,
  UNSENT_PREFIX,
  unsentKey,
} from "../../domain/tenancy/notice-marks.ts";

export interface NoticeTables {
  readonly control: string;
  /** @default - the environment stores no usage */
  readonly usage: string | undefined;
}

/** A notice that waits to be sent. */
export interface UnsentNotice {
  readonly organizationId: string;
  readonly record: RecordOf<"notice">;
}

/** A delivery that waits. */
export interface DueDelivery {
  readonly organizationId: string;
  readonly webhookId: string;
  readonly deliveryId: string;
  /** Unix seconds. */
  readonly nextAttemptAt: number;
}

/** An alert that a gateway wrote. */
export interface WrittenAlert {
  /** Sort key of its item. */
  readonly entry: string;
  /** `undefined` where this release can't read it: a newer one will. */
  readonly alert: BudgetAlert | undefined;
}

/** Sorts after every character of an id. */
const LAST = "\uffff";
/** Of one run: more wait for the next. */
const MOST = 1000;
/** More than the webhooks of many organisations may have waiting. */
const MOST_DELIVERIES = 50_000;

/** What the sender of notices reads and writes. */
export class NoticeTable {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: NoticeTables;

  constructor(client: DynamoDBDocumentClient, tables: NoticeTables) {
    this.#client = client;
    this.#tables = tables;
  }

  /** Whether this run may send until `untilMs`. One that was cut off ends by that time too. */
  async begin(nowMs: number, untilMs: number): Promise<boolean> {
    const command = new UpdateCommand({
      TableName: this.#tables.control,
      Key: SENDER_KEY,
      UpdateExpression: "SET #until = :until, #run = :run",
      // Its own run is there where the SDK has sent the command again.
      ConditionExpression: "attribute_not_exists(#until) OR #until < :now OR #run = :run",
      ExpressionAttributeNames: { "#until": "until", "#run": "run" },
      ExpressionAttributeValues: { ":until": untilMs, ":now": nowMs, ":run": randomUUID() },
    });
    return this.#isMet(() => this.#client.send(command));
  }

  /** Lets the next run begin. */
  async end(untilMs: number): Promise<void> {
    const command = new UpdateCommand({
      TableName: this.#tables.control,
      Key: SENDER_KEY,
      UpdateExpression: "SET #until = :none",
      ConditionExpression: "#until = :until",
      ExpressionAttributeNames: { "#until": "until" },
      ExpressionAttributeValues: { ":until": untilMs, ":none": 0 },
    });
    await this.#isMet(() => this.#client.send(command));
  }

  /** Ids of all organisations: each has a chain of audit events a minute after its first one. */
  async organizations(): Promise<readonly string[]> {
    const items = await this.#items(SEALER_PARTITION, SEALER_PREFIXES.chainEnd);
    return items.map(({ recordId }) => String(recordId).slice(SEALER_PREFIXES.chainEnd.length));
  }

  /** Oldest first within an organisation. */
  async unsent(): Promise<readonly UnsentNotice[]> {
    const items = await this.#items(NOTICES_PARTITION, UNSENT_PREFIX);
    const marks = items.map(({ recordId }) => markedNotice(String(recordId)));
    const notices: UnsentNotice[] = [];
    for (const { organizationId, noticeId } of marks) {
      const Key = itemKey(organizationId, { kind: "notice", ids: [noticeId] });
      const command = new GetCommand({ TableName: this.#tables.control, Key: { ...Key }, ConsistentRead: true });
      const { Item } = await this.#client.send(command);
      const record = Item && storedRecord(Item, "notice");
      if (record) notices.push({ organizationId, record });
    }
    return notices;
  }

  /** All deliveries that wait, also those that are not due yet. */
  async waitingDeliveries(): Promise<readonly DueDelivery[]> {
    const items = await this.#items(NOTICES_PARTITION, DUE_PREFIX, MOST_DELIVERIES);
    return items.map(({ recordId, nextAttemptAt }) => ({
      ...markedDelivery(String(recordId)),
      nextAttemptAt: Number(nextAttemptAt),
    }));
  }

  /** Stores a notice that is to be sent, unless there is one of this id. @throws where it is in neither way there */
  async add(organizationId: string, record: RecordOf<"notice">): Promise<void> {
    if (await this.#write(organizationId, [{ action: "create", record }], [])) return;
    const Key = { ...itemKey(organizationId, { kind: "notice", ids: [record.id] }) };
    const command = new GetCommand({ TableName: this.#tables.control, Key, ConsistentRead: true });
    if ((await this.#client.send(command)).Item === undefined)
      throw new Error(
        `The notice ${record.id} was not stored, as another transaction is at work; the next run tries again.`,
      );
  }

  /** A notice is sent, and these changes are made with it. @returns false where another run has sent it */
  sent({ organizationId, record }: UnsentNotice, changes: readonly Change[]): Promise<boolean> {
    const Delete = {
      TableName: this.#tables.control,
      Key: unsentKey(organizationId, record.id),
      ConditionExpression: "attribute_exists(recordId)",
    };
    return this.#write(organizationId, changes, [{ Delete }]);
  }

  /** Alerts that gateways wrote, and that no notice was made of. */
  async alerts(): Promise<readonly WrittenAlert[]> {
    const { usage: TableName } = this.#tables;
    if (TableName === undefined) return [];
    const found: WrittenAlert[] = [];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName,
        KeyConditionExpression: "#series = :series",
        ExpressionAttributeNames: { "#series": USAGE_TABLE.hashKey },
        ExpressionAttributeValues: { ":series": BUDGET_ALERTS_SERIES },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) {
      found.push(
        ...Items.map((item) => ({
          entry: String(item[USAGE_TABLE.rangeKey]),
          alert: BudgetAlert.safeParse(item.alert).data,
        })),
      );
      if (found.length >= MOST) break;
    }
    return found;
  }

  /** Of an alert there is a notice. */
  async taken(entry: string): Promise<void> {
    const Key = { [USAGE_TABLE.hashKey]: BUDGET_ALERTS_SERIES, [USAGE_TABLE.rangeKey]: entry };
    await this.#client.send(new DeleteCommand({ TableName: this.#tables.usage, Key }));
  }

  async #write(
    organizationId: string,
    changes: readonly Change[],
    others: readonly {
      readonly Delete: Record<string, unknown> & { TableName: string; Key: Record<string, unknown> };
    }[],
  ): Promise<boolean> {
    // No change here is about the keys table.
    const actions = transactActions({ control: this.#tables.control, keys: "" }, organizationId, changes);
    try {
      await this.#client.send(new TransactWriteCommand({ TransactItems: [...actions, ...others] }));
      return true;
    } catch (error) {
      if (error instanceof TransactionCanceledException && isLostRace(error.CancellationReasons)) return false;
      throw error;
    }
  }

  async #isMet(send: () => Promise<unknown>): Promise<boolean> {
    try {
      await send();
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async #items(partition: string, prefix: string, most = MOST): Promise<readonly Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tables.control,
        KeyConditionExpression: "organizationId = :partition AND recordId BETWEEN :from AND :to",
        ExpressionAttributeValues: { ":partition": partition, ":from": prefix, ":to": `${prefix}${LAST}` },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) {
      items.push(...Items);
      if (items.length >= most) break;
    }
    return items.slice(0, most);
  }
}
