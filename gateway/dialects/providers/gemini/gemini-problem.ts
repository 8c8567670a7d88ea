import type { ErrorCode } from "../../../../contracts/api/errors.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import type { UpstreamProblem } from "../../../core/dialect.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { streamTimeout } from "../../../core/upstream-failure.ts";
import { itemsOf, parseJson, textOf } from "../../inner/json.ts";
import { isUsageLimit, namedField, refusalProblem, streamRefusal, withoutOurNames } from "../../refusals/refusals.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Google's status words that a client can mend; the remaining ones are the service's fault. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  INVALID_ARGUMENT: "invalid_request",
  RESOURCE_EXHAUSTED: "overloaded",
  UNAVAILABLE: "overloaded",
  DEADLINE_EXCEEDED: "timeout",
};
/** The key, the project or its billing is not in order: that is the operator's to mend, whatever the status is. */
const ACCOUNT = /API key|API_KEY|billing|location is not supported|has not been used in project/i;

/** An error response: `google.rpc.Status` in `error`, or in a list of one. */
export function geminiProblem(body: string): UpstreamProblem {
  const parsed = parseJson(body);
  const holder = Array.isArray(parsed) ? parsed[0] : parsed;
  const error = isRecord(holder) && isRecord(holder.error) ? holder.error : {};
  const message = textOf(error.message);
  if (message === undefined) return {};
  const param = fieldOf(error);
  const retryAfterSeconds = retryAfterOf(error);
  return {
    ...refusalProblem(message),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...namedField(param),
    ...(isAboutAccount(error, message) ? { isAboutAccount: true } : {}),
  };
}

/** An error in the middle of a stream. What it reports of our account or its machines is not sent to the client. */
export function streamError(error: unknown): GatewayError {
  const fields = isRecord(error) ? error : {};
  const status = textOf(fields.status) ?? "";
  const message = textOf(fields.message);
  const refusal = streamRefusal(message);
  if (refusal !== undefined) return refusal;
  const code = (Object.hasOwn(CODES, status) ? CODES[status] : undefined) ?? "upstream_error";
  if (code === "timeout") return streamTimeout();
  if (code !== "invalid_request" || message === undefined || isAboutAccount(fields, message))
    return new GatewayError(code === "invalid_request" ? "upstream_error" : code);
  return new GatewayError(code, { message: withoutOurNames(message) });
}

/** A rate that is used up names the plan and its billing too, but passes by itself. */
function isAboutAccount(error: Fields, message: string): boolean {
  if (error.status === "RESOURCE_EXHAUSTED") return false;
  const reasons = itemsOf(error.details).map((detail) => (isRecord(detail) ? textOf(detail.reason) : undefined));
  return (
    error.status === "FAILED_PRECONDITION" ||
    isUsageLimit(message) ||
    [message, ...reasons].some((text) => ACCOUNT.test(text ?? ""))
  );
}

/** Whole seconds of a `google.rpc.RetryInfo`, whose delay is text such as `34.07s`. */
function retryAfterOf(error: Fields): number | undefined {
  for (const detail of itemsOf(error.details)) {
    const delay = isRecord(detail) ? textOf(detail.retryDelay) : undefined;
    const seconds = /^(\d{1,6}(?:\.\d{1,9})?)s$/.exec(delay ?? "")?.[1];
    if (seconds !== undefined) return Math.ceil(Number(seconds));
  }
  return undefined;
}

/** The field of a `google.rpc.BadRequest`, in the service's own words. */
function fieldOf(error: Fields): string | undefined {
  for (const detail of itemsOf(error.details)) {
    const [violation] = isRecord(detail) ? itemsOf(detail.fieldViolations) : [];
    const field = isRecord(violation) ? textOf(violation.field) : undefined;
    if (field !== undefined) return field;
  }
  return undefined;
}
