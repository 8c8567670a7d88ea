import { createHash } from "node:crypto";

/** How a route chooses among its targets. */
export type RoutePolicy = "weighted" | "round-robin" | "least-latency" | "least-cost" | "priority";

/** State of one target when a request arrives. */
export interface TargetStanding {
  /** Share of the route's requests, relative to the other weights. 0: only when no other target can. */
  readonly weight: number;
  /** The smaller, the earlier. */
  readonly priority: number;
  /** Expected milliseconds to the first byte. */
  readonly latencyMs: number;
  readonly inFlight: number;
  /** Dollars that this request would cost. */
  readonly costUsd: number;
}

export interface Named<T> {
  readonly id: string;
  readonly standing: TargetStanding;
  readonly target: T;
}

/**
 * Rendezvous hashing: the same key prefers the same target as long as it exists, keys are spread by weight, and adding or
 * removing a target moves only its own keys. All gateways have the same order without communication.
 */
export function byKey<T>(targets: readonly Named<T>[], key: string): readonly Named<T>[] {
  return byScore(targets, ({ id, standing }) => weightedScore(standing.weight, hashed(key, id)));
}

/** Random order: each position is drawn by the weights of the remaining targets. @param random uniform in [0, 1) */
export function byWeight<T>(targets: readonly Named<T>[], random: () => number): readonly Named<T>[] {
  return byScore(targets, ({ standing }) => weightedScore(standing.weight, random()));
}

/** The smallest `measure` first; equal ones by weight. */
export function bySmallest<T>(
  targets: readonly Named<T>[],
  measure: (standing: TargetStanding) => number,
  random: () => number,
): readonly Named<T>[] {
  return byWeight(targets, random).toSorted((one, other) => measure(one.standing) - measure(other.standing));
}

/**
 * Smooth weighted round robin (as in nginx): in a cycle of as many requests as the weights' sum each target is first as
 * often as its weight, evenly spread. It stores credits by target id, only of the targets of the last call.
 */
export class RoundRobin {
  #credits = new Map<string, number>();

  order<T>(targets: readonly Named<T>[]): readonly Named<T>[] {
    const total = targets.reduce((sum, { standing }) => sum + standing.weight, 0);
    const credits = new Map(
      targets.map(({ id, standing }) => [id, (this.#credits.get(id) ?? 0) + standing.weight] as const),
    );
    const ordered = byScore(targets, ({ id, standing }) => (standing.weight > 0 ? (credits.get(id) ?? 0) : -total - 1));
    const first = ordered[0];
    if (first !== undefined) credits.set(first.id, (credits.get(first.id) ?? 0) - total);
    this.#credits = credits;
    return ordered;
  }
}

/** Expected time to the first byte behind the requests in progress. */
export function expectedLatency({ latencyMs, inFlight }: TargetStanding): number {
  return latencyMs * (inFlight + 1);
}

function byScore<T>(targets: readonly Named<T>[], score: (target: Named<T>) => number): readonly Named<T>[] {
  return targets
    .map((target) => ({ target, score: score(target) }))
    .sort((one, other) => other.score - one.score)
    .map(({ target }) => target);
}

/** Below every score that a target with a weight can have. */
const LAST = -1e300;

/** A score whose maximum falls on each target with the probability of its weight (Efraimidis and Spirakis). */
function weightedScore(weight: number, uniform: number): number {
  return weight <= 0 ? LAST : Math.log(uniform || Number.MIN_VALUE) / weight;
}

/** Uniform in (0, 1): 48 bits of a hash, and half a step so that it is never 0. */
function hashed(key: string, id: string): number {
  const digest = createHash("sha256").update(`${key}\0${id}`).digest();
  return (digest.readUIntBE(0, 6) + 0.5) / 2 ** 48;
}
