import type { ErrorDetail } from "../../../contracts/api/errors.ts";
import { readErrorBody } from "../../../ui/stream/problem.ts";

export type ApiErrorKind =
  /** The browser has no connection. */
  | "offline"
  /** Nothing responded. */
  | "unreachable"
  /** 401: the session or the key has ended. */
  | "unauthorized"
  /** 403. */
  | "forbidden"
  /** 404. */
  | "missing"
  /** 412: somebody else changed the object since it was read. */
  | "conflict"
  /** 400, 409, 422: the request can't be carried out as it is. */
  | "refused"
  /** 429. */
  | "limited"
  /** 5xx. */
  | "failed";

/** Why a request has no result. `message` is the service's own sentence, in English; empty where it has none. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly kind: ApiErrorKind;
  readonly details: readonly ErrorDetail[];
  /** For the log of the service. */
  readonly requestId: string | undefined;
  /** How long to wait before the next try, where the service says so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    kind: ApiErrorKind,
    message = "",
    more: {
      readonly details?: readonly ErrorDetail[];
      readonly requestId?: string | undefined;
      readonly retryAfterSeconds?: number | undefined;
    } = {},
  ) {
    super(message);
    this.kind = kind;
    this.details = more.details ?? [];
    this.requestId = more.requestId;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/** Whether the key that somebody is signed in with lacks the permission, whatever their role permits. */
export function isRefusedByKey(error: unknown): boolean {
  return error instanceof ApiError && error.kind === "forbidden" && error.message.includes("(rule key-scope:");
}

/** The error of a response that is no success. @param header reads a response header */
export function errorOfResponse(status: number, body: unknown, header: (name: string) => string | undefined): ApiError {
  const { message = "", details } = readErrorBody(body);
  const seconds = Number(header("retry-after"));
  return new ApiError(kindOf(status), message, {
    details,
    requestId: header("x-request-id"),
    retryAfterSeconds: Number.isInteger(seconds) && seconds > 0 ? seconds : undefined,
  });
}

function kindOf(status: number): ApiErrorKind {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "missing";
  if (status === 412) return "conflict";
  if (status === 429) return "limited";
  return status >= 500 ? "failed" : "refused";
}
