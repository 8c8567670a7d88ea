import type { CompletionsUsage, Cost, EmbeddingsUsage } from "../../../../contracts/control/usage.ts";
import { nanoOf } from "../../lib/money.ts";
import type { Grouping } from "./dashboard-search.ts";
import { addTimes, latenciesOf, NO_TIMES, type Times } from "./latency.ts";
import { dayOf } from "./zone-days.ts";

/** Sums of a model, key, user or project. */
export interface Figures {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** What is charged, in nano-dollars. */
  readonly nano: bigint;
  /** Requests that failed; they are among `requests`. */
  readonly failed: number;
  /** Of requests that did not fail. */
  readonly duration: Timed;
  /** Of those that streamed. */
  readonly firstToken: Timed;
}

/** Milliseconds of so many requests together; their mean is a quotient. */
export interface Timed {
  readonly count: number;
  readonly ms: number;
  /** How many of them took how long: of none that a release before this counted. */
  readonly times: Times;
}

/** `id` is the model's name or the id; "" for what has none, such as the user of a service account's key. */
export interface GroupFigures extends Figures {
  readonly id: string;
}

/** A group on a day of the zone, as `2026-11-29`. */
export interface DayFigures extends GroupFigures {
  readonly day: string;
}

export interface UsageReport {
  /** Groups on days on which they have requests or charges, by day. */
  readonly days: readonly DayFigures[];
  /** The most expensive first. */
  readonly groups: readonly GroupFigures[];
  readonly total: Figures;
}

interface Bucket<Result> {
  readonly start_time: number;
  readonly results: readonly Result[];
}

const NO_TIME: Timed = { count: 0, ms: 0, times: NO_TIMES };
const NOTHING: Figures = {
  requests: 0,
  inputTokens: 0,
  outputTokens: 0,
  nano: 0n,
  failed: 0,
  duration: NO_TIME,
  firstToken: NO_TIME,
};

/** Adds up what the usage and costs operations sent. Nothing is rounded. @param zone of the days @default - UTC */
export function usageReport(
  by: Grouping,
  usage: readonly Bucket<CompletionsUsage | EmbeddingsUsage>[],
  costs: readonly Bucket<Cost>[],
  zone?: string,
): UsageReport {
  const days = new Map<string, DayFigures>();
  const add = (startTime: number, id: string, figures: Figures) => {
    const day = dayOf(startTime * 1000, zone);
    const key = `${day} ${id}`;
    days.set(key, { day, id, ...sum(days.get(key) ?? NOTHING, figures) });
  };
  for (const { start_time, results } of usage)
    for (const result of results) {
      const latencies = latenciesOf(result);
      add(start_time, groupOfUsage(by, result), {
        requests: result.num_model_requests,
        inputTokens: result.input_tokens,
        outputTokens: "output_tokens" in result ? result.output_tokens : 0,
        nano: 0n,
        failed: result.num_failed_requests,
        duration: { count: result.num_timed_requests, ms: result.duration_ms, times: latencies.duration },
        firstToken: {
          count: result.num_streamed_requests,
          ms: result.first_token_ms,
          times: latencies.firstToken,
        },
      });
    }
  for (const { start_time, results } of costs)
    for (const cost of results) add(start_time, groupOfCost(by, cost), { ...NOTHING, nano: nanoOf(cost.amount.value) });
  const groups = new Map<string, GroupFigures>();
  let total = NOTHING;
  for (const figures of days.values()) {
    groups.set(figures.id, { id: figures.id, ...sum(groups.get(figures.id) ?? NOTHING, figures) });
    total = sum(total, figures);
  }
  return {
    days: [...days.values()].toSorted((a, b) => compare(a.day, b.day) || compare(a.id, b.id)),
    groups: [...groups.values()].toSorted(
      (a, b) => compare(b.nano, a.nano) || compare(b.requests, a.requests) || compare(a.id, b.id),
    ),
    total,
  };
}

function sum(a: Figures, b: Figures): Figures {
  return {
    requests: a.requests + b.requests,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    nano: a.nano + b.nano,
    failed: a.failed + b.failed,
    duration: timed(a.duration, b.duration),
    firstToken: timed(a.firstToken, b.firstToken),
  };
}

function timed(a: Timed, b: Timed): Timed {
  return { count: a.count + b.count, ms: a.ms + b.ms, times: addTimes(a.times, b.times) };
}

function groupOfUsage(by: Grouping, result: CompletionsUsage | EmbeddingsUsage): string {
  if (by === "model") return result.model ?? "";
  return groupOfIds(by, result);
}

/** The line items of a model are `<model>, input_tokens` and `<model>, output_tokens`. */
function groupOfCost(by: Grouping, cost: Cost): string {
  if (by === "model") return (cost.line_item ?? "").replace(/, (?:input|output)_tokens$/, "");
  return groupOfIds(by, cost);
}

function groupOfIds(by: Exclude<Grouping, "model">, ids: Pick<Cost, "project_id" | "api_key_id" | "user_id">): string {
  if (by === "project") return ids.project_id ?? "";
  return (by === "key" ? ids.api_key_id : ids.user_id) ?? "";
}

function compare<T extends string | number | bigint>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
