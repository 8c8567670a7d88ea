import { ClientGone, GatewayError } from "../../core/gateway-error.ts";
import type { LeaseOutcome } from "../../core/lease.ts";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import { Unfunded, UnsupportedByDialect } from "./attempt.ts";
import { HedgedAway } from "./hedge.ts";

/**
 * How a call that ended in an error counts for its upstream: an error of our own does not count.
 * @param isLate whether a request whose time is over shows a fault: not of a caller's whole response, as a caller can
 * request output that takes longer
 */
export function outcomeOf(error: unknown, isLate: boolean): Exclude<LeaseOutcome, "ok" | "interrupted"> {
  if (error instanceof UpstreamFailure) return error;
  if (error instanceof HedgedAway) return "hedged-away";
  if (error instanceof UnsupportedByDialect || error instanceof Unfunded) return "not-sent";
  if (!(error instanceof GatewayError) || error instanceof ClientGone) return "abandoned";
  if (error.code === "timeout") return isLate ? "timed-out" : "abandoned";
  return error.status === 400 ? "refused-request" : "unusable";
}
