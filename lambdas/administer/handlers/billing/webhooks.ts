import type { RecordOf } from "../../../../contracts/control/records.ts";
import { MAX_WEBHOOKS, OVERLAP_SECONDS } from "../../../../contracts/notices/webhooks.ts";
import { TRIED_SECONDS } from "../../../../domain/notices/delivery-schedule.ts";
import { newWebhookSecret } from "../../../../domain/notices/webhook-signature.ts";
import { removeRecord } from "../../../../domain/tenancy/changes.ts";
import { newId } from "../../../../domain/tenancy/ids.ts";
import { unixSeconds } from "../../../../domain/tenancy/unix-seconds.ts";
import { isRefusedHost } from "../../../../lib/address-guard.ts";
import { auditEvent, type ControlHandler, change, page } from "../../call/control-call.ts";
import { ControlError } from "../../call/control-error.ts";

type WebhookRecord = RecordOf<"webhook">;
type DeliveryRecord = RecordOf<"webhookDelivery">;

export const listWebhooks: ControlHandler<"listWebhooks"> = async ({ caller, query, store, nowMs }) => {
  const { after, limit } = query;
  const range = { kind: "webhook", limit, ...(after === undefined ? {} : { after }) } as const;
  const { records, hasMore } = await store.list(caller.organizationId, range);
  return {
    body: page(
      records.map((record) => shown(record, nowMs)),
      hasMore,
    ),
  };
};

/** The response alone has the secret. */
export const createWebhook: ControlHandler<"createWebhook"> = async (call) => {
  const { body, caller, store, nowMs } = call;
  requirePublic(body.url);
  const { records: others } = await store.list(caller.organizationId, { kind: "webhook", limit: MAX_WEBHOOKS });
  if (others.length >= MAX_WEBHOOKS)
    throw new ControlError("invalid_request", `At most ${MAX_WEBHOOKS} webhooks are possible; delete one.`);
  const secret = newWebhookSecret();
  const id = newId("webhook", nowMs);
  const sealed = await call.sealer.seal(secret, { organizationId: caller.organizationId, webhookId: id });
  const record: WebhookRecord = {
    kind: "webhook",
    version: 1,
    id,
    url: body.url,
    ...(body.events === undefined ? {} : { events: [...new Set(body.events)] }),
    ...(body.description === undefined ? {} : { description: body.description }),
    secrets: [{ secret: sealed }],
    createdAt: unixSeconds(nowMs),
  };
  const data = { url: record.url, events: record.events ?? null };
  const event = auditEvent("webhook.created", { id: record.id, data });
  return change(call, event, [{ action: "create", record }], {
    body: { ...shown(record, nowMs), secret },
    version: record.version,
  });
};

export const retrieveWebhook: ControlHandler<"retrieveWebhook"> = async ({
  records: { webhook_id: record },
  nowMs,
}) => ({
  body: shown(record, nowMs),
  version: record.version,
});

/** What waits for it is not sent any more. */
export const deleteWebhook: ControlHandler<"deleteWebhook"> = async (call) => {
  const record = call.records.webhook_id;
  return change(call, auditEvent("webhook.deleted", { id: record.id }), [removeRecord(record)], {
    body: { object: "organization.webhook.deleted", id: record.id, deleted: true },
  });
};

/** A new secret signs from the next attempt on, and for a while the replaced one beside it. */
export const rotateWebhookSecret: ControlHandler<"rotateWebhookSecret"> = async (call) => {
  const { nowMs, body, caller } = call;
  const before = call.records.webhook_id;
  const { overlap_seconds: overlap = OVERLAP_SECONDS } = body;
  const secret = newWebhookSecret();
  const sealed = await call.sealer.seal(secret, { organizationId: caller.organizationId, webhookId: before.id });
  const [current] = before.secrets;
  const replaced = overlap > 0 && current ? [{ secret: current.secret, expiresAt: unixSeconds(nowMs) + overlap }] : [];
  const record = { ...before, secrets: [{ secret: sealed }, ...replaced], version: before.version + 1 };
  const event = auditEvent("webhook.secret_rotated", { id: record.id });
  return change(call, event, [{ action: "replace", record, version: before.version }], {
    body: { ...shown(record, nowMs), secret },
    version: record.version,
  });
};

/** An event goes to this webhook alone, within two minutes. */
export const testWebhook: ControlHandler<"testWebhook"> = async (call) => {
  const record = call.records.webhook_id;
  return change(call, auditEvent("webhook.tested", { id: record.id }), [], {
    body: shown(record, call.nowMs),
    version: record.version,
  });
};

/** Newest first. */
export const listWebhookDeliveries: ControlHandler<"listWebhookDeliveries"> = async ({
  caller,
  query,
  records,
  store,
}) => {
  const { after, limit } = query;
  const found = await store.list(caller.organizationId, {
    kind: "webhookDelivery",
    within: [records.webhook_id.id],
    limit,
    isNewestFirst: true,
    ...(after === undefined ? {} : { after }),
  });
  return { body: page(found.records.map(shownDelivery), found.hasMore) };
};

/** It is sent again within a minute, with the same event id, and tried for a day where that fails. */
export const resendWebhookDelivery: ControlHandler<"resendWebhookDelivery"> = async (call) => {
  const before = call.records.delivery_id;
  const now = unixSeconds(call.nowMs);
  const { responseStatus: _, error: __, ...rest } = before;
  const record: DeliveryRecord = {
    ...rest,
    version: before.version + 1,
    status: "pending",
    triedUntil: now + TRIED_SECONDS,
    nextAttemptAt: now,
    updatedAt: now,
  };
  const event = auditEvent("webhook.resent", { id: record.id });
  return change(call, event, [{ action: "replace", record, version: before.version }], {
    body: shownDelivery(record),
    version: record.version,
  });
};

/** @throws {ControlError} for an address that nothing is sent to, as far as it shows without a lookup */
function requirePublic(url: string): void {
  const { hostname, username, password } = new URL(url);
  const problem = isRefusedHost(hostname, [])
    ? `${hostname} is not a public address, and nothing is sent to others; name a public host.`
    : username !== "" || password !== ""
      ? "The address has a user or a password, which would be in lists; leave them out, as messages are signed."
      : undefined;
  if (problem !== undefined) throw new ControlError("invalid_request", problem, { param: "url" });
}

function shown({ id, url, events, description, secrets, createdAt }: WebhookRecord, nowMs: number) {
  const until = secrets.find(({ expiresAt }) => expiresAt !== undefined && expiresAt > unixSeconds(nowMs))?.expiresAt;
  return {
    object: "organization.webhook" as const,
    id,
    url,
    events: events ?? null,
    description: description ?? null,
    created_at: createdAt,
    previous_secret_expires_at: until ?? null,
  };
}

function shownDelivery(record: DeliveryRecord) {
  return {
    object: "organization.webhook_delivery" as const,
    id: record.id,
    webhook_id: record.webhookId,
    event_id: record.noticeId,
    event_type: record.type,
    status: record.status,
    attempts: record.attempts,
    response_status: record.responseStatus ?? null,
    error: record.error ?? null,
    created_at: record.createdAt,
    next_attempt_at: record.status === "pending" ? record.nextAttemptAt : null,
    updated_at: record.updatedAt,
  };
}
