import type { UsageEvent } from "../../../contracts/usage/usage-event.ts";

/** A usage event with these fields, and plain ones for the rest. */
export function usageEvent(fields: Partial<UsageEvent> = {}): UsageEvent {
  return {
    id: "req_1",
    endedAt: "2026-11-29T12:34:56.789Z",
    route: "/v1/chat/completions",
    model: "small",
    status: 200,
    isAborted: false,
    isStream: false,
    isBatch: false,
    isCached: false,
    keyId: "key1",
    projectId: "proj_1",
    userId: "user_1",
    inputTokens: 10,
    inputCacheWriteTokens: 0,
    inputCachedTokens: 4,
    outputTokens: 7,
    reasoningTokens: 2,
    durationMs: 12,
    costNanoUsd: 1_000,
    chargeNanoUsd: 2_000,
    inputChargeNanoUsd: 500,
    ...fields,
  };
}

/** Whole numbers from 0 up to a bound, the same ones for the same seed. */
export function seededNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
