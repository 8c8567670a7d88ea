import type { Call, Reply } from "../aws-calls/call.ts";

/** How moto and MiniStack say that they don't know an operation. */
const UNKNOWN =
  /not (yet )?(been )?implemented|NotImplemented|UnknownOperation|Unknown operation|InvalidAction|Unsupported (operation|action)|Unknown action|not supported by/i;

/**
 * Name of an operation that no one answered, e.g. `wafv2 PutLoggingConfiguration`; `undefined` for any real answer, also a
 * refusal: that a thing does not exist is an answer. So is what a deployed API says to its callers.
 */
export function unansweredName({ service, operation, url }: Call, { status, body }: Reply): string | undefined {
  if (status < 400 || url.startsWith("/_aws/execute-api/")) return undefined;
  const isUnknown = status >= 500 || UNKNOWN.test(body.toString("utf8", 0, 2000));
  return isUnknown ? `${service} ${operation}` : undefined;
}
