import type { GenerationRoute } from "../../contracts/api/generation-routes.ts";
import { SESSION_HEADER } from "../../contracts/api/headers.ts";
import type { GatewayConfig, RouteTimeouts } from "../../contracts/processes/gateway-config.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { Plan } from "../core/plan.ts";
import type { Target } from "../core/target.ts";
import { fieldNeeds, type TargetNeed } from "../routing/request-needs.ts";
import type { Router } from "../routing/router.ts";
import type { EndpointNeed } from "./endpoint.ts";
import type { Parsed, Planned } from "./request-states.ts";

export interface PlanTools {
  readonly router: Router;
  readonly config: Pick<GatewayConfig, "timeouts" | "routeTimeouts">;
}

/** The caller, and the headers that routing reads. */
export interface PlanCaller {
  readonly tenant: string;
  /** The client's own name for its session. */
  readonly session: string | undefined;
}

/**
 * Sixth step: the targets that can serve the request, in the order in which they are tried, and how long each may take.
 * @throws {GatewayError} as `planTargets`
 */
export function plan(parsed: Parsed, { router, config }: PlanTools): Planned {
  const { request, caller, generation, rules, record } = parsed;
  const session = request.headers[SESSION_HEADER];
  const planCaller = { tenant: caller.tenant, session: typeof session === "string" ? session : undefined };
  const onKnown = () => record.note({ isModelKnown: true });
  const targets = planTargets(generation, planCaller, rules.need, router, onKnown);
  return { ...parsed, plan: targets, timeouts: timeoutsOf(config, generation.route) };
}

/**
 * The targets of a request.
 * @param need of the endpoint
 * @param onKnown called when the model exists, also when no target of it can take this request
 * @throws {GatewayError} `model_not_found`; the refusal of `need`; `invalid_request` when no target has the
 * capabilities that the fields need; `context_length_exceeded` when it is too long for every target (exactly counted by
 * the engine, which has the tokenizer)
 */
export function planTargets(
  request: GenerationRequest,
  caller: PlanCaller,
  need: EndpointNeed | undefined,
  router: Router,
  onKnown: () => void = () => undefined,
): Plan {
  const candidates = router.candidates(request, caller);
  if (candidates === undefined)
    throw new GatewayError("model_not_found", {
      message: `The model ${JSON.stringify(request.model.slice(0, 80))} does not exist here. Use one of ${router.names.join(", ")}.`,
      param: "model",
    });
  onKnown();
  const { targets, failoverAfterMs, hedgeAfterMs } = candidates;
  if (targets.length === 0) throw new GatewayError("model_unavailable");
  const able = withFields(withNeed(targets, request, need), request);
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
  const able = targets.filter((target) => canDo(target, need.capability));
  if (able.length === 0) throw need.refusal(model);
  return able;
}

/** @throws {GatewayError} naming the field that no target can do */
function withFields(targets: readonly Target[], request: GenerationRequest): readonly Target[] {
  if (targets.every(({ capabilities }) => capabilities === "all")) return targets;
  const needs = fieldNeeds(request);
  const able = targets.filter((target) => [...needs.keys()].every((need) => canDo(target, need)));
  if (able.length > 0) return able;
  const [missing] = [...needs].filter(([need]) => targets.every((target) => !canDo(target, need)));
  const [need, field] = missing ?? [[...needs.keys()].join(" and "), [...needs.values()][0] ?? null];
  throw new GatewayError("invalid_request", {
    message: `No target of the model ${JSON.stringify(request.model)} can do ${need}. Leave \`${field}\` out, or use another model.`,
    ...(field === null ? {} : { param: field }),
  });
}

/**
 * Only our own pools have a tokenizer that can be reached, and none of their engines moderates; any other capability is
 * the engines' own to refuse.
 */
function canDo({ kind, capabilities }: Target, need: TargetNeed): boolean {
  if (need === "tokenizer") return kind === "pool";
  return capabilities === "all" ? need !== "moderations" : capabilities.has(need);
}

/**
 * The targets whose context holds the request. Our own engines count prompts exactly and refuse by that count; a
 * provider is not called when prompt and `max_tokens` together are too long by our estimate.
 * @throws {GatewayError} `context_length_exceeded`
 */
function withContext(targets: readonly Target[], request: GenerationRequest): readonly Target[] {
  const { maxTokens, promptTokensEstimate } = request;
  const responseTokens = maxTokens?.value ?? 0;
  const open = targets.filter(({ kind, contextTokens }) =>
    kind === "pool" ? responseTokens < contextTokens : responseTokens + promptTokensEstimate < contextTokens,
  );
  if (open.length > 0) return open;
  const largest = Math.max(...targets.map(({ contextTokens }) => contextTokens));
  if (maxTokens !== undefined && responseTokens >= largest)
    throw new GatewayError("context_length_exceeded", {
      message: `\`${maxTokens.field}\` is ${responseTokens}, but prompt and completion together have ${largest} tokens. Lower it so that the prompt fits beside the completion.`,
      param: maxTokens.field,
    });
  throw new GatewayError("context_length_exceeded", {
    message: `The prompt has about ${promptTokensEstimate} tokens${maxTokens === undefined ? "" : ` and \`${maxTokens.field}\` is ${responseTokens}`}, but prompt and completion together have ${largest}. Shorten the prompt${maxTokens === undefined ? "" : ` or lower \`${maxTokens.field}\``}.`,
    ...(maxTokens === undefined ? {} : { param: maxTokens.field }),
  });
}
