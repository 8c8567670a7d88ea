import { ERRORS } from "../../../contracts/errors.ts";
import type { UpstreamProblem } from "../../dialects/dialect.ts";
import { GatewayError } from "../../gateway-error.ts";
import { ADDRESS_REFUSED } from "../../providers/address-guard.ts";

/**
 * `refused`: no connection. `died`: it went away before the client got a byte. `busy`: it has no place.
 * `failed`: it answered with an error of its own. `slow`: it sent nothing in its time. `denied`: it does not take our
 * credentials, or has not what we ask for. `malformed`: what it sent is not of its dialect.
 */
export type FailureKind = "refused" | "died" | "busy" | "failed" | "slow" | "denied" | "malformed";

/** Kinds in which nobody was there to do work: another try adds no load to a server that lives. */
const WITHOUT_WORK: ReadonlySet<FailureKind> = new Set(["refused", "died"]);

/** Why one upstream did not answer, when another one still may. */
export class UpstreamFailure extends Error {
  readonly kind: FailureKind;
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: FailureKind, retryAfterSeconds?: number) {
    super(`upstream ${kind}`);
    this.name = "UpstreamFailure";
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get isWithoutWork(): boolean {
    return WITHOUT_WORK.has(this.kind);
  }

  /** What the client is told when no other upstream took over. */
  toGatewayError(): GatewayError {
    if (this.kind === "refused") return new GatewayError("model_unavailable");
    if (this.kind === "slow") return new GatewayError("timeout");
    if (this.kind !== "busy") return new GatewayError("upstream_error");
    const { retryAfterSeconds } = this;
    return new GatewayError(
      "overloaded",
      retryAfterSeconds === undefined ? {} : { retryAfterSeconds: Math.min(retryAfterSeconds, MAX_TOLD_SECONDS) },
    );
  }
}

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

/** Sorts what undici throws: there was no connection, or there was one and it broke, or nothing came through it. */
export function connectionFailure(error: unknown): UpstreamFailure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // It took the request and may still work on it: asking it again would cost it twice.
  if (code === "UND_ERR_BODY_TIMEOUT") return new UpstreamFailure("slow");
  return new UpstreamFailure(REFUSED.has(code) ? "refused" : "died");
}

/** Of our engines and the load balancer before them: it is full, or it just leaves. Another one may do. */
const ENGINE_BUSY = new Set([429, 502, 503]);
/** Of providers: 529 is Anthropic's "overloaded". */
const PROVIDER_BUSY = new Set([429, 529]);
const DENIED = new Set([401, 402, 403, 404]);
/** Statuses with which an upstream refuses what the client wrote. */
const CLIENT_FAULT = new Set([400, 413, 422]);
/** Hours are what a provider says whose quota is over; the client should not wait for that. */
const MAX_RETRY_AFTER_SECONDS = 3600;
const MAX_TOLD_SECONDS = 120;

/** What an upstream's answer other than 200 means. */
export function answerFailure(
  status: number,
  retryAfter: string | readonly string[] | undefined,
  { message, param, code }: UpstreamProblem,
  kind: "pool" | "provider",
): UpstreamFailure | GatewayError {
  if ((kind === "pool" ? ENGINE_BUSY : PROVIDER_BUSY).has(status))
    return new UpstreamFailure("busy", retryAfterSeconds(retryAfter, kind));
  if (status >= 500) return new UpstreamFailure("failed", retryAfterSeconds(retryAfter, kind));
  if (!CLIENT_FAULT.has(status))
    return kind === "pool"
      ? new GatewayError("upstream_error")
      : new UpstreamFailure(DENIED.has(status) ? "denied" : "failed");
  const isOverContext =
    code === "context_length_exceeded" || /context length|max_model_len|context window/i.test(message ?? "");
  return new GatewayError(isOverContext ? "context_length_exceeded" : "invalid_request", {
    message: message ?? ERRORS.invalid_request.message,
    ...(param === undefined ? {} : { param }),
  });
}

/** Whole seconds; a date is taken as none, as no model API sends one. */
function retryAfterSeconds(
  value: string | readonly string[] | undefined,
  kind: "pool" | "provider",
): number | undefined {
  const seconds = Math.ceil(Number(value));
  const limit = kind === "pool" ? MAX_TOLD_SECONDS : MAX_RETRY_AFTER_SECONDS;
  return seconds > 0 && seconds <= limit ? seconds : undefined;
}
