import type { LimitMetric, LimitWindow } from "../../contracts/limits/use-limit.ts";
import type { AppliedLimit, AppliedSubject } from "../../domain/limits/applied-limits.ts";
import { NANO_USD_PER_USD } from "../../domain/limits/nano-usd.ts";
import { isCalendarWindow } from "../../domain/limits/windows.ts";
import type { GatewayErrorOptions } from "../core/gateway-error.ts";

const SCOPES: Readonly<Record<Exclude<AppliedSubject["scope"], "keyless">, string>> = {
  organization: "organisation",
  project: "project",
  user: "user",
  service_account: "service account",
  key: "key",
  address: "address",
};

/** Whose limit it is, as the subject of a sentence. */
function ownerOf({ scope, subject }: AppliedSubject): string {
  return scope === "keyless" ? "All callers without an API key together" : `The ${SCOPES[scope]} ${subject}`;
}

const UNITS: Readonly<Record<Exclude<LimitMetric, "nano_usd">, string>> = {
  requests: "requests",
  input_tokens: "input tokens",
  output_tokens: "output tokens",
  tokens: "tokens",
  concurrency: "requests at once",
};

const WINDOWS: Readonly<Record<LimitWindow, string>> = {
  now: "",
  minute: " per minute",
  hour: " per hour",
  day: " per day",
  week: " per week",
  month: " per month",
  lifetime: " in all",
};

/** OpenAI's SDKs send a 429 again unless this says that they shall not. */
const NO_RETRY = { "x-should-retry": "false" } as const;
/** What is in progress may end at any moment. */
const SOON_SECONDS = 1;

/** Where a refused request stands. */
interface ReachedLimit {
  readonly limit: AppliedLimit;
  readonly left: number;
  readonly resetMs: number;
}

/**
 * The error of a request that a limit refuses: `rate_limit_exceeded` where waiting for at most an hour helps, else
 * `insufficient_quota`.
 * @param least what the request would use at the very least
 */
export function limitError(
  { limit, left, resetMs }: ReachedLimit,
  least: number,
  nowMs: number,
): { readonly code: "rate_limit_exceeded" | "insufficient_quota"; readonly options: GatewayErrorOptions } {
  const { metric, window, max, model } = limit;
  if (limit.credits !== undefined) return creditError(limit, left, least);
  const isQuota = isCalendarWindow(window);
  const isTooLarge = least > max;
  const isInProgress = resetMs === 0 && max > 0;
  const seconds = isInProgress ? SOON_SECONDS : Math.max(SOON_SECONDS, Math.ceil(resetMs / 1000));
  const who = `${ownerOf(limit)} may use ${amount(metric, max)}${WINDOWS[window]}`;
  const what = model === undefined ? "" : ` of the model ${JSON.stringify(model)}`;
  const rest = `${amount(metric, left)} ${left === 1 ? "is" : "are"} left`;
  const need = least > 1 ? `, and this request needs at least ${amount(metric, least)}` : "";
  const message = `${who}${what}: ${isInProgress ? "that many are in progress" : `${rest}${need}`}.`;
  return {
    code: isQuota ? "insufficient_quota" : "rate_limit_exceeded",
    options: {
      message: `${message} ${remedy({ metric, isTooLarge, isInProgress, resetMs, nowMs })}`,
      ...(Number.isFinite(seconds) && !isTooLarge ? { retryAfterSeconds: seconds } : { isPermanent: true }),
      ...(isQuota || isTooLarge ? { headers: NO_RETRY } : {}),
    },
  };
}

/** Credit that is used up does not come back with time. */
function creditError(limit: AppliedLimit, left: number, least: number) {
  const who = `${ownerOf(limit)} has ${amount("nano_usd", left)} of prepaid credit left`;
  return {
    code: "insufficient_quota",
    options: {
      message: `${who}, and this request needs at least ${amount("nano_usd", Math.max(1, least))}. Ask your operator for more credit.`,
      isPermanent: true,
      headers: NO_RETRY,
    },
  } as const;
}

interface RemedyFacts {
  readonly metric: LimitMetric;
  readonly isTooLarge: boolean;
  readonly isInProgress: boolean;
  readonly resetMs: number;
  readonly nowMs: number;
}

function remedy({ metric, isTooLarge, isInProgress, resetMs, nowMs }: RemedyFacts): string {
  const isCounted = metric === "requests" || metric === "concurrency";
  if (isTooLarge && isCounted) return "Ask your operator to raise the limit.";
  if (isTooLarge) return "Send a shorter prompt or ask for fewer completions, or ask your operator to raise the limit.";
  if (isInProgress) return "Wait until one has ended, or ask your operator to raise the limit.";
  if (!Number.isFinite(resetMs)) return "Ask your operator to raise the limit.";
  const resetsAt = new Date(nowMs + resetMs).toISOString();
  return `It begins anew at ${resetsAt}, in ${Math.ceil(resetMs / 1000)} s. Wait until then, or ask your operator to raise the limit.`;
}

function amount(metric: LimitMetric, value: number): string {
  if (metric !== "nano_usd") return `${value} ${UNITS[metric]}`;
  const digits = (value / NANO_USD_PER_USD).toFixed(9).replace(/0{0,7}$/, "");
  return `$${digits}`;
}
