import type { GenerationRoute } from "../../contracts/api/generation-routes.ts";
import { SESSION_HEADER } from "../../contracts/api/headers.ts";
import type { GatewayConfig, RouteTimeouts } from "../../contracts/processes/gateway-config.ts";
import { allowsModel, type ModelAccess } from "../../domain/keys/check-key.ts";
import { markupFactor, payerOf } from "../../domain/limits/markup.ts";
import { decimalProduct } from "../../domain/limits/nano-usd.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { Plan } from "../core/plan.ts";
import type { RecordWriter } from "../core/record.ts";
import type { Target } from "../core/target.ts";
import { ENGINE_CAPABILITIES } from "../engines/engine-capabilities.ts";
import { fieldNeeds } from "../routing/request-needs.ts";
import type { Router } from "../routing/router.ts";
import { fieldProblem, invalidRequest } from "./body/body-problems.ts";
import { leastPromptTokens } from "./body/prompt-tokens.ts";
import type { EndpointNeed } from "./endpoint.ts";
import type { Parsed, Planned } from "./request-states.ts";

export interface PlanTools {
  readonly router: Router;
  readonly config: Pick<GatewayConfig, "timeouts" | "routeTimeouts" | "markups">;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/** The caller, and the headers that routing reads. */
export interface PlanCaller {
  readonly tenant: string;
  /** The client's own name for its session. */
  readonly session: string | undefined;
  /** Its key, which, with its project, may allow some models only. @default - all models */
  readonly key?: ModelAccess | undefined;
}

/**
 * Sixth step: the targets that can serve the request, in the order in which they are tried, and how long each may take.
 * @throws {GatewayError} as `planTargets`
 */
export function plan(parsed: Parsed, { router, config, wallClock }: PlanTools): Planned {
  const { request, caller, key, generation, rules, record } = parsed;
  const session = request.headers[SESSION_HEADER];
  const planCaller = { tenant: caller.tenant, session: typeof session === "string" ? session : undefined, key };
  const targets = planTargets(generation, planCaller, rules.need, router, record);
  const payer = payerOf(key, generation.model);
  const charge = {
    pricedAt: wallClock(),
    priceFactor: decimalProduct(caller.priceFactor, markupFactor(config.markups ?? [], payer)),
  };
  record.note(charge);
  return { ...parsed, plan: targets, charge, timeouts: timeoutsOf(config, generation.route) };
}

/**
 * The targets of a request.
 * @param need of the endpoint
 * @param record gets that the model exists, also when no target of it can take this request
 * @throws {GatewayError} `model_not_found`, for a model that the key may not use too; the refusal of `need`; `invalid_request` when no target has the
 * capabilities that the fields need, or works on `n` completions at once; `context_length_exceeded` when it is too long for every target (exactly counted by
 * the engine, which has the tokenizer)
 */
export function planTargets(
  request: GenerationRequest,
  caller: PlanCaller,
  need: EndpointNeed | undefined,
  router: Router,
  record?: RecordWriter,
): Plan {
  const { key } = caller;
  const candidates = allowsModel(key, request.model) ? router.candidates(request, caller) : undefined;
  if (candidates === undefined)
    throw new GatewayError("model_not_found", {
      message: `The model ${JSON.stringify(request.model.slice(0, 80))} does not exist here. Use one of ${router.names.filter((name) => allowsModel(key, name)).join(", ")}.`,
      param: "model",
    });
  record?.note({ isModelKnown: true });
  const { targets, failoverAfterMs, hedgeAfterMs } = candidates;
  if (targets.length === 0) throw new GatewayError("model_unavailable");
  const able = withCompletions(withFields(withNeed(targets, request, need), request), request);
  const [first, ...rest] = withContext(able, request);
  if (first === undefined) throw new GatewayError("model_unavailable");
  return { targets: [first, ...rest], failoverAfterMs, hedgeAfterMs };
}

function timeoutsOf(config: PlanTools["config"], route: GenerationRoute): RouteTimeouts {
  const own = config.routeTimeouts[route] ?? {};
  const { firstByteSeconds, totalSeconds, idleSeconds } = config.timeouts;
  return {
    firstByteSeconds: own.firstByteSeconds ?? firstByteSeconds,
    totalSeconds: own.totalSeconds ?? totalSeconds,
    idleSeconds: own.idleSeconds ?? idleSeconds,
  };
}

/** @throws {GatewayError} the endpoint's own, when no target of the model can do what it is for */
function withNeed(
  targets: readonly Target[],
  { model }: GenerationRequest,
  need: EndpointNeed | undefined,
): readonly Target[] {
  if (need === undefined) return targets;
  const able = targets.filter(({ capabilities }) => capabilities.has(need.capability));
  if (able.length === 0) throw need.refusal(model);
  return able;
}

/** @throws {GatewayError} naming the field that no target can do */
function withFields(targets: readonly Target[], request: GenerationRequest): readonly Target[] {
  if (targets.every(({ capabilities }) => capabilities === ENGINE_CAPABILITIES)) return targets;
  const needs = fieldNeeds(request);
  const able = targets.filter(({ capabilities }) => [...needs.keys()].every((need) => capabilities.has(need)));
  if (able.length > 0) return able;
  const [missing] = [...needs].filter(([need]) => targets.every(({ capabilities }) => !capabilities.has(need)));
  const [need, field] = missing ?? [[...needs.keys()].join(" and "), [...needs.values()][0] ?? null];
  throw new GatewayError("invalid_request", {
    message: `No target of the model ${JSON.stringify(request.model)} can do ${need}. Leave \`${field}\` out, or use another model.`,
    ...(field === null ? {} : { param: field }),
  });
}

/** @throws {GatewayError} where no target can work on so many completions at once: waiting would not help */
function withCompletions(targets: readonly Target[], { model, fields }: GenerationRequest): readonly Target[] {
  const { n } = fields;
  if (typeof n !== "number" || n === 1) return targets;
  const able = targets.filter(({ mostCompletions = n }) => n <= mostCompletions);
  if (able.length > 0) return able;
  const most = Math.max(...targets.map(({ mostCompletions = 1 }) => mostCompletions));
  throw invalidRequest([
    fieldProblem(
      "n",
      n,
      `must be at most ${most} for the model ${JSON.stringify(model.slice(0, 80))}`,
      "send several requests",
    ),
  ]);
}

/**
 * The targets whose context may hold the request, those first that hold it by our estimate. Our own engines count prompts
 * exactly and refuse by that count; a provider is not called only when the request is certainly too long.
 * @throws {GatewayError} `context_length_exceeded`
 */
function withContext(targets: readonly Target[], request: GenerationRequest): readonly Target[] {
  const { maxTokens, promptTokensEstimate, fields } = request;
  const responseTokens = maxTokens?.value ?? 0;
  const fits = ({ kind, contextTokens }: Target) =>
    responseTokens < contextTokens && (kind === "pool" || responseTokens + promptTokensEstimate < contextTokens);
  if (targets.every(fits)) return targets;
  const able = targets.filter(({ contextTokens }) => responseTokens < contextTokens);
  const fitting = able.filter(fits);
  const largest = Math.max(...targets.map(({ contextTokens }) => contextTokens));
  const least = leastPromptTokens(fields, largest);
  const open = [...fitting, ...able.filter((target) => !fits(target) && least < target.contextTokens)];
  if (open.length > 0) return open;
  if (maxTokens !== undefined && responseTokens >= largest)
    throw new GatewayError("context_length_exceeded", {
      message: `This model's maximum context length is ${largest} tokens for prompt and completion together, but \`${maxTokens.field}\` is ${responseTokens}. Lower it so that the prompt fits beside the completion.`,
      param: maxTokens.field,
    });
  throw new GatewayError("context_length_exceeded", {
    message: `This model's maximum context length is ${largest} tokens, but the prompt has at least ${least}. Shorten the prompt.`,
    param: request.route === "/v1/chat/completions" ? "messages" : "prompt",
  });
}
