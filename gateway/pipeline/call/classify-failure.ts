import { ERRORS } from "../../../contracts/api/errors.ts";
import { ADDRESS_REFUSED } from "../../../lib/address-guard.ts";
import type { UpstreamProblem } from "../../core/dialect.ts";
import { GatewayError } from "../../core/gateway-error.ts";
import { MAX_CLIENT_RETRY_AFTER_SECONDS, UpstreamFailure } from "../../core/upstream-failure.ts";
import { refusalCode, refusalError } from "../../dialects/refusals/refusals.ts";

const REFUSED = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  ADDRESS_REFUSED,
]);

/** A fault in our own code, or in what we wanted to send: the upstream had no part in it. */
function isOwnFault(error: unknown): boolean {
  if (error instanceof Error && "code" in error && error.code === "UND_ERR_INVALID_ARG") return true;
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    error instanceof SyntaxError
  );
}

/**
 * Classifies an error of undici: the connection was refused, it broke, or it stayed silent.
 * @returns the error itself when it is a fault of our own, which does not count against the upstream
 */
export function connectionFailure(error: unknown): unknown {
  if (isOwnFault(error)) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // It took the request and may still work on it: a second call would cost it twice.
  if (code === "UND_ERR_BODY_TIMEOUT") return new UpstreamFailure("slow");
  return new UpstreamFailure(REFUSED.has(code) ? "refused" : "died");
}

/** Of our engines and the load balancer before them: it is full, or it just leaves. Another one may do. */
const ENGINE_BUSY = new Set([429, 502, 503]);
/** Of providers: 529 is Anthropic's "overloaded". */
const PROVIDER_BUSY = new Set([429, 529]);
/** A provider that sends it is overloaded or gone: that counts as a failure, and the client gets a `Retry-After`. */
const UNAVAILABLE = 503;
const DENIED = new Set([401, 402, 403, 404]);
/** Statuses with which an upstream refuses what the client wrote. */
const CLIENT_FAULT = new Set([400, 413, 422]);
/** vLLM's words for a path that it does not have: it serves embeddings only with a model that makes them. */
const NO_ENDPOINT = "Not Found";
/** The message of a refusal whose body is none, or not in the provider's dialect. */
const NO_REASON =
  "The model refused the request without a reason that can be read. Correct the request, or use another model.";
/** A provider whose quota is spent may name hours; the client should not wait for that. */
const MAX_RETRY_AFTER_SECONDS = 3600;

/** What a response other than 200 means. */
export function responseFailure(
  status: number,
  retryAfter: string | readonly string[] | undefined,
  { message, param, code, isAboutAccount = false, retryAfterSeconds: bodySeconds }: UpstreamProblem,
  kind: "pool" | "provider",
): UpstreamFailure | GatewayError {
  // Some refuse a prompt with 403: the key is in order, and another target may not be tried with such a prompt.
  if (code === "content_filter" && status < 500) return refusalError(code, message);
  // A service may quote what the client wrote: those words alone may not block it for other callers.
  if (isAboutAccount && kind === "provider")
    return new UpstreamFailure("denied", undefined, { health: CLIENT_FAULT.has(status) ? "none" : "bad" });
  if ((kind === "pool" ? ENGINE_BUSY : PROVIDER_BUSY).has(status))
    return new UpstreamFailure("busy", retryAfterSeconds(retryAfter ?? bodySeconds, kind));
  if (status >= 500)
    return new UpstreamFailure("failed", retryAfterSeconds(retryAfter ?? bodySeconds, kind), {
      isOverloaded: status === UNAVAILABLE,
    });
  if (kind === "pool" && status === 404 && message === NO_ENDPOINT)
    return new GatewayError("invalid_request", {
      message: "The model's engine does not serve this endpoint. Use another model.",
      param: "model",
    });
  if (!CLIENT_FAULT.has(status))
    return kind === "pool"
      ? new GatewayError("upstream_error")
      : new UpstreamFailure(DENIED.has(status) ? "denied" : "failed");
  const known = code === "context_length_exceeded" ? code : refusalCode(message ?? "");
  if (known !== undefined) return refusalError(known, message, known === "content_filter" ? undefined : param);
  const refused = status === 413 ? "request_too_large" : "invalid_request";
  return new GatewayError(refused, {
    message: message ?? (status === 413 ? ERRORS[refused].message : NO_REASON),
    ...(param === undefined ? {} : { param }),
  });
}

/** Whole seconds; a date is taken as none, as no model API sends one. */
function retryAfterSeconds(
  value: string | readonly string[] | number | undefined,
  kind: "pool" | "provider",
): number | undefined {
  const seconds = Math.ceil(Number(value));
  const limit = kind === "pool" ? MAX_CLIENT_RETRY_AFTER_SECONDS : MAX_RETRY_AFTER_SECONDS;
  return seconds > 0 && seconds <= limit ? seconds : undefined;
}
