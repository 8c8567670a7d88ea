import type { ModelCard, ModelList } from "../../contracts/api/models.ts";
import { GatewayError } from "../core/gateway-error.ts";
import { PoolTarget } from "../engines/pool-target.ts";
import type { RouteEntry, TargetTable } from "../routing/target-table.ts";

/** `GET /v1/models`: every public name, whether it can be served now or not. @param created Unix seconds */
export function modelList({ routes }: TargetTable, created: number): ModelList {
  return { object: "list", data: [...routes.values()].map((route) => modelCard(route, created)) };
}

/**
 * `GET /v1/models/{id}`.
 * @throws {GatewayError} `model_not_found`, or `not_found` for an id that is no percent-encoded text
 */
export function modelById({ routes }: TargetTable, encodedId: string, created: number): ModelCard {
  const id = decode(encodedId);
  const route = routes.get(id);
  if (route === undefined)
    throw new GatewayError("model_not_found", {
      message: `The model ${JSON.stringify(id.slice(0, 80))} does not exist here. \`GET /v1/models\` lists those that do.`,
      param: "model",
    });
  return modelCard(route, created);
}

/** The first target's weights where they are our own, and the most context that any target has. */
function modelCard({ name, targets, fallbacks }: RouteEntry, created: number): ModelCard {
  const all = [...targets, ...fallbacks].map(({ target }) => target);
  const [first] = all;
  const root = first instanceof PoolTarget ? first.pool.root : undefined;
  const context = Math.max(0, ...all.map(({ contextTokens }) => contextTokens));
  return {
    id: name,
    object: "model",
    created,
    owned_by: "sluice",
    root: root ?? name,
    ...(context === 0 ? {} : { max_model_len: context }),
  };
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
