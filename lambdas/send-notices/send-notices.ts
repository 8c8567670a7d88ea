import { MAX_WEBHOOKS } from "../../contracts/notices/webhooks.ts";
import { budgetNotice, spendNotice } from "../../domain/notices/new-notice.ts";
import type { NoticeMail } from "../../domain/notices/notice-mail.ts";
import { noticeMail } from "../../domain/notices/notice-mail.ts";
import { ORGANIZATION } from "../../domain/tenancy/roles.ts";
import type { ControlStore } from "../administer/store/control-store.ts";
import type { UsageSource } from "../administer/store/usage-source.ts";
import { chargedThisMonth } from "../administer/usage/charged-this-month.ts";
import type { SecretSealer } from "../secret-sealer.ts";
import type { Attempted } from "./deliver.ts";
import type { NoticeTable } from "./notice-table.ts";
import { newDeliveries, sendDue } from "./send-deliveries.ts";

export interface SenderTools {
  readonly table: NoticeTable;
  readonly store: ControlStore;
  /** @default - the environment stores none */
  readonly usage: UsageSource | undefined;
  /** Id of the operator's organisation. */
  readonly organization: string;
  readonly environment: string;
  /** Mails to the environment's receivers. */
  readonly mail: (mail: NoticeMail) => Promise<void>;
  /** Of the secrets of webhooks. */
  readonly sealer: SecretSealer;
  /** Sends one message to a webhook. It does not reject. */
  readonly deliver: (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<Attempted>;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Of a run, before the next one begins. */
const RUN_MS = 50_000;
/** Of a run, before the last attempt at a webhook begins: an attempt takes at most 10 seconds. */
const SEND_MS = 36_000;
const READ_AT_ONCE = 1000;

/**
 * Makes notices of what gateways wrote and of spend alerts that are reached, each once, and sends those that wait. One run
 * is at work at a time. What fails is tried again by the next one, and keeps nothing else back.
 */
export async function sendNotices(tools: SenderTools): Promise<readonly Error[]> {
  const { table, now } = tools;
  const start = now();
  if (!(await table.begin(start, start + RUN_MS))) return [];
  const errors: Error[] = [];
  const attempt = async (what: string, act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      errors.push(new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`));
    }
  };
  try {
    await attempt("alerts of budgets", () => takeBudgetAlerts(tools, attempt));
    await attempt("spend alerts", () => evaluateSpendAlerts(tools, attempt));
    await attempt("notices", () => sendWaiting(tools, start + SEND_MS, attempt));
    await attempt("webhooks", async () => sendDue(await table.waitingDeliveries(), tools, start + SEND_MS));
  } finally {
    await attempt("the end of the run", () => table.end(start + RUN_MS));
  }
  return errors;
}

type Attempt = (what: string, act: () => Promise<void>) => Promise<void>;

async function takeBudgetAlerts({ table, store, organization }: SenderTools, attempt: Attempt): Promise<void> {
  const alerts = await table.alerts();
  if (alerts.length === 0) return;
  const others = (await table.organizations()).filter((id) => id !== organization);
  for (const { entry, alert } of alerts) {
    if (alert === undefined) continue;
    await attempt(`the alert of ${alert.limit}`, async () => {
      await table.add(await organizationOf(alert, others, store, organization), budgetNotice(alert));
      await table.taken(entry);
    });
  }
}

/** Whose notice it is. What is in no other organisation's project is the operator's. */
async function organizationOf(
  { scope, subject }: { readonly scope: string; readonly subject: string },
  others: readonly string[],
  store: ControlStore,
  operator: string,
): Promise<string> {
  if (scope === "organization") return subject;
  const projectId = scope === "key" ? (await store.keyProject(subject))?.projectId : subject;
  if (projectId === undefined) return operator;
  const kind = scope === "user" ? "user" : "project";
  for (const id of others) if ((await store.get(id, { kind, ids: [projectId] })) !== undefined) return id;
  return operator;
}

async function evaluateSpendAlerts(tools: SenderTools, attempt: Attempt): Promise<void> {
  const { table, usage } = tools;
  if (usage === undefined) return;
  for (const organizationId of await table.organizations())
    await attempt(`the spend alerts of ${organizationId}`, () => evaluateAlertsOf(organizationId, tools, attempt));
}

async function evaluateAlertsOf(organizationId: string, tools: SenderTools, attempt: Attempt): Promise<void> {
  const { table, store, usage, organization, now } = tools;
  const nowMs = now();
  const charged = new Map<string, number>();
  let after: string | undefined;
  for (let hasMore = true; hasMore; ) {
    const range = { kind: "spendAlert", limit: READ_AT_ONCE, ...(after === undefined ? {} : { after }) } as const;
    const { records, ...page } = await store.list(organizationId, range);
    for (const alert of records)
      await attempt(`the spend alert ${alert.id}`, async () => {
        const { subjectId } = alert;
        const projectId = subjectId === ORGANIZATION ? undefined : subjectId;
        const usageTools = { caller: { organizationId }, store, usage, organization, nowMs };
        const used = charged.get(subjectId) ?? (await chargedThisMonth(usageTools, projectId));
        charged.set(subjectId, used);
        const notice = spendNotice(alert, used, nowMs);
        if (notice !== undefined) await table.add(organizationId, notice);
      });
    const last = records.at(-1);
    after = last && [last.scope, last.subjectId, last.id].join("#");
    hasMore = page.hasMore && last !== undefined;
  }
}

async function sendWaiting(tools: SenderTools, untilMs: number, attempt: Attempt) {
  const { table, store, environment, mail, now } = tools;
  const unsent = await table.unsent();
  if (unsent.length === 0) return;
  const waiting = new Map<string, number>();
  const waits = (webhookId: string) => waiting.set(webhookId, (waiting.get(webhookId) ?? 0) + 1);
  for (const { webhookId } of await table.waitingDeliveries()) waits(webhookId);
  for (const one of unsent) {
    if (now() >= untilMs) return;
    await attempt(`the notice ${one.record.id}`, async () => {
      const { records } = await store.list(one.organizationId, { kind: "webhook", limit: MAX_WEBHOOKS });
      const text = noticeMail(one.record.notice, environment);
      if (text !== undefined) await mail(text);
      const deliveries = newDeliveries(one, records, waiting, now());
      if (await table.sent(one, deliveries)) for (const { record } of deliveries) waits(record.webhookId);
    });
  }
}
