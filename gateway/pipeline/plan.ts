import { GatewayError } from "../core/gateway-error.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { Plan } from "../core/plan.ts";
import type { Target } from "../core/target.ts";
import { needsOf } from "../routing/request-needs.ts";
import type { Router } from "../routing/router.ts";

/** Whose request it is, and what its headers say of where it goes. */
export interface PlanCaller {
  readonly tenant: string;
  /** The client's own name for its session. */
  readonly session: string | undefined;
}

/**
 * Plans a request: which targets can answer it, in the order in which they are tried.
 * @param onKnown called when the model exists, also when no target of it can take this request
 * @throws {GatewayError} `model_not_found`; `invalid_request` when no target can do what the request asks for;
 * `context_length_exceeded` when it is too long for every target (exactly counted by the engine, which has the tokenizer)
 */
export function planTargets(
  request: GenerationRequest,
  caller: PlanCaller,
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
  const [first, ...rest] = withContext(withCapabilities(targets, request), request);
  if (first === undefined) throw new GatewayError("model_unavailable");
  return { targets: [first, ...rest], failoverAfterMs, hedgeAfterMs };
}

/** @throws {GatewayError} naming the field that no target can do */
function withCapabilities(targets: readonly Target[], request: GenerationRequest): readonly Target[] {
  if (targets.every(({ capabilities }) => capabilities === "all")) return targets;
  const needs = needsOf(request);
  const able = targets.filter(
    ({ capabilities }) => capabilities === "all" || [...needs.keys()].every((need) => capabilities.has(need)),
  );
  if (able.length > 0) return able;
  const [missing] = [...needs].filter(([need]) => targets.every((target) => !canDo(target, need)));
  const [need, field] = missing ?? [[...needs.keys()].join(" and "), [...needs.values()][0] ?? null];
  throw new GatewayError("invalid_request", {
    message: `No target of the model ${JSON.stringify(request.model)} can do ${need}. Leave \`${field}\` out, or use another model.`,
    ...(field === null ? {} : { param: field }),
  });
}

function canDo({ capabilities }: Target, need: Parameters<Set<string>["has"]>[0]): boolean {
  return capabilities === "all" || new Set<string>(capabilities).has(need);
}

/**
 * Those whose context holds the request. Our own engines count prompts exactly and say so; a provider is not asked when
 * prompt and `max_tokens` together are too long by our estimate.
 * @throws {GatewayError} `context_length_exceeded`
 */
function withContext(targets: readonly Target[], request: GenerationRequest): readonly Target[] {
  const { maxTokens, promptTokensEstimate } = request;
  const answer = maxTokens?.value ?? 0;
  const open = targets.filter(({ kind, contextTokens }) =>
    kind === "pool" ? answer < contextTokens : answer + promptTokensEstimate < contextTokens,
  );
  if (open.length > 0) return open;
  const largest = Math.max(...targets.map(({ contextTokens }) => contextTokens));
  if (maxTokens !== undefined && answer >= largest)
    throw new GatewayError("context_length_exceeded", {
      message: `\`${maxTokens.field}\` is ${answer}, but prompt and answer together have ${largest} tokens. Lower it so that the prompt fits beside the answer.`,
      param: maxTokens.field,
    });
  throw new GatewayError("context_length_exceeded", {
    message: `The prompt has about ${promptTokensEstimate} tokens${maxTokens === undefined ? "" : ` and \`${maxTokens.field}\` is ${answer}`}, but prompt and answer together have ${largest}. Shorten the prompt${maxTokens === undefined ? "" : ` or lower \`${maxTokens.field}\``}.`,
    ...(maxTokens === undefined ? {} : { param: maxTokens.field }),
  });
}
