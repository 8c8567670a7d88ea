import type { Engine } from "../engines/engine.ts";
import type { EngineDirectory } from "../engines/engine-directory.ts";
import type { ModelPool } from "../engines/model-pool.ts";
import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import type { GenerationRequest } from "./parse-body.ts";

/**
 * Fifth stage: which pool of engines answers.
 * @throws {GatewayError} `model_not_found`, or `context_length_exceeded` when `max_tokens` alone is over the context
 * (prompt and `max_tokens` together are counted by the engine, which has the tokenizer)
 */
export function routeModel(exchange: Exchange, request: GenerationRequest, directory: EngineDirectory): ModelPool {
  const pool = directory.pool(request.model);
  if (pool === undefined)
    throw new GatewayError("model_not_found", {
      message: `The model ${JSON.stringify(request.model.slice(0, 80))} does not exist here. Use one of ${directory.pools.map(({ config }) => config.id).join(", ")}.`,
      param: "model",
    });
  exchange.isModelKnown = true;
  const { maxTokens } = request;
  if (maxTokens !== undefined && maxTokens.value >= pool.contextTokens)
    throw new GatewayError("context_length_exceeded", {
      message: `\`${maxTokens.field}\` is ${maxTokens.value}, but prompt and answer together have ${pool.contextTokens} tokens. Lower it so that the prompt fits beside the answer.`,
      param: maxTokens.field,
    });
  return pool;
}

/**
 * The engine that takes the request, or takes over from those in `tried`.
 * @throws {GatewayError} `model_unavailable` when none is ready, `overloaded` when all are full
 */
export function routeEngine(pool: ModelPool, tried: ReadonlySet<Engine>): Engine {
  const engine = pool.leastLoaded(tried);
  if (engine !== undefined) return engine;
  const isAnyFull = pool.readyEngines.some((ready) => !tried.has(ready) && ready.isFull);
  throw new GatewayError(isAnyFull ? "overloaded" : "model_unavailable");
}
