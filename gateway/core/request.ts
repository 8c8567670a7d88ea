import type { IncomingHttpHeaders } from "node:http";

/** A request below the HTTP server. Batches, WebSockets and tests make their own. */
export interface GatewayRequest {
  readonly method: string;
  /** Path with query, as in the request line. */
  readonly target: string;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
  readonly body: RequestBody;
  /** Address of the client, as far as it can be trusted; empty when it is unknown. */
  readonly address: string;
  /** Aborted with `ClientGone` when the client leaves before its response is complete. */
  readonly signal: AbortSignal;
  /** Why it is refused before anything of it is looked at: there are too many connections or requests at once. */
  readonly refusal?: RequestRefusal | undefined;
  /** What HTTP requires of its head and it lacks. @default - nothing */
  readonly malformed?: "missing-host" | "unknown-expectation" | undefined;
  /**
   * The caller that pays, checked when the work was accepted: address limit and credentials are then not checked again.
   */
  readonly knownCaller?: Caller | undefined;
}

/** Too many of all callers together, or of one address. */
export type RequestRefusal = "overloaded" | "rate_limit_exceeded";

/** The caller that a request is charged to. */
export interface Caller {
  /** The tenant whose share of the service it takes: `key:<id>`, `account:<id>` of a service account, `user:<project>:<id>` of a person, else `address:<bucket>`. */
  readonly tenant: string;
  readonly keyId: string | undefined;
  /** Price of its tokens against those of an ordinary request: above 0, at most 1. */
  readonly priceFactor: number;
}

/** A request's body; it can be read once. */
export interface RequestBody {
  /**
   * Without a promise where all of it is there.
   * @param tenant that holds the bytes while they arrive
   * @throws {GatewayError} `request_too_large` @throws {ClientGone}
   */
  whole(limitBytes: number, tenant: string): Buffer | Promise<Buffer>;
  /** The body as it arrives. A reader that stops early leaves the connection usable. @throws {ClientGone} */
  chunks(): AsyncIterable<Buffer>;
}
