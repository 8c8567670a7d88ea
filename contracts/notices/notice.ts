import * as z from "zod";

/** Unix seconds. */
const Seconds = z.int().nonnegative();
const NanoUsd = z.int();
/** `organization`, or the id of what has the budget in the control API. */
const SubjectId = z.string();

/** A limit of a day or longer of which a share is used. Amounts are in the limit's metric. */
const Budget = z.strictObject({
  /** Name of the limit, e.g. `project:proj_1:nano_usd:month`. */
  name: z.string(),
  scope: z.string(),
  subject_id: SubjectId,
  metric: z.string(),
  window: z.string(),
  /** IANA name. */
  time_zone: z.string(),
  /** @default - it counts all models */
  model: z.string().optional(),
  max: z.number(),
  /** Whether requests are refused at 100 %. */
  is_stop: z.boolean(),
});

/** What happened, by the type of the event. */
export const NOTICE_DATA = {
  "budget.threshold": z.strictObject({
    budget: Budget,
    percent: z.number(),
    used: z.number(),
    /** Which day, week or month: `2026-11`. */
    window_id: z.string(),
    /** When it begins anew; null for a limit that never does. */
    resets_at: Seconds.nullable(),
  }),
  "credits.low": z.strictObject({
    scope: z.string(),
    subject_id: SubjectId,
    credit_id: z.string(),
    percent: z.number(),
    used_nano_usd: NanoUsd,
    amount_nano_usd: NanoUsd,
  }),
  "spend_alert.triggered": z.strictObject({
    alert_id: z.string(),
    scope: z.string(),
    subject_id: SubjectId,
    /** Cents. */
    threshold_amount: z.number(),
    currency: z.literal("USD"),
    used_nano_usd: NanoUsd,
    /** The calendar month in UTC: `2026-11`. */
    window_id: z.string(),
    resets_at: Seconds,
    recipients: z.array(z.string()),
    subject_prefix: z.string().nullable(),
  }),
  /** A key of a project, or an admin key, was deleted. */
  "key.revoked": z.strictObject({ key_id: z.string(), project_id: z.string().nullable() }),
  /** All keys of a service account end with it. */
  "service_account.deleted": z.strictObject({ service_account_id: z.string(), project_id: z.string().nullable() }),
  /** All keys of a project end with it. */
  "project.archived": z.strictObject({ project_id: z.string() }),
  /** An administrator tries one webhook, which alone gets it, whatever its types are. */
  "webhook.test": z.strictObject({ webhook_id: z.string() }),
} as const;
export type NoticeType = keyof typeof NOTICE_DATA;
export type NoticeData = { readonly [T in NoticeType]: z.infer<(typeof NOTICE_DATA)[T]> };

const noticeOf = <const T extends NoticeType>(type: T) =>
  z.strictObject({ type: z.literal(type), data: NOTICE_DATA[type] });

/** What people and programs are told, by mail and by webhooks. */
export const Notice = z.discriminatedUnion("type", [
  noticeOf("budget.threshold"),
  noticeOf("credits.low"),
  noticeOf("spend_alert.triggered"),
  noticeOf("key.revoked"),
  noticeOf("service_account.deleted"),
  noticeOf("project.archived"),
  noticeOf("webhook.test"),
]);
export type Notice = z.infer<typeof Notice>;
