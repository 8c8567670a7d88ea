/**
 * The error catalogue: every error of the API, from whichever component (gateway, authorizer, API Gateway, WAF).
 * `docs/errors.md` lists the same codes; a test compares both ways.
 */

/** The cause of an error: the caller (4xx) or the service (5xx). */
export type ErrorBlame = "client" | "service";

interface ErrorEntry {
  readonly status: number;
  /** The OpenAI `error.type`. */
  readonly type: string;
  readonly blame: ErrorBlame;
  /** Text for the docs and the default message; ends with the remedy. */
  readonly message: string;
  /** Default `Retry-After` in seconds, where a retry can help. */
  readonly retryAfterSeconds?: number;
}

export const ERRORS = {
  invalid_json: {
    status: 400,
    type: "invalid_request_error",
    blame: "client",
    message: "The request body is not valid JSON. Send one JSON object.",
  },
  invalid_request: {
    status: 400,
    type: "invalid_request_error",
    blame: "client",
    message: "The request has invalid fields. Correct the fields listed in `details`.",
  },
  context_length_exceeded: {
    status: 400,
    type: "invalid_request_error",
    blame: "client",
    message: "Prompt plus max_tokens exceed the model's context. Shorten the prompt or lower max_tokens.",
  },
  content_filter: {
    status: 400,
    type: "invalid_request_error",
    blame: "client",
    message: "The provider's content filter refused the prompt or the completion. Change the prompt.",
  },
  invalid_api_key: {
    status: 401,
    type: "authentication_error",
    blame: "client",
    message: "The API key is not valid. Check the key, or ask your operator for a new one.",
  },
  missing_api_key: {
    status: 401,
    type: "authentication_error",
    blame: "client",
    message: "An API key is required. Send it as `Authorization: Bearer <key>`.",
  },
  permission_denied: {
    status: 403,
    type: "permission_error",
    blame: "client",
    message: "This key may not do that. Ask your operator for a key with the needed permission.",
  },
  model_not_found: {
    status: 404,
    type: "invalid_request_error",
    blame: "client",
    message: "The model does not exist here. `GET /v1/models` lists those that do.",
  },
  not_found: {
    status: 404,
    type: "invalid_request_error",
    blame: "client",
    message: "There is nothing at this path. See the API reference for the paths that exist.",
  },
  method_not_allowed: {
    status: 405,
    type: "invalid_request_error",
    blame: "client",
    message: "This path does not take that method. The `allow` header names those it takes.",
  },
  legal_hold: {
    status: 409,
    type: "invalid_request_error",
    blame: "client",
    message: "A legal hold is for this, so it is not deleted. Release the hold first.",
  },
  version_conflict: {
    status: 412,
    type: "invalid_request_error",
    blame: "client",
    message: "It was changed meanwhile. Read it again, and send the change with its new version.",
  },
  request_too_large: {
    status: 413,
    type: "invalid_request_error",
    blame: "client",
    message: "The request body is over the size limit. Send a shorter body.",
  },
  unsupported_media_type: {
    status: 415,
    type: "invalid_request_error",
    blame: "client",
    message: "The body must be JSON. Send `content-type: application/json`.",
  },
  expectation_failed: {
    status: 417,
    type: "invalid_request_error",
    blame: "client",
    message: "The `Expect` header names an expectation that is not known here. Leave it out, or send `100-continue`.",
  },
  rate_limit_exceeded: {
    status: 429,
    type: "rate_limit_error",
    blame: "client",
    message: "Too many requests. Wait for the seconds given in Retry-After.",
    retryAfterSeconds: 60,
  },
  insufficient_quota: {
    status: 429,
    type: "insufficient_quota",
    blame: "client",
    message:
      "A quota or budget of the key, its owner, project or organisation is used up. Ask your operator to raise it, or wait until it begins anew.",
  },
  queue_share_exceeded: {
    status: 429,
    type: "rate_limit_error",
    blame: "client",
    message:
      "Too many requests of yours wait already. Wait for the seconds given in Retry-After, or send fewer at once.",
    retryAfterSeconds: 5,
  },
  spending_cap_reached: {
    status: 429,
    type: "rate_limit_error",
    blame: "client",
    message:
      "The monthly spending cap of the model's provider is reached. Try again after the seconds given in Retry-After, use another model, or ask your operator to raise it.",
    retryAfterSeconds: 3600,
  },
  headers_too_large: {
    status: 431,
    type: "invalid_request_error",
    blame: "client",
    message: "The request's headers are over 16 KiB. Send fewer or shorter headers.",
  },
  internal_error: {
    status: 500,
    type: "server_error",
    blame: "service",
    message: "The service failed. Try again; quote the request id if it stays.",
  },
  upstream_error: {
    status: 502,
    type: "server_error",
    blame: "service",
    message: "The model's server answered with an error. Try again; quote the request id if it stays.",
  },
  auth_unavailable: {
    status: 503,
    type: "server_error",
    blame: "service",
    message: "The API key could not be checked just now. Try again after the seconds given in Retry-After.",
    retryAfterSeconds: 2,
  },
  changes_unavailable: {
    status: 503,
    type: "server_error",
    blame: "service",
    message: "Changes can't be stored just now; what is in use stays as it is. Try again.",
    retryAfterSeconds: 5,
  },
  limits_unavailable: {
    status: 503,
    type: "server_error",
    blame: "service",
    message: "The limits of this key can't be counted just now. Try again after the seconds given in Retry-After.",
    retryAfterSeconds: 2,
  },
  model_unavailable: {
    status: 503,
    type: "server_error",
    blame: "service",
    message: "No server is ready for this model. Try again after the seconds given in Retry-After.",
    retryAfterSeconds: 30,
  },
  overloaded: {
    status: 503,
    type: "server_error",
    blame: "service",
    message: "All servers of this model are full. Try again after the seconds given in Retry-After.",
    retryAfterSeconds: 5,
  },
  storage_unavailable: {
    status: 503,
    type: "server_error",
    blame: "service",
    message: "Files and batches can't be read or written just now. Try again after the seconds given in Retry-After.",
    retryAfterSeconds: 5,
  },
  shutting_down: {
    status: 503,
    type: "server_error",
    blame: "service",
    message: "This gateway is being replaced. Try again.",
    retryAfterSeconds: 1,
  },
  timeout: {
    status: 504,
    type: "timeout_error",
    blame: "service",
    message: "The model did not answer in time. Shorten the request, or stream the answer.",
  },
  stream_interrupted: {
    status: 502,
    type: "server_error",
    blame: "service",
    message: "The engine stopped in the middle of the answer. Send the request again.",
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** One invalid field: OpenAI's `param` path and the remedy. */
export interface ErrorDetail {
  readonly param: string;
  readonly message: string;
}

/** The body of every error response (OpenAI's shape; `details` lists every problem when there are several). */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: ErrorCode;
    readonly details?: readonly ErrorDetail[];
    /** Of a refused permission: the log has it with the rule that refused. */
    readonly decision_id?: string;
  };
}

/** The catalogue entry of a code, with the optional fields visible to the type checker. */
export function errorEntry(code: ErrorCode): ErrorEntry {
  return ERRORS[code];
}

/** A key of either form, also one that is cut off: 12 characters of its id and at least 8 of its secret. */
const KEY = /\bsk-(?:sl|admin)-[a-z2-7]{12}-[A-Za-z0-9_-]{8,}/g;

/** A text from a client without the keys in it: clients log errors, and show them to people. */
export function withoutKeys(text: string): string {
  return text.replace(KEY, "sk-…");
}

/**
 * Builds the body; `message` defaults to the catalogue's, `param` to the first detail's. Keys that a client wrote
 * into a field or its name are not repeated.
 */
export function errorBody(
  code: ErrorCode,
  options: { readonly message?: string; readonly param?: string; readonly details?: readonly ErrorDetail[] } = {},
): ErrorBody {
  const details = (options.details ?? []).map(({ param, message }) => ({
    param: withoutKeys(param),
    message: withoutKeys(message),
  }));
  return {
    error: {
      message: withoutKeys(options.message ?? ERRORS[code].message),
      type: ERRORS[code].type,
      param: options.param === undefined ? (details[0]?.param ?? null) : withoutKeys(options.param),
      code,
      ...(details.length > 0 ? { details } : {}),
    },
  };
}
