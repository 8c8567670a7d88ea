import type { LimitCounter } from "./limit-store.ts";

/** What a counter takes at least: what is in progress is granted whole or not at all. */
export function leastOf({ amount, least = amount, windowSeconds }: LimitCounter): number {
  return windowSeconds === 0 ? amount : least;
}

/** What was used as a counter takes it: what an upstream says may be no integer, or no number at all. */
export function settledAmount(used: number | undefined, granted: number): number {
  if (used === undefined || Number.isNaN(used)) return granted;
  return Math.min(Math.max(0, Math.ceil(used)), Number.MAX_SAFE_INTEGER);
}
