import { CLAMPED_HEADER } from "../../contracts/api/headers.ts";
import { type AppliedLimit, appliedLimits } from "../../domain/limits/applied-limits.ts";
import { nanoUsdOf } from "../../domain/limits/nano-usd.ts";
import type { StoredLimits } from "../../domain/limits/subject-limits.ts";
import { type Tiers, UnknownTier, withTiers } from "../../domain/limits/tiers.ts";
import { upperPrice } from "../../domain/targets/target-cost.ts";
import { isRecord } from "../../lib/is-record.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { RequestFacts } from "../core/record.ts";
import type { GatewayKey } from "../keys/key-store.ts";
import type { KeylessLimits } from "../limits/keyless-limits.ts";
import { anthropicHeaders, openAiHeaders, rateLimitFields } from "../limits/limit-headers.ts";
import type { RequestUse, UsedAmounts } from "../limits/request-use.ts";
import { type LimitCount, LimitReached, type UseLimiter } from "../limits/use-limiter.ts";
import { completionCount } from "../outside-values/completion-count.ts";
import { callerPriceOf, chargedTokens } from "../usage/charged-tokens.ts";
import { clamped } from "./body/clamp.ts";
import { leastPromptTokens } from "./body/prompt-tokens.ts";
import type { Limited, Planned } from "./request-states.ts";

export interface LimitTools {
  readonly limiter: Pick<UseLimiter, "reserve">;
  readonly keyless: KeylessLimits;
  readonly tiers: Tiers;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/** Routes whose responses are generated. */
const GENERATING: ReadonlySet<string> = new Set(["/v1/chat/completions", "/v1/completions"]);
/** Routes that no model works for. */
const WITHOUT_TOKENS: ReadonlySet<string> = new Set(["/tokenize", "/detokenize"]);
/** Tokens of a completion of which at least so many are left, or all that it asks for; with less, the request is refused. */
const LEAST_COMPLETION_TOKENS = 16;

/**
 * Seventh step: reserves what the request may use of the limits of its organisation, project, owner and key; without a key,
 * of its address and of all callers without one. Where less is left, the completion is clamped to it. What was used is settled with the request, however that ends.
 * @throws {LimitReached} when even its shortest completion is over a limit
 * @throws {GatewayError} `limits_unavailable` when a limit can't be read or counted
 */
export function limit(planned: Planned, tools: LimitTools): Limited | Promise<Limited> {
  const { key, caller, request, generation } = planned;
  const limits =
    key === undefined
      ? tools.keyless.of(caller.tenant, request.address, generation.model)
      : limitsOf(key, generation.model, tools.tiers);
  return limits.length === 0 ? planned : reserve(planned, limits, tools);
}

async function reserve(planned: Planned, limits: readonly AppliedLimit[], tools: LimitTools): Promise<Limited> {
  const { generation, record } = planned;
  const use = requestUse(planned);
  try {
    const { completionTokens, counts, settle } = await tools.limiter.reserve(limits, use);
    record.onSettled((facts) => settle(usedBy(facts, use)));
    addHeaders(planned, counts, tools);
    // The time in which the limits were counted is long enough for a client to leave.
    planned.abort.signal.throwIfAborted();
    if (use.completions === 0 || completionTokens >= use.completionTokens) return planned;
    planned.headers.set(CLAMPED_HEADER, `max_tokens=${completionTokens}`);
    return { ...planned, clamped: await clamped(generation, completionTokens) };
  } catch (error) {
    if (error instanceof LimitReached) addHeaders(planned, [error.count], tools);
    throw error;
  }
}

/** Those of each model, as long as the key that has them is cached. */
const APPLIED = new WeakMap<object, Map<string, readonly AppliedLimit[]>>();
const NONE: readonly AppliedLimit[] = [];

/**
 * @param model one that exists, so that there are few
 * @throws {GatewayError} `limits_unavailable` for limits of a newer release, and for a tier that is not there
 */
function limitsOf(key: GatewayKey, model: string, tiers: Tiers): readonly AppliedLimit[] {
  const { limits: stored = [] } = key;
  if (stored.length === 0 && !Object.hasOwn(tiers, key.plan)) return NONE;
  refuseUnreadable(stored);
  const held = key.limits ?? key;
  const byModel = APPLIED.get(held) ?? new Map<string, readonly AppliedLimit[]>();
  const limits = byModel.get(model) ?? appliedLimits(tieredLimits(key, stored, tiers), model);
  byModel.set(model, limits);
  APPLIED.set(held, byModel);
  return limits;
}

/** @throws {GatewayError} `limits_unavailable` for a tier that was removed, or is of a newer configuration */
function tieredLimits(key: GatewayKey, stored: readonly StoredLimits[], tiers: Tiers): readonly StoredLimits[] {
  try {
    return withTiers(stored, key, tiers);
  } catch (error) {
    if (!(error instanceof UnknownTier)) throw error;
    throw new GatewayError("limits_unavailable", {
      message: `${error.message} Ask your operator to give it another tier, or to add this one to api.tiers.`,
    });
  }
}

/** @throws {GatewayError} `limits_unavailable` for limits of a newer release */
function refuseUnreadable(stored: readonly StoredLimits[]): void {
  const unreadable = stored.find(({ isComplete }) => !isComplete);
  if (unreadable === undefined) return;
  const { scope, subject } = unreadable;
  throw new GatewayError("limits_unavailable", {
    message: `The limits of the ${scope.replace("_", " ")} ${subject} were written by a newer release, which this gateway can't apply. Try again after the seconds given in Retry-After, or ask your operator to end the roll-out.`,
  });
}

function requestUse({ generation, plan, charge }: Planned): RequestUse {
  const { route, fields, maxTokens, promptTokensEstimate } = generation;
  const context = Math.max(...plan.targets.map(({ contextTokens }) => contextTokens));
  const isGenerating = GENERATING.has(route);
  const promptTokens = WITHOUT_TOKENS.has(route) ? 0 : promptTokensEstimate;
  const leastPrompt = Math.min(promptTokens, Math.max(1, leastPromptTokens(fields, promptTokens)));
  const most = Math.max(1, context - leastPrompt);
  return {
    promptTokens,
    leastPromptTokens: leastPrompt,
    completions: isGenerating ? completionCount(fields) : 0,
    completionTokens: isGenerating ? Math.min(maxTokens?.value ?? most, most) : 0,
    isBounded: maxTokens !== undefined,
    leastCompletionTokens: Math.max(LEAST_COMPLETION_TOKENS, thinkingTokens(generation) + 1),
    prices: plan.targets.map((target) => upperPrice(callerPriceOf(target, charge.pricedAt))),
    priceFactor: charge.priceFactor,
  };
}

/** Anthropic refuses a bound that is not above the tokens that are set aside for thinking. */
function thinkingTokens({ fields, client }: GenerationRequest): number {
  const thinking = client?.fields.thinking ?? fields.thinking;
  return isRecord(thinking) && typeof thinking.budget_tokens === "number" ? Math.max(0, thinking.budget_tokens) : 0;
}

/** What a request used: nothing where no target worked on it; the estimated prompt where its response names no usage. */
function usedBy(facts: RequestFacts, use: RequestUse): UsedAmounts {
  const { target } = facts;
  if (target === undefined || facts.cache?.result === "hit")
    return { promptTokens: 0, completionTokens: 0, nanoUsd: 0 };
  const hasResponded = facts.firstTokenAt !== undefined || (facts.errorCode === undefined && !facts.isAborted);
  const promptTokens = facts.promptTokens ?? facts.sentPromptTokens ?? (hasResponded ? use.promptTokens : 0);
  const completionTokens = facts.completionTokens ?? facts.unseenCompletionTokens ?? 0;
  const nanoUsd = nanoUsdOf(chargedTokens(facts, target, { promptTokens, completionTokens }));
  return { promptTokens, completionTokens, nanoUsd };
}

function addHeaders({ headers, client }: Planned, counts: readonly LimitCount[], { wallClock }: LimitTools): void {
  headers.add(openAiHeaders(counts, headers.all));
  headers.add(rateLimitFields(counts));
  if (client?.dialect.name === "messages") headers.add(anthropicHeaders(counts, wallClock()));
}
