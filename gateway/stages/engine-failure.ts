import { ERRORS } from "../../contracts/errors.ts";
import { GatewayError } from "../gateway-error.ts";
import { isRecord } from "../is-record.ts";

/** Why one engine did not answer, when another one still may. */
export class EngineFailure extends Error {
  /** `refused`: no connection. `died`: it went away before the client got a byte. `busy`: it has no place. */
  readonly kind: "refused" | "died" | "busy";
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: EngineFailure["kind"], retryAfterSeconds?: number) {
    super(`engine ${kind}`);
    this.name = "EngineFailure";
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** What the client is told when no other engine took over. */
  toGatewayError(): GatewayError {
    if (this.kind === "refused") return new GatewayError("model_unavailable");
    if (this.kind === "died") return new GatewayError("upstream_error");
    const { retryAfterSeconds } = this;
    return new GatewayError("overloaded", retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
  }
}

const REFUSED = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Sorts what undici throws: there was no connection, or there was one and it broke. */
export function connectionFailure(error: unknown): EngineFailure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new EngineFailure(REFUSED.has(code) ? "refused" : "died");
}

/** Statuses that speak of the engine (or the load balancer before it), not of the request: another engine may do. */
const TRY_ANOTHER = new Set([429, 502, 503]);
/** Statuses with which an engine refuses what the client wrote. */
const CLIENT_FAULT = new Set([400, 413, 422]);
const MAX_RETRY_AFTER_SECONDS = 120;

/** What an engine's answer other than 200 means. */
export function answerFailure(
  status: number,
  retryAfter: string | readonly string[] | undefined,
  body: string,
): EngineFailure | GatewayError {
  if (TRY_ANOTHER.has(status)) {
    const seconds = Number(retryAfter);
    const isUsable = Number.isInteger(seconds) && seconds > 0 && seconds <= MAX_RETRY_AFTER_SECONDS;
    return new EngineFailure("busy", isUsable ? seconds : undefined);
  }
  if (!CLIENT_FAULT.has(status)) return new GatewayError("upstream_error");
  const { message, param, code } = readError(body);
  const isOverContext =
    code === "context_length_exceeded" || /context length|max_model_len|context window/i.test(message ?? "");
  return new GatewayError(isOverContext ? "context_length_exceeded" : "invalid_request", {
    message: message ?? ERRORS.invalid_request.message,
    ...(param === undefined ? {} : { param }),
  });
}

/** OpenAI's and vLLM's form is `{"error":{…}}`; older vLLM has the fields at the top; FastAPI has `detail`. */
function readError(body: string): { readonly message?: string; readonly param?: string; readonly code?: string } {
  const parsed = parse(body);
  const error = isRecord(parsed) && isRecord(parsed.error) ? parsed.error : parsed;
  if (!isRecord(error)) return {};
  const { message, param, code } = error;
  return {
    ...(typeof message === "string" ? { message } : {}),
    ...(typeof param === "string" ? { param } : {}),
    ...(typeof code === "string" ? { code } : {}),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
