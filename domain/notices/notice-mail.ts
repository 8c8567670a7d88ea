import type { Notice, NoticeData } from "../../contracts/notices/notice.ts";
import { decimalUsd } from "../usage/charge-line.ts";

/** A mail as SNS sends it. */
export interface NoticeMail {
  /** At most 100 printable characters of ASCII, as SNS takes them. */
  readonly subject: string;
  readonly text: string;
}

/** SNS's limit of a subject. */
const MAX_SUBJECT = 100;

/** The mail of a notice, for an environment; `undefined` for one of which webhooks alone are told. */
export function noticeMail(notice: Notice, environment: string): NoticeMail | undefined {
  const content = contentOf(notice);
  if (content === undefined) return undefined;
  const { title, lines, prefix = "" } = content;
  const subject = `${prefix === "" ? "" : `${prefix} `}Sluice ${environment}: ${title}`.replaceAll(
    /[^\x20-\x7e]/g,
    "?",
  );
  return { subject: subject.slice(0, MAX_SUBJECT), text: `${[...lines, "", JSON.stringify(notice)].join("\n")}\n` };
}

interface Content {
  readonly title: string;
  readonly lines: readonly string[];
  /** @default "" */
  readonly prefix?: string;
}

function contentOf(notice: Notice): Content | undefined {
  switch (notice.type) {
    case "budget.threshold":
      return budgetContent(notice.data);
    case "credits.low":
      return creditContent(notice.data);
    case "spend_alert.triggered":
      return spendContent(notice.data);
    case "key.revoked":
    case "service_account.deleted":
    case "project.archived":
    case "webhook.test":
      return undefined;
  }
}

function budgetContent({ budget, percent, used, window_id, resets_at }: NoticeData["budget.threshold"]): Content {
  const amount = (value: number) => (budget.metric === "nano_usd" ? usd(value) : `${value} ${budget.metric}`);
  const reached = budget.is_stop && percent >= 100;
  return {
    title: `${percent} % of a budget of ${subjectOf(budget.scope, budget.subject_id)}`,
    lines: [
      `The budget ${budget.name} has reached ${percent} %.`,
      "",
      `Scope: ${subjectOf(budget.scope, budget.subject_id)}`,
      ...(budget.model === undefined ? [] : [`Model: ${budget.model}`]),
      `Amount: ${amount(budget.max)} in a ${budget.window}`,
      `Used: ${amount(used)}`,
      `Window: ${window_id} (${budget.time_zone})`,
      `Begins anew: ${dateOf(resets_at)}`,
      reached
        ? "Requests are refused until then."
        : budget.is_stop
          ? "At 100 % requests are refused."
          : "It refuses nothing.",
    ],
  };
}

function creditContent(data: NoticeData["credits.low"]): Content {
  const subject = subjectOf(data.scope, data.subject_id);
  return {
    title: `${data.percent} % of a credit of ${subject}`,
    lines: [
      `Of the credit ${data.credit_id}, ${data.percent} % are used.`,
      "",
      `Scope: ${subject}`,
      `Amount: ${usd(data.amount_nano_usd)}`,
      `Used: ${usd(data.used_nano_usd)}`,
      "Requests are refused when no credit is left.",
    ],
  };
}

function spendContent(data: NoticeData["spend_alert.triggered"]): Content {
  const subject = subjectOf(data.scope, data.subject_id);
  const threshold = `$${(data.threshold_amount / 100).toFixed(2)}`;
  return {
    title: `${subject} has spent ${threshold} this month`,
    prefix: data.subject_prefix ?? "",
    lines: [
      `The spend alert ${data.alert_id} has reached its threshold.`,
      "",
      `Scope: ${subject}`,
      `Amount: ${threshold} in a month`,
      `Used: ${usd(data.used_nano_usd)}`,
      `Window: ${data.window_id} (UTC)`,
      `Begins anew: ${dateOf(data.resets_at)}`,
      "It refuses nothing.",
    ],
  };
}

function subjectOf(scope: string, id: string): string {
  return scope === "organization" ? "the organization" : `${scope.replaceAll("_", " ")} ${id}`;
}

function dateOf(seconds: number | null): string {
  return seconds === null ? "never" : new Date(1000 * seconds).toISOString();
}

function usd(nanoUsd: number): string {
  return `$${decimalUsd(nanoUsd)}`;
}
