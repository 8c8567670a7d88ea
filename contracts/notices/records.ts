import * as z from "zod";
import { Notice } from "./notice.ts";

const Version = z.int().positive();
const Seconds = z.int().nonnegative();

/** An alert of what is charged in a calendar month, in UTC, to the organisation or a project. */
export const SpendAlertRecord = z.strictObject({
  kind: z.literal("spendAlert"),
  version: Version,
  id: z.string(),
  scope: z.enum(["organization", "project"]),
  /** Id of the project; `organization` for the organisation. */
  subjectId: z.string(),
  thresholdCents: z.int().positive(),
  recipients: z.array(z.string()),
  subjectPrefix: z.string().optional(),
  createdAt: Seconds,
});

/**
 * What people and programs are told. Its id says what happened, so that nothing is told twice: it stays for as long as the
 * same may be found again.
 */
export const NoticeRecord = z.strictObject({
  kind: z.literal("notice"),
  version: Version,
  id: z.string(),
  notice: Notice,
  at: Seconds,
  expiresAt: Seconds,
});

/** A secret that signs what is sent to a webhook. */
const WebhookSecret = z.strictObject({
  /** Sealed by the environment's key (`lambdas/secret-sealer.ts`). Releases before stored it as it is, `whsec_` and base64. */
  secret: z.string(),
  /** Of a replaced one. @default - it is the current one */
  expiresAt: Seconds.optional(),
});

/** An address of an organisation's own that is told of events. */
export const WebhookRecord = z.strictObject({
  kind: z.literal("webhook"),
  version: Version,
  id: z.string(),
  url: z.string(),
  /** @default - all types */
  events: z.array(z.string()).optional(),
  description: z.string().optional(),
  /** The current one first. */
  secrets: z.array(WebhookSecret).min(1),
  createdAt: Seconds,
});

/** One event for one webhook. While it is pending it has a mark by which the sender finds it. */
export const WebhookDeliveryRecord = z.strictObject({
  kind: z.literal("webhookDelivery"),
  version: Version,
  id: z.string(),
  webhookId: z.string(),
  /** Of the notice, whose record has the data. */
  noticeId: z.string(),
  type: z.string(),
  status: z.enum(["pending", "delivered", "failed"]),
  attempts: z.int().nonnegative(),
  responseStatus: z.int().optional(),
  error: z.string().optional(),
  createdAt: Seconds,
  /** Until when a pending one is tried. */
  triedUntil: Seconds,
  nextAttemptAt: Seconds,
  updatedAt: Seconds,
  expiresAt: Seconds,
});
