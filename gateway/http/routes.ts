import { LIVENESS_PATH } from "../../contracts/process-environment.ts";

/** The paths of the API; `/v1/models/{id}` stands for a single model. */
export type RoutePath =
  | "/v1/completions"
  | "/v1/chat/completions"
  | "/v1/messages"
  | "/v1/messages/count_tokens"
  | "/v1/models"
  | "/v1/models/{id}"
  | "/health"
  | typeof LIVENESS_PATH;

export interface Route {
  readonly path: RoutePath;
  readonly methods: readonly string[];
  /** The model in `/v1/models/{id}`, still percent-encoded; empty elsewhere. */
  readonly encodedId: string;
}

const READ = ["GET", "HEAD"] as const;
const POST = ["POST"] as const;
const MODEL_PREFIX = "/v1/models/";

/** Finds the route of a path without query, or `undefined`. */
export function findRoute(path: string): Route | undefined {
  switch (path) {
    case "/v1/completions":
    case "/v1/chat/completions":
    case "/v1/messages":
    case "/v1/messages/count_tokens":
      return { path, methods: POST, encodedId: "" };
    case "/v1/models":
    case "/health":
    case LIVENESS_PATH:
      return { path, methods: READ, encodedId: "" };
    default: {
      const encodedId = path.startsWith(MODEL_PREFIX) ? path.slice(MODEL_PREFIX.length) : "";
      return encodedId === "" ? undefined : { path: "/v1/models/{id}", methods: READ, encodedId };
    }
  }
}

/** Routes on which clients speak Anthropic's dialect. */
export function isMessagesRoute(path: string): boolean {
  return path === "/v1/messages" || path === "/v1/messages/count_tokens";
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
