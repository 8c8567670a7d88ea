import type { Admission } from "../../admission/admission.ts";
import { WaitingRequest } from "../../admission/waiting-request.ts";
import { CapacityExceeded } from "../../core/capacity-exceeded.ts";
import { GatewayError } from "../../core/gateway-error.ts";
import type { Lease } from "../../core/lease.ts";
import { UpstreamsBlocked } from "../../core/upstreams-blocked.ts";
import type { CallFacts, CallRequest, CallTools } from "./call-request.ts";
import { type Answered, type AttemptCounts, callTargets } from "./call-targets.ts";

/** A response that comes in the client's last moments is not read any more. */
const SHARE_OF_CLIENT_TIMEOUT = 0.9;
const NO_ATTEMPTS: AttemptCounts = { attempts: 0, failedAttempts: 0 };

export interface QueuedCallTools extends CallTools {
  readonly admission: Admission;
}

/**
 * The call step: calls at once when no other request waits for the same targets; a request whose targets are full or
 * absent waits in the queue for a lease and calls then. When it was sent and refused for capacity after all, it goes to
 * the head of the queue, once, and again each time another thread takes its slot first. The wait has a limit of its own
 * and counts against none of the route's time limits.
 * @throws {GatewayError} of the queue (`overloaded`, `queue_share_exceeded`, `model_unavailable`, `shutting_down`) or
 * of the call
 */
export async function callInQueue(request: CallRequest, tools: QueuedCallTools): Promise<Answered> {
  const { admission } = tools;
  const arrivedAt = tools.now();
  let counts = NO_ATTEMPTS;
  const note = (facts: Partial<CallFacts>) => {
    const { attempts = counts.attempts, failedAttempts = counts.failedAttempts } = facts;
    counts = { attempts, failedAttempts };
    request.note(facts);
  };
  const counted: CallRequest = { ...request, note };
  // Most requests never wait.
  let waited: WaitingRequest | undefined;
  const waiting = () => {
    waited ??= new WaitingRequest(counted, arrivedAt, clientDeadline(request));
    return waited;
  };
  let lease: Lease | undefined = admission.isOpen(request.plan) ? undefined : await admission.enter(waiting());
  let isPutBack = false;
  for (;;) {
    try {
      return await callTargets(counted, tools, counts, lease);
    } catch (error) {
      if (!canWait(error) || request.abort.signal.aborted) throw error;
      const wasSent = lease !== undefined || counts.attempts > 0;
      const lostRace = error instanceof CapacityExceeded && error.lostRace;
      if (wasSent && isPutBack && !lostRace) throw error;
      lease = await (wasSent ? admission.reenter(waiting(), error) : admission.enter(waiting(), error));
      isPutBack ||= wasSent && !lostRace;
    }
  }
}

/** Whether the targets were full or not there, so that waiting may help. Blocked ones fail fast: that is what a breaker is for. */
function canWait(error: unknown): error is GatewayError {
  if (error instanceof UpstreamsBlocked) return false;
  return error instanceof GatewayError && (error.code === "overloaded" || error.code === "model_unavailable");
}

/** When the client gives up, in milliseconds of the gateway's clock. */
function clientDeadline({ clientTimeoutSeconds, startedAt }: CallRequest): number {
  if (clientTimeoutSeconds === undefined) return Number.POSITIVE_INFINITY;
  return startedAt + clientTimeoutSeconds * 1000 * SHARE_OF_CLIENT_TIMEOUT;
}
