import * as z from "zod";
import { NOTICE_DATA } from "./notice.ts";

/** Types of events that a webhook may have: what people are mailed, and changes of keys and projects. */
export const WebhookEventType = z.enum(Object.keys(NOTICE_DATA) as (keyof typeof NOTICE_DATA)[]);

/** Characters of an address. */
const MAX_URL_CHARACTERS = 2000;
/** Most webhooks of an organisation: each gets each of its events. */
export const MAX_WEBHOOKS = 20;
/** Longest time for which a replaced secret signs beside the new one: a week. */
const MAX_OVERLAP_SECONDS = 7 * 86_400;
/** The same where the request does not say. */
export const OVERLAP_SECONDS = 86_400;
/** `use` in KMS's encryption context of a webhook's secret. */
export const WEBHOOK_SECRET_USE = "webhook";
/** Days for which a delivery is listed. */
export const DELIVERY_DAYS = 30;

const Seconds = z.int().nonnegative();
const Description = z.string().max(500);

export const CreateWebhook = z.strictObject({
  /** `https`, at a public address. */
  url: z.url({ protocol: /^https$/ }).max(MAX_URL_CHARACTERS),
  /** @default - all types, those of later releases too */
  events: z.array(WebhookEventType).min(1).exactOptional(),
  description: Description.exactOptional(),
});

const shape = {
  object: z.literal("organization.webhook"),
  id: z.string(),
  url: z.string(),
  /** `null` for all types. */
  events: z.array(z.string()).nullable(),
  description: z.string().nullable(),
  created_at: Seconds,
  /** When the replaced secret signs no more; null where one secret signs. */
  previous_secret_expires_at: Seconds.nullable(),
};
export const Webhook = z.strictObject(shape);
/** The secret is shown here alone. */
export const WebhookWithSecret = z.strictObject({ ...shape, secret: z.string() });
export const WebhookDeleted = z.strictObject({
  object: z.literal("organization.webhook.deleted"),
  id: z.string(),
  deleted: z.boolean(),
});

export const RotateWebhookSecret = z.strictObject({
  /** For so long both secrets sign; 0 ends the replaced one at once. @default 86400 */
  overlap_seconds: z.int().min(0).max(MAX_OVERLAP_SECONDS).exactOptional(),
});

export const WebhookDelivery = z.strictObject({
  object: z.literal("organization.webhook_delivery"),
  id: z.string(),
  webhook_id: z.string(),
  /** The header `webhook-id` of all its attempts. */
  event_id: z.string(),
  event_type: z.string(),
  status: z.enum(["pending", "delivered", "failed"]),
  attempts: z.number(),
  /** HTTP status of the last attempt; null where none came. */
  response_status: z.number().nullable(),
  /** Why the last attempt failed. */
  error: z.string().nullable(),
  created_at: Seconds,
  /** Of a pending one. */
  next_attempt_at: Seconds.nullable(),
  updated_at: Seconds,
});
