/**
 * Errors of RFC 6749, section 5.2; `invalid_target` is RFC 8693's, section 2.2.2; the last one is section 4.1.2.1's, for
 * what is no fault of the request.
 */
export type OAuthErrorCode =
  | "invalid_request"
  | "invalid_grant"
  | "invalid_scope"
  | "invalid_target"
  | "unsupported_grant_type"
  | "temporarily_unavailable";

export interface OAuthErrorOptions {
  /** @default 400 */
  readonly status?: number;
  /** The rule that refused, for the log. @default - the code */
  readonly rule?: string;
  /** What the log has beside it. @default - nothing */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Further fields of the response. @default - none */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Seconds after which the same request may succeed. @default - it won't */
  readonly retryAfterSeconds?: number;
}

/** A request that gets no key. The message goes to the client: it has nothing of the policies. */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  readonly status: number;
  readonly rule: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: OAuthErrorCode, message: string, options: OAuthErrorOptions = {}) {
    super(message);
    this.name = "OAuthError";
    this.code = code;
    this.status = options.status ?? 400;
    this.rule = options.rule ?? code;
    this.facts = options.facts ?? {};
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
