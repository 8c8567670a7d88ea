import { SESSION_HEADER } from "../../contracts/headers.ts";
import type { Target } from "../core/target.ts";
import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import type { GenerationRequest } from "../generation-request.ts";
import { needsOf } from "../routing/request-needs.ts";
import type { Router } from "../routing/router.ts";

/** Where a request may go, best first; never empty. */
export type Plan = readonly [Target, ...Target[]];

/**
 * Fifth stage: which targets can answer, in the order in which they shall be tried.
 * @throws {GatewayError} `model_not_found`; `invalid_request` when no target can do what the request asks for;
 * `context_length_exceeded` when it is too long for every target (exactly counted by the engine, which has the tokenizer)
 */
export function planTargets(exchange: Exchange, request: GenerationRequest, router: Router): Plan {
  const session = exchange.request.headers[SESSION_HEADER];
  const ways = router.ways(request, {
    tenant: exchange.tenant,
    session: typeof session === "string" ? session : undefined,
  });
  if (ways === undefined)
    throw new GatewayError("model_not_found", {
      message: `The model ${JSON.stringify(request.model.slice(0, 80))} does not exist here. Use one of ${router.names.join(", ")}.`,
      param: "model",
    });
  exchange.isModelKnown = true;
  exchange.failoverAfterMs = ways.failoverAfterMs;
  exchange.hedgeAfterMs = ways.hedgeAfterMs;
  if (ways.targets.length === 0) throw new GatewayError("model_unavailable");
  const [first, ...rest] = thoseWithRoom(thoseAble(ways.targets, request), request);
  if (first === undefined) throw new GatewayError("model_unavailable");
  return [first, ...rest];
}

/** @throws {GatewayError} naming the field that no target can do */
function thoseAble(targets: readonly Target[], request: GenerationRequest): readonly Target[] {
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
function thoseWithRoom(targets: readonly Target[], request: GenerationRequest): readonly Target[] {
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
