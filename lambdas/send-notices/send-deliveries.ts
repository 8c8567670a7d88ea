import type { RecordOf } from "../../contracts/control/records.ts";
import { DELIVERY_DAYS } from "../../contracts/notices/webhooks.ts";
import { pauseSeconds, TRIED_SECONDS } from "../../domain/notices/delivery-schedule.ts";
import { webhookHeaders } from "../../domain/notices/webhook-signature.ts";
import { newId } from "../../domain/tenancy/ids.ts";
import { unixSeconds } from "../../domain/tenancy/unix-seconds.ts";
import type { ControlStore } from "../administer/store/control-store.ts";
import type { SecretSealer } from "../secret-sealer.ts";
import { shuffled } from "../shuffled.ts";
import type { Attempted } from "./deliver.ts";
import type { DueDelivery, UnsentNotice } from "./notice-table.ts";

type WebhookRecord = RecordOf<"webhook">;
type DeliveryRecord = RecordOf<"webhookDelivery">;

export interface DeliveryTools {
  readonly store: ControlStore;
  /** Of the secrets of webhooks. */
  readonly sealer: SecretSealer;
  /** Sends one message. It does not reject. */
  readonly deliver: (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<Attempted>;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** @default Math.random */
  readonly random?: () => number;
}

/** Deliveries of one webhook that may wait at a time: one that is down for long does not fill the table. */
export const MOST_WAITING = 500;
/** Webhooks that are sent to at the same time: a slow one takes one place. */
const AT_ONCE = 8;
const DAY_SECONDS = 86_400;

type NewDelivery = { readonly action: "create"; readonly record: DeliveryRecord };

/** The deliveries of a notice: one for each webhook of its organisation that has the type. */
export function newDeliveries(
  { record: { id: noticeId, notice } }: UnsentNotice,
  webhooks: readonly WebhookRecord[],
  waiting: ReadonlyMap<string, number>,
  nowMs: number,
): readonly NewDelivery[] {
  const now = unixSeconds(nowMs);
  return webhooks
    .filter(({ id, events }) =>
      notice.type === "webhook.test"
        ? id === notice.data.webhook_id
        : events === undefined || events.includes(notice.type),
    )
    .map(({ id: webhookId }) => {
      const isFull = (waiting.get(webhookId) ?? 0) >= MOST_WAITING;
      const record: DeliveryRecord = {
        kind: "webhookDelivery",
        version: 1,
        id: newId("delivery", nowMs),
        webhookId,
        noticeId,
        type: notice.type,
        ...(isFull
          ? { status: "failed", error: `${MOST_WAITING} events wait for this webhook already; send it again later` }
          : { status: "pending" }),
        attempts: 0,
        createdAt: now,
        triedUntil: now + TRIED_SECONDS,
        nextAttemptAt: now,
        updatedAt: now,
        expiresAt: now + DELIVERY_DAYS * DAY_SECONDS,
      };
      return { action: "create", record } as const;
    });
}

/**
 * Sends what is due, until `untilMs`. The deliveries of one webhook follow each other, and wait for the next run once one
 * has failed, so that a receiver that is down or slow takes one attempt of a run.
 */
export async function sendDue(due: readonly DueDelivery[], tools: DeliveryTools, untilMs: number): Promise<void> {
  const now = unixSeconds(tools.now());
  const ready = due.filter(({ nextAttemptAt }) => nextAttemptAt <= now);
  const byWebhook = Map.groupBy(ready, ({ organizationId, webhookId }) => `${organizationId} ${webhookId}`);
  // In another order each time: where there are too many for one run, none always comes last.
  const queue = shuffled([...byWebhook.values()], tools.random ?? Math.random);
  const work = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await sendToWebhook(next, tools, untilMs);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function sendToWebhook(due: readonly DueDelivery[], tools: DeliveryTools, untilMs: number): Promise<void> {
  const { store, now } = tools;
  const [first] = due;
  if (first === undefined) return;
  const { organizationId, webhookId } = first;
  const webhook = await store.get(organizationId, { kind: "webhook", ids: [webhookId] });
  for (const { deliveryId } of due) {
    if (now() >= untilMs) return;
    const record = await store.get(organizationId, { kind: "webhookDelivery", ids: [webhookId, deliveryId] });
    if (record?.status !== "pending") continue;
    const attempted = webhook
      ? await attemptOf(organizationId, record, webhook, tools)
      : ({ isDelivered: false, isGone: true, error: "the webhook was deleted" } as const);
    const after = recordAfter(record, attempted, tools);
    // Where somebody has sent it again meanwhile, that holds.
    await store.write(organizationId, [{ action: "replace", record: after, version: record.version }]);
    if (webhook !== undefined && !attempted.isDelivered) return;
  }
}

async function attemptOf(
  organizationId: string,
  { noticeId }: DeliveryRecord,
  { id: webhookId, url, secrets }: WebhookRecord,
  { store, sealer, deliver, now }: DeliveryTools,
): Promise<Attempted> {
  const found = await store.get(organizationId, { kind: "notice", ids: [noticeId] });
  if (found === undefined) return { isDelivered: false, isGone: true, error: "the event is no longer stored" };
  const { notice, at } = found;
  const body = JSON.stringify({ type: notice.type, timestamp: new Date(1000 * at).toISOString(), data: notice.data });
  const timestamp = unixSeconds(now());
  const valid = secrets.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > timestamp);
  let secretsOfIt: readonly string[];
  try {
    secretsOfIt = await Promise.all(valid.map(({ secret }) => sealer.open(secret, { organizationId, webhookId })));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { isDelivered: false, isGone: false, error: `its secret can't be opened: ${message}` };
  }
  return deliver(url, webhookHeaders({ id: noticeId, timestamp, body }, secretsOfIt), body);
}

function recordAfter(before: DeliveryRecord, attempted: Attempted, { now, random }: DeliveryTools): DeliveryRecord {
  const { responseStatus: _, error: __, ...rest } = before;
  const { isDelivered, isGone, status, error } = attempted;
  const at = unixSeconds(now());
  const attempts = before.attempts + 1;
  const nextAttemptAt = at + pauseSeconds(attempts, random);
  const isOver = isGone || nextAttemptAt > before.triedUntil;
  return {
    ...rest,
    version: before.version + 1,
    status: isDelivered ? "delivered" : isOver ? "failed" : "pending",
    attempts,
    ...(status === undefined ? {} : { responseStatus: status }),
    ...(error === undefined ? {} : { error }),
    nextAttemptAt,
    updatedAt: at,
  };
}
