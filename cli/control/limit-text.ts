import { type Limit, Limits } from "../../contracts/control/limits.ts";
import { LimitMetric, type LimitScope, LimitWindow } from "../../contracts/limits/use-limit.ts";
import { NANO_USD_PER_USD, nanoUsdOfDollars } from "../../domain/limits/nano-usd.ts";
import { UserError } from "../terminal/user-error.ts";

/** A subject of limits as the API's paths name it. */
export interface Subject {
  readonly scope: LimitScope;
  readonly id: string;
}

const PREFIXES: readonly (readonly [string, LimitScope])[] = [
  ["proj_", "project"],
  ["user-", "user"],
  ["svc_acct_", "service_account"],
  ["key_", "key"],
];
export const SUBJECT_FORM = "organization, or the id of a project, user, service account or key";

/** The fields of the API's limits that the commands read; a newer release may send more. */
export const ReadLimits = Limits.pick({
  id: true,
  scope: true,
  subject_id: true,
  limits: true,
  weight: true,
  tier: true,
}).strip();

/** @throws {UserError} for an id of no subject */
export function subjectOf(id: string): Subject {
  if (id === "organization") return { scope: "organization", id };
  const found = PREFIXES.find(([prefix]) => id.startsWith(prefix));
  if (found) return { scope: found[1], id };
  throw new UserError(
    `'${id}' must be organization or an id that begins with ${PREFIXES.map(([prefix]) => prefix).join(", ")}; \`sluice limits list\` shows some.`,
  );
}

export function pathOf({ scope, id }: Subject): string {
  return `/v1/organization/limits/${scope}/${encodeURIComponent(id)}`;
}

/** Money is written in dollars, as `usd`. */
const MONEY = "usd";
export const LIMIT_FORM =
  "METRIC/WINDOW=MAX, such as requests/minute=60, tokens/day=1000000, usd/month=50 or concurrency=5";
const METRICS = [...LimitMetric.options.filter((one) => one !== "nano_usd"), MONEY];

/** A metric and its window, as in `tokens/day`. @throws {UserError} */
export function counterFrom(text: string): Pick<Limit, "metric" | "window"> {
  const [name = "", windowName = name === "concurrency" ? "now" : "", ...more] = text.split("/");
  const metric = LimitMetric.safeParse(name === MONEY ? "nano_usd" : name).data;
  const window = LimitWindow.safeParse(windowName).data;
  if (metric !== undefined && name !== "nano_usd" && window !== undefined && more.length === 0)
    return { metric, window };
  throw new UserError(
    `'${text}' must be METRIC/WINDOW with a metric of ${METRICS.join(", ")} and a window of ${LimitWindow.options.join(", ")}.`,
  );
}

/** A limit as it is written on the command line. @throws {UserError} */
export function limitFrom(text: string, others: Pick<Limit, "model" | "time_zone" | "action">): Limit {
  const [counterText = "", maxText, ...more] = text.split("=");
  if (maxText === undefined || more.length > 0) throw new UserError(`'${text}' must be ${LIMIT_FORM}.`);
  const counter = counterFrom(counterText);
  const max = counter.metric === "nano_usd" ? nanoUsdFrom(maxText) : amountFrom(maxText);
  if (max !== undefined && Number.isSafeInteger(max)) return { ...counter, max, ...others };
  throw new UserError(
    counter.metric === "nano_usd"
      ? `The maximum in '${text}' must be an amount in dollars with at most 9 decimals, such as 12.50, below 9 million.`
      : `The maximum in '${text}' must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`,
  );
}

function amountFrom(text: string): number | undefined {
  return /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}

/** Nano-dollars of an amount in dollars, exactly as it is written. */
export function nanoUsdFrom(text: string): number | undefined {
  return /^\d{1,7}(\.\d{1,9})?$/.test(text) ? nanoUsdOfDollars(Number(text)) : undefined;
}

/** Whether two limits have one counter, so that a new one replaces the other. */
export function isSameCounter(a: Omit<Limit, "max">, b: Omit<Limit, "max">): boolean {
  const zone = (limit: Omit<Limit, "max">) => limit.time_zone ?? "UTC";
  const action = (limit: Omit<Limit, "max">) => limit.action ?? "stop";
  if (action(a) !== action(b)) return false;
  return a.metric === b.metric && a.window === b.window && a.model === b.model && zone(a) === zone(b);
}

/** The metric and the maximum for people. */
export function shownLimit({ metric, max }: Pick<Limit, "metric" | "max">): readonly [string, string] {
  return metric === "nano_usd" ? [MONEY, dollars(max)] : [metric, String(max)];
}

/** An amount of nano-dollars in dollars, with at least two decimals and no more than it has. */
export function dollars(nanoUsd: number): string {
  const sign = nanoUsd < 0 ? "-" : "";
  const whole = Math.floor(Math.abs(nanoUsd) / NANO_USD_PER_USD);
  const decimals = String(Math.abs(nanoUsd) % NANO_USD_PER_USD)
    .padStart(9, "0")
    .replace(/0{0,7}$/, "");
  return `${sign}${whole}.${decimals}`;
}
