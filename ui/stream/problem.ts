import type { ErrorDetail } from "../../contracts/api/errors.ts";
import { isRecord } from "../../lib/is-record.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { retryAfterSeconds } from "./retry-after.ts";

export type ProblemKind =
  /** 400: the request has wrong fields. */
  | "invalid"
  /** 401: key missing or wrong. */
  | "unauthorized"
  /** 429. */
  | "limited"
  /** 503: the page repeats the request itself. */
  | "unavailable"
  /** 504. */
  | "timeout"
  /** The browser has no connection. */
  | "offline"
  /** The API did not respond at all. */
  | "unreachable"
  /** The response began and broke off. */
  | "interrupted"
  /** Every other status. */
  | "other";

export interface Problem {
  readonly kind: ProblemKind;
  /** The API's own sentence where there is one. */
  readonly message: string;
  readonly details: readonly ErrorDetail[];
  readonly status?: number;
  readonly requestId?: string;
  /** Set for `limited` and `unavailable`. */
  readonly retryAfterSeconds?: number;
}

/** The wait where the response has no Retry-After; the same as the API's own defaults for these two. */
const WAIT_SECONDS = { limited: 60, unavailable: 5 } as const;

const KINDS: Readonly<Record<number, ProblemKind>> = {
  400: "invalid",
  401: "unauthorized",
  429: "limited",
  503: "unavailable",
  504: "timeout",
};

/** Turns a response that is no success into a problem; reads its body. */
export async function problemFromResponse(response: Response, now: Date): Promise<Problem> {
  const kind = KINDS[response.status] ?? "other";
  const body = parseJson(await response.text().catch(() => ""));
  const requestId = response.headers.get("x-request-id");
  const { message, details } = readErrorBody(body);
  return {
    kind,
    message: message ?? `The API answered with status ${response.status} and no explanation.`,
    details,
    status: response.status,
    ...(requestId === null ? {} : { requestId }),
    ...(kind === "limited" || kind === "unavailable"
      ? { retryAfterSeconds: retryAfterSeconds(response.headers.get("retry-after"), WAIT_SECONDS[kind], now) }
      : {}),
  };
}

/** A problem without an HTTP response. */
export function localProblem(kind: "offline" | "unreachable" | "interrupted" | "other", message: string): Problem {
  return { kind, message, details: [] };
}

/** Reads the error shape of the contract; a body of another shape is ignored. */
export function readErrorBody(body: unknown): { message?: string; details: readonly ErrorDetail[] } {
  const error = isRecord(body) ? body.error : undefined;
  if (!isRecord(error)) return { details: [] };
  const { message, param } = error;
  const details = readDetails(error.details);
  return {
    ...(typeof message === "string" && message !== "" ? { message } : {}),
    details:
      details.length === 0 && typeof param === "string" && typeof message === "string" ? [{ param, message }] : details,
  };
}

function readDetails(value: unknown): readonly ErrorDetail[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) =>
    isRecord(item) && typeof item.param === "string" && typeof item.message === "string"
      ? [{ param: item.param, message: item.message }]
      : [],
  );
}
