import { GatewayError } from "./gateway-error.ts";

/**
 * `refused`: no connection. `died`: the connection broke before the client got a byte. `busy`: it refused for capacity.
 * `failed`: it sent an error of its own. `slow`: it sent nothing within its time. `denied`: it refuses our credentials,
 * or lacks what the request names. `malformed`: what it sent is not of its dialect.
 */
export type FailureKind = "refused" | "died" | "busy" | "failed" | "slow" | "denied" | "malformed";

/** Kinds in which no server worked on the request: another call adds no load to a server that is alive. */
const WITHOUT_WORK: ReadonlySet<FailureKind> = new Set(["refused", "died"]);
/** Longest `Retry-After` that a client gets, in seconds; a provider whose quota is spent may name hours. */
export const MAX_CLIENT_RETRY_AFTER_SECONDS = 120;

/** The error of a client that streams already, for which the catalogue's remedy is none. */
export function streamTimeout(): GatewayError {
  return new GatewayError("timeout", {
    message: "The model sent nothing in time. Shorten the prompt, or send the request again later.",
  });
}

/**
 * What a failure says of the upstream's health. `good`: it works, and only what its model generated is not usable. `none`:
 * nothing, as when it has no capacity, or when the whole time of a response is over, which long output needs.
 */
export type FailureHealth = "bad" | "good" | "none";

/** Why one upstream did not serve a request that another one still may. */
export class UpstreamFailure extends Error {
  readonly kind: FailureKind;
  readonly retryAfterSeconds: number | undefined;
  /** Whether the upstream's own error is that it is overloaded: that is what the client gets too. */
  readonly isOverloaded: boolean;
  /** A prompt can cause what is not `bad`, so that it may not block the upstream for other callers. */
  readonly health: FailureHealth;
  /** Where it points instead of serving the request: for its operator. @default - nowhere */
  readonly redirectsTo: string | undefined;

  constructor(
    kind: FailureKind,
    retryAfterSeconds?: number,
    {
      isOverloaded = kind === "busy",
      health = kind === "busy" ? "none" : "bad",
      redirectsTo,
    }: {
      readonly isOverloaded?: boolean;
      readonly health?: FailureHealth;
      readonly redirectsTo?: string | undefined;
    } = {},
  ) {
    super(`upstream ${kind}`);
    this.name = "UpstreamFailure";
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
    this.isOverloaded = isOverloaded;
    this.health = health;
    this.redirectsTo = redirectsTo;
  }

  /** Of a response whose model generated no usable output. */
  static unusableOutput(kind: "failed" | "malformed" = "malformed"): UpstreamFailure {
    return new UpstreamFailure(kind, undefined, { health: "good" });
  }

  get isWithoutWork(): boolean {
    return WITHOUT_WORK.has(this.kind);
  }

  /** The client's error when no other upstream took over. */
  toGatewayError(): GatewayError {
    if (this.kind === "refused") return new GatewayError("model_unavailable");
    if (this.kind === "slow") return new GatewayError("timeout");
    if (!this.isOverloaded) return new GatewayError("upstream_error");
    const { retryAfterSeconds } = this;
    return new GatewayError(
      "overloaded",
      retryAfterSeconds === undefined
        ? {}
        : { retryAfterSeconds: Math.min(retryAfterSeconds, MAX_CLIENT_RETRY_AFTER_SECONDS) },
    );
  }
}
