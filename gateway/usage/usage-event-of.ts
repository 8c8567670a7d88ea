import { BATCH_ENDPOINTS } from "../../contracts/api/batches.ts";
import { GENERATION_ROUTES } from "../../contracts/api/generation-routes.ts";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { nanoUsdOf } from "../../domain/limits/nano-usd.ts";
import { tokenBuckets } from "../../domain/limits/token-buckets.ts";
import type { SettledRequest } from "../core/record.ts";
import { chargedTokens, usedTokens } from "./charged-tokens.ts";

/** Routes whose requests are counted: what a model serves, and what is charged for. Counting tokens is not. */
const COUNTED_ROUTES: ReadonlySet<string> = new Set([
  ...GENERATION_ROUTES.filter((route) => route.startsWith("/v1/")),
  ...BATCH_ENDPOINTS,
  "/v1/messages",
]);

/**
 * The usage event of a request that is over. Money is rounded up once for each of its sums.
 * @param endedAt Unix milliseconds
 * @returns undefined for a request that is not counted: of another route, or of a model that does not exist
 */
export function usageEventOf(settled: SettledRequest, endedAt: number): UsageEvent | undefined {
  const { route, model, isModelKnown, target, owner, keyId, projectId, firstTokenAt, startedAt } = settled;
  if (model === undefined || !isModelKnown || !COUNTED_ROUTES.has(route)) return undefined;
  const tokens = tokensOf(settled);
  const ownerId = owner?.id;
  return {
    id: settled.requestId,
    endedAt: new Date(endedAt).toISOString(),
    route,
    model,
    ...(target === undefined ? {} : { target: target.id }),
    status: settled.status,
    isAborted: settled.isAborted,
    isStream: settled.stream,
    isBatch: settled.isBatch,
    isCached: settled.cache?.result === "hit",
    ...(keyId === undefined ? {} : { keyId }),
    ...(projectId === undefined ? {} : { projectId }),
    ...(ownerId === undefined ? {} : owner?.type === "user" ? { userId: ownerId } : { serviceAccountId: ownerId }),
    ...tokens,
    ...(firstTokenAt === undefined ? {} : { firstTokenMs: rounded(firstTokenAt - startedAt) }),
    durationMs: rounded(settled.durationMs),
    ...moneyOf(settled),
  };
}

function tokensOf(settled: SettledRequest) {
  const { promptTokens, completionTokens } = usedTokens(settled);
  const { cachedTokens, cacheWriteTokens, reasoningTokens } = settled;
  const buckets = tokenBuckets({ promptTokens, completionTokens, cachedTokens, cacheWriteTokens, reasoningTokens });
  return {
    inputTokens: promptTokens,
    inputCachedTokens: buckets.cachedInput,
    inputCacheWriteTokens: buckets.cacheWrite,
    outputTokens: completionTokens,
    reasoningTokens: buckets.reasoning,
  };
}

function moneyOf(settled: SettledRequest) {
  const { target, pricedAt, chargeNanoUsd } = settled;
  if (target === undefined) return { costNanoUsd: 0, chargeNanoUsd: 0, inputChargeNanoUsd: 0 };
  const charged = chargedTokens(settled, target, usedTokens(settled));
  return {
    costNanoUsd: nanoUsdOf({ ...charged, price: target.priceAt(pricedAt), priceFactor: 1 }),
    chargeNanoUsd,
    inputChargeNanoUsd: nanoUsdOf({ ...charged, completionTokens: 0 }),
  };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
