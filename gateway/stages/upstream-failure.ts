import { ERRORS } from "../../contracts/errors.ts";
import type { UpstreamProblem } from "../dialects/dialect.ts";
import { GatewayError } from "../gateway-error.ts";

/** Why one upstream did not answer, when another one still may. */
export class UpstreamFailure extends Error {
  /** `refused`: no connection. `died`: it went away before the client got a byte. `busy`: it has no place. */
  readonly kind: "refused" | "died" | "busy";
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: UpstreamFailure["kind"], retryAfterSeconds?: number) {
    super(`upstream ${kind}`);
    this.name = "UpstreamFailure";
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** What the client is told when no other upstream took over. */
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
export function connectionFailure(error: unknown): UpstreamFailure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new UpstreamFailure(REFUSED.has(code) ? "refused" : "died");
}

/** Statuses that speak of the upstream (or the load balancer before it), not of the request: another one may do. */
const TRY_ANOTHER = new Set([429, 502, 503]);
/** Statuses with which an upstream refuses what the client wrote. */
const CLIENT_FAULT = new Set([400, 413, 422]);
const MAX_RETRY_AFTER_SECONDS = 120;

/** What an upstream's answer other than 200 means. */
export function answerFailure(
  status: number,
  retryAfter: string | readonly string[] | undefined,
  { message, param, code }: UpstreamProblem,
): UpstreamFailure | GatewayError {
  if (TRY_ANOTHER.has(status)) {
    const seconds = Number(retryAfter);
    const isUsable = Number.isInteger(seconds) && seconds > 0 && seconds <= MAX_RETRY_AFTER_SECONDS;
    return new UpstreamFailure("busy", isUsable ? seconds : undefined);
  }
  if (!CLIENT_FAULT.has(status)) return new GatewayError("upstream_error");
  const isOverContext =
    code === "context_length_exceeded" || /context length|max_model_len|context window/i.test(message ?? "");
  return new GatewayError(isOverContext ? "context_length_exceeded" : "invalid_request", {
    message: message ?? ERRORS.invalid_request.message,
    ...(param === undefined ? {} : { param }),
  });
}
