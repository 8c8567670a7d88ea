import type { ModelCard, ModelList } from "../../contracts/models.ts";
import type { EngineDirectory } from "../engines/engine-directory.ts";
import type { ModelPool } from "../engines/model-pool.ts";
import { GatewayError } from "../gateway-error.ts";

/** `GET /v1/models`: every configured model, ready or not. @param created Unix seconds */
export function modelList(directory: EngineDirectory, created: number): ModelList {
  return { object: "list", data: directory.pools.map((pool) => modelCard(pool, created)) };
}

/**
 * `GET /v1/models/{id}`.
 * @throws {GatewayError} `model_not_found`, or `not_found` for an id that is no percent-encoded text
 */
export function modelById(directory: EngineDirectory, encodedId: string, created: number): ModelCard {
  const id = decode(encodedId);
  const pool = directory.pool(id);
  if (pool === undefined)
    throw new GatewayError("model_not_found", {
      message: `The model ${JSON.stringify(id.slice(0, 80))} does not exist here. \`GET /v1/models\` lists those that do.`,
      param: "model",
    });
  return modelCard(pool, created);
}

function modelCard(pool: ModelPool, created: number): ModelCard {
  const { id } = pool.config;
  return { id, object: "model", created, owned_by: "sluice", root: pool.root ?? id, max_model_len: pool.contextTokens };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new GatewayError("not_found", {
      message: "The model id in the path is not valid percent-encoding. Encode it.",
    });
  }
}
