import type { Call, Reply } from "../aws-calls/call.ts";

/** What moto and MiniStack respond to operations that they do not support. */
const UNKNOWN =
  /not (yet )?(been )?implemented|NotImplemented|UnknownOperation|Unknown operation|InvalidAction|Unsupported (operation|action)|Unknown action|not supported by/i;

/**
 * Name of an operation that is not supported, e.g. `wafv2 PutLoggingConfiguration`; `undefined` for every other response,
 * also for errors such as "not found", and for responses of a deployed API to its callers.
 */
export function unsupportedName({ service, operation, url }: Call, { status, body }: Reply): string | undefined {
  if (status < 400 || url.startsWith("/_aws/execute-api/")) return undefined;
  const isUnknown = status >= 500 || UNKNOWN.test(body.toString("utf8", 0, 2000));
  return isUnknown ? `${service} ${operation}` : undefined;
}
