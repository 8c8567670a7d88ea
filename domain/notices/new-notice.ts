import { createHash } from "node:crypto";
import type { RecordOf } from "../../contracts/control/records.ts";
import { NANO_USD_PER_CENT } from "../../contracts/limits/cents.ts";
import type { BudgetAlert } from "../../contracts/notices/budget-alert.ts";
import type { Notice } from "../../contracts/notices/notice.ts";
import { ORGANIZATION } from "../tenancy/roles.ts";
import { unixSeconds } from "../tenancy/unix-seconds.ts";

type NoticeRecord = RecordOf<"notice">;
type SpendAlertRecord = RecordOf<"spendAlert">;

/** Longer than a month, in which the same alert is found again each minute. */
const STORED_SECONDS = 90 * 86_400;
/** Name of a grant's counter, before its id. */
const CREDIT = "credit:";
/** From this share on, credit is low. */
const LOW_PERCENT = 80;
const KEY_PREFIX = "key_";

/**
 * A notice of what happened. What happened is the same where `what` is.
 * @param at Unix seconds
 */
export function newNotice(notice: Notice, what: readonly (string | number)[], at: number): NoticeRecord {
  const digest = createHash("sha256")
    .update([notice.type, ...what].join("\n"))
    .digest("hex");
  return { kind: "notice", version: 1, id: `evt_${digest.slice(0, 32)}`, notice, at, expiresAt: at + STORED_SECONDS };
}

/** The notice of a share of a budget, or of a grant of credit, that is used. */
export function budgetNotice(alert: BudgetAlert): NoticeRecord {
  const { limit, scope, subject, percent, used, max, windowId, resetsAt } = alert;
  const subjectId = scope === "organization" ? ORGANIZATION : scope === "key" ? `${KEY_PREFIX}${subject}` : subject;
  const what = [limit, windowId, max, percent];
  if (limit.startsWith(CREDIT) && percent >= LOW_PERCENT) {
    const credit = { scope, subject_id: subjectId, credit_id: limit.slice(CREDIT.length), percent };
    const data = { ...credit, used_nano_usd: used, amount_nano_usd: max };
    return newNotice({ type: "credits.low", data }, what, alert.at);
  }
  const budget = {
    name: limit,
    scope,
    subject_id: subjectId,
    metric: alert.metric,
    window: alert.window,
    time_zone: alert.timeZone,
    ...(alert.model === undefined ? {} : { model: alert.model }),
    max,
    is_stop: alert.isStop,
  };
  const data = { budget, percent, used, window_id: windowId, resets_at: resetsAt ?? null };
  return newNotice({ type: "budget.threshold", data }, what, alert.at);
}

/**
 * The notice of an alert whose threshold this month's charges have reached; `undefined` while they have not.
 * @param usedNanoUsd charged since the month began, in UTC
 */
export function spendNotice(alert: SpendAlertRecord, usedNanoUsd: number, nowMs: number): NoticeRecord | undefined {
  if (usedNanoUsd < alert.thresholdCents * NANO_USD_PER_CENT) return undefined;
  const now = new Date(nowMs);
  const month = now.toISOString().slice(0, 7);
  const data = {
    alert_id: alert.id,
    scope: alert.scope,
    subject_id: alert.subjectId,
    threshold_amount: alert.thresholdCents,
    currency: "USD" as const,
    used_nano_usd: usedNanoUsd,
    window_id: month,
    resets_at: unixSeconds(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)),
    recipients: alert.recipients,
    subject_prefix: alert.subjectPrefix ?? null,
  };
  const what = [alert.id, month, alert.thresholdCents];
  return newNotice({ type: "spend_alert.triggered", data }, what, unixSeconds(nowMs));
}
