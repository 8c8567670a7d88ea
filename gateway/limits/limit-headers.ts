import type { LimitMetric } from "../../contracts/limits/use-limit.ts";
import type { LimitCount } from "./use-limiter.ts";

type Headers = Readonly<Record<string, string>>;

/** Metrics that OpenAI's two groups of headers are about. */
const GROUPS = {
  requests: ["requests"],
  tokens: ["tokens", "input_tokens", "output_tokens"],
} as const satisfies Readonly<Record<string, readonly LimitMetric[]>>;

/** Metrics of Anthropic's groups, by their names. */
const ANTHROPIC_GROUPS = {
  requests: ["requests"],
  tokens: GROUPS.tokens,
  "input-tokens": ["input_tokens"],
  "output-tokens": ["output_tokens"],
} as const satisfies Readonly<Record<string, readonly LimitMetric[]>>;

/**
 * OpenAI's headers of the tightest limit of requests, and of tokens.
 * @param present headers that the response has already: an address with fewer requests left is the tighter limit
 */
export function openAiHeaders(counts: readonly LimitCount[], present: Headers = {}): Headers {
  const headers: Record<string, string> = {};
  for (const [group, metrics] of Object.entries(GROUPS)) {
    const count = tightest(counts, metrics);
    if (count === undefined || Number(present[`x-ratelimit-remaining-${group}`] ?? Infinity) < count.left) continue;
    headers[`x-ratelimit-limit-${group}`] = String(count.limit.max);
    headers[`x-ratelimit-remaining-${group}`] = String(count.left);
    if (Number.isFinite(count.resetMs)) headers[`x-ratelimit-reset-${group}`] = `${secondsOf(count)}s`;
  }
  return headers;
}

/** The same in Anthropic's names, with the time as RFC 3339 has it. */
export function anthropicHeaders(counts: readonly LimitCount[], nowMs: number): Headers {
  const headers: Record<string, string> = {};
  for (const [group, metrics] of Object.entries(ANTHROPIC_GROUPS)) {
    const count = tightest(counts, metrics);
    if (count === undefined) continue;
    headers[`anthropic-ratelimit-${group}-limit`] = String(count.limit.max);
    headers[`anthropic-ratelimit-${group}-remaining`] = String(count.left);
    if (!Number.isFinite(count.resetMs)) continue;
    const at = new Date(nowMs + 1000 * secondsOf(count)).toISOString();
    headers[`anthropic-ratelimit-${group}-reset`] = at.replace(/\.\d+Z$/, "Z");
  }
  return headers;
}

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers-10, of limits of requests: the draft has no unit for tokens and money.
 * Each limit is a policy with a name of its own.
 */
export function rateLimitFields(counts: readonly LimitCount[]): Headers {
  const shown = counts.filter(({ limit: { metric } }) => metric === "requests" || metric === "concurrency");
  if (shown.length === 0) return {};
  return {
    "ratelimit-policy": shown.map(policy).join(", "),
    ratelimit: shown.map(serviceLimit).join(", "),
  };
}

const WINDOW_SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400, week: 604_800 };

function policy({ limit }: LimitCount): string {
  const unit = limit.metric === "concurrency" ? ';qu="concurrent-requests"' : "";
  const seconds = unit === "" ? WINDOW_SECONDS[limit.window] : undefined;
  return `${nameOf(limit)};q=${limit.max}${unit}${seconds === undefined ? "" : `;w=${seconds}`}`;
}

function serviceLimit(count: LimitCount): string {
  const { limit, left, resetMs } = count;
  const reset = Number.isFinite(resetMs) && resetMs > 0 ? `;t=${secondsOf(count)}` : "";
  return `${nameOf(limit)};r=${left}${reset}`;
}

/** A string of structured fields: printable ASCII. Two limits of a subject differ by window, metric and model. */
function nameOf({ scope, metric, window, model }: LimitCount["limit"]): string {
  const name = [scope, metric, ...(metric === "concurrency" ? [] : [window]), ...(model === undefined ? [] : [model])];
  return `"${name.join("-").replaceAll(/[^ -~]|["\\]/g, "_")}"`;
}

function tightest(counts: readonly LimitCount[], metrics: readonly LimitMetric[]): LimitCount | undefined {
  return counts
    .filter(({ limit }) => metrics.includes(limit.metric) && limit.window !== "now")
    .reduce<LimitCount | undefined>(
      (best, count) => (best === undefined || count.left < best.left ? count : best),
      undefined,
    );
}

function secondsOf({ resetMs }: LimitCount): number {
  return Math.max(1, Math.ceil(resetMs / 1000));
}
