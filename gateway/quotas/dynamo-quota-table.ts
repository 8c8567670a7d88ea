import { createHash } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { BUDGET_ALERT_DAYS, BUDGET_ALERTS_SERIES, type BudgetAlert } from "../../contracts/notices/budget-alert.ts";
import { USAGE_TABLE } from "../../contracts/usage/usage-counter.ts";
import { quotaSeries, usedOnDay } from "../../domain/limits/credit-use.ts";
import type { NamedQuotaAlert } from "../limits/quota-store.ts";
import type { QuotaCount, QuotaSum, QuotaTable } from "./quota-table.ts";

/** Of one call. No request waits for it where its process has something left; what was drawn by a late response is retained. */
const TIMEOUT_MS = 3000;
const DAY_SECONDS = 86_400;

export interface DynamoQuotaTableOptions {
  /** Makes one attempt of each call: a repeated addition would count twice. */
  readonly client: Pick<DynamoDBDocumentClient, "send">;
  readonly tableName: string;
}

/** Sums of quotas in the usage table: one item for each limit and window, beside the sums of usage. */
export class DynamoQuotaTable implements QuotaTable {
  readonly #options: DynamoQuotaTableOptions;

  constructor(options: DynamoQuotaTableOptions) {
    this.#options = options;
  }

  async add(sum: QuotaSum, drawn: number, used: number, max?: number): Promise<QuotaCount> {
    if (max !== undefined && drawn > max) return { ...(await this.read(sum)), isAdded: false };
    const { client, tableName } = this.#options;
    const { expiresAt } = sum;
    const day = sum.hasDays === true && used > 0 ? usedOnDay(Date.now()) : undefined;
    const command = new UpdateCommand({
      TableName: tableName,
      Key: keyOf(sum),
      UpdateExpression: `ADD #drawn :drawn, #used :used${day === undefined ? "" : ", #day :used"}${expiresAt === undefined ? "" : " SET #expiresAt = :expiresAt"}`,
      ...(max === undefined ? {} : { ConditionExpression: "attribute_not_exists(#drawn) OR #drawn <= :limit" }),
      ExpressionAttributeNames: {
        "#drawn": "drawn",
        "#used": "used",
        ...(day === undefined ? {} : { "#day": day }),
        ...(expiresAt === undefined ? {} : { "#expiresAt": USAGE_TABLE.ttlAttribute }),
      },
      ExpressionAttributeValues: {
        ":drawn": drawn,
        ":used": used,
        ...(max === undefined ? {} : { ":limit": max - drawn }),
        ...(expiresAt === undefined ? {} : { ":expiresAt": expiresAt }),
      },
      ReturnValues: "ALL_NEW",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    try {
      const { Attributes } = await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
      return countOf(Attributes, true);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (error.Item === undefined) return { ...(await this.read(sum)), isAdded: false };
      return countOf(unmarshall(error.Item), false);
    }
  }

  async read(sum: QuotaSum): Promise<QuotaCount> {
    const { client, tableName } = this.#options;
    const command = new GetCommand({ TableName: tableName, Key: keyOf(sum), ConsistentRead: true });
    const { Item } = await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    return countOf(Item, true);
  }

  async report(sum: QuotaSum, named: NamedQuotaAlert): Promise<boolean> {
    const { client, tableName } = this.#options;
    const { percent, max } = named;
    // Before the mark: a process that ends in between leaves an alert that the next one writes again, in the same item.
    await this.#tell(named);
    const command = new UpdateCommand({
      TableName: tableName,
      Key: keyOf(sum),
      UpdateExpression: "SET #reported = :percent, #of = :max",
      ConditionExpression: "attribute_not_exists(#reported) OR #reported < :percent OR #of <> :max",
      ExpressionAttributeNames: { "#reported": "reported", "#of": "reportedMax" },
      ExpressionAttributeValues: { ":percent": percent, ":max": max },
    });
    try {
      await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async #tell(named: NamedQuotaAlert): Promise<void> {
    const { client, tableName: TableName } = this.#options;
    const alert = alertOf(named, Date.now());
    if (alert === undefined) return;
    const { limit, windowId, max, percent } = alert;
    // The name of a model may be longer than a sort key.
    const entry = createHash("sha256").update([limit, windowId, max, percent].join("\n")).digest("hex");
    const command = new UpdateCommand({
      TableName,
      Key: { [USAGE_TABLE.hashKey]: BUDGET_ALERTS_SERIES, [USAGE_TABLE.rangeKey]: entry },
      UpdateExpression: "SET #alert = if_not_exists(#alert, :alert), #expiresAt = :expiresAt",
      ExpressionAttributeNames: { "#alert": "alert", "#expiresAt": USAGE_TABLE.ttlAttribute },
      ExpressionAttributeValues: { ":alert": alert, ":expiresAt": alert.at + BUDGET_ALERT_DAYS * DAY_SECONDS },
    });
    await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
  }
}

/** What people are told; `undefined` where the counter does not say what it limits. */
function alertOf({ counter, endMs, ...alert }: NamedQuotaAlert, nowMs: number): BudgetAlert | undefined {
  const { about, window, timeZone } = counter;
  if (about === undefined) return undefined;
  const { limit, window: windowId, percent, used, max, isStop } = alert;
  const { scope, subject, metric, model } = about;
  const resetsAt = Number.isFinite(endMs) ? { resetsAt: Math.floor(endMs / 1000) } : {};
  const named = {
    limit,
    scope,
    subject,
    metric,
    window,
    windowId,
    timeZone,
    ...(model === undefined ? {} : { model }),
  };
  return { ...named, percent, used, max, isStop, ...resetsAt, at: Math.floor(nowMs / 1000) };
}

function keyOf({ name, window }: QuotaSum): Record<string, string> {
  return { [USAGE_TABLE.hashKey]: quotaSeries(name), [USAGE_TABLE.rangeKey]: window };
}

/** @throws RangeError where the item has something else than whole numbers: it is taken for a table that can't be read */
function countOf(item: Readonly<Record<string, unknown>> | undefined, isAdded: boolean): QuotaCount {
  const { drawn = 0, used, reported, reportedMax } = item ?? {};
  if (!Number.isSafeInteger(drawn)) throw new RangeError("the sum of a quota is no whole number");
  const alerts = { reported: numberOf(reported), reportedMax: numberOf(reportedMax) };
  return { isAdded, drawn: Number(drawn), used: numberOf(used), ...alerts };
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
