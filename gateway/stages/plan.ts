import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import type { GenerationRequest } from "../generation-request.ts";
import type { Router } from "../targets/router.ts";
import type { Target } from "../targets/target.ts";

/** Where a request may go, best first; never empty. */
export type Plan = readonly [Target, ...Target[]];

/**
 * Fifth stage: which targets can answer.
 * @throws {GatewayError} `model_not_found`, or `context_length_exceeded` when `max_tokens` alone is over the context
 * (prompt and `max_tokens` together are counted by the engine, which has the tokenizer)
 */
export function planTargets(exchange: Exchange, request: GenerationRequest, router: Router): Plan {
  const targets = router.targets(request);
  if (targets === undefined)
    throw new GatewayError("model_not_found", {
      message: `The model ${JSON.stringify(request.model.slice(0, 80))} does not exist here. Use one of ${router.names.join(", ")}.`,
      param: "model",
    });
  exchange.isModelKnown = true;
  const { maxTokens } = request;
  const [first, ...rest] = targets.filter(
    (target) => maxTokens === undefined || maxTokens.value < target.contextTokens,
  );
  if (first !== undefined) return [first, ...rest];
  if (maxTokens === undefined) throw new GatewayError("model_unavailable");
  throw new GatewayError("context_length_exceeded", {
    message: `\`${maxTokens.field}\` is ${maxTokens.value}, but prompt and answer together have ${Math.max(...targets.map(({ contextTokens }) => contextTokens))} tokens. Lower it so that the prompt fits beside the answer.`,
    param: maxTokens.field,
  });
}
