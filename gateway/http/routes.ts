import { GENERATION_ROUTES, type GenerationRoute } from "../../contracts/generation-routes.ts";
import { LIVENESS_PATH } from "../../contracts/process-environment.ts";
import { type AdminPath, type AdminRoute, findAdminRoute } from "../admin/admin-routes.ts";
import { type BatchRoutePath, findBatchRoute } from "../batches/batch-routes.ts";

/** The paths of the API; `/v1/models/{id}` stands for a single model. */
export type ApiPath =
  | GenerationRoute
  | "/v1/messages"
  | "/v1/messages/count_tokens"
  | "/v1/responses"
  | "/v1/responses/{id}"
  | "/v1/responses/{id}/input_items"
  | "/v1/models"
  | "/v1/models/{id}"
  | BatchRoutePath
  | "/health"
  | "/openapi.json"
  | "/reference"
  | typeof LIVENESS_PATH;
/** As it stands in logs and metrics. */
export type RoutePath = ApiPath | AdminPath;

export interface Route {
  readonly path: ApiPath;
  readonly methods: readonly string[];
  /** What stands for `{id}` in the path, still percent-encoded; empty elsewhere. */
  readonly encodedId: string;
}

const READ = ["GET", "HEAD"] as const;
const POST = ["POST"] as const;
const READ_DELETE = [...READ, "DELETE"] as const;
const STORED_RESPONSE = /^\/v1\/responses\/([^/]+)(\/input_items)?$/;
const MODEL_PREFIX = "/v1/models/";

/** Finds the route of a path without query, or `undefined`. */
export function findRoute(path: string): Route | AdminRoute | undefined {
  const generation = GENERATION_ROUTES.find((route) => route === path);
  if (generation !== undefined) return { path: generation, methods: POST, encodedId: "" };
  switch (path) {
    case "/v1/messages":
    case "/v1/messages/count_tokens":
    case "/v1/responses":
      return { path, methods: POST, encodedId: "" };
    case "/v1/models":
    case "/health":
    case "/openapi.json":
    case "/reference":
    case LIVENESS_PATH:
      return { path, methods: READ, encodedId: "" };
    default: {
      const response = STORED_RESPONSE.exec(path);
      if (response !== null) return storedResponse(response[1] ?? "", response[2] !== undefined);
      const encodedId = path.startsWith(MODEL_PREFIX) ? path.slice(MODEL_PREFIX.length) : "";
      return encodedId === ""
        ? (findBatchRoute(path) ?? findAdminRoute(path))
        : { path: "/v1/models/{id}", methods: READ, encodedId };
    }
  }
}

function storedResponse(encodedId: string, isItems: boolean): Route {
  if (isItems) return { path: "/v1/responses/{id}/input_items", methods: READ, encodedId };
  return { path: "/v1/responses/{id}", methods: READ_DELETE, encodedId };
}

/**
 * The path of a request target: without query, without scheme and host (absolute form), and without the `/<stage>`
 * that API Gateway's private integrations prepend.
 */
export function requestPath(target: string, stage: string): string {
  const origin = /^https?:\/\/[^/?#]*/i.exec(target)?.[0] ?? "";
  const path = target.slice(origin.length).split(/[?#]/, 1)[0] || "/";
  return path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
}
