import type { Admission } from "../../admission/admission.ts";
import { WaitingRequest } from "../../admission/waiting-request.ts";
import { NoRoom } from "../../core/capacity-exceeded.ts";
import type { Place } from "../../core/place.ts";
import type { Exchange } from "../../exchange.ts";
import { GatewayError } from "../../gateway-error.ts";
import type { GenerationRequest } from "../../generation-request.ts";
import type { Plan } from "../plan.ts";

/** The OpenAI SDKs say here after how many seconds they give up. */
const CLIENT_TIMEOUT_HEADER = "x-stainless-timeout";
/** An answer that comes in the client's last moments is not read any more. */
const SHARE_OF_CLIENT_TIMEOUT = 0.9;

export interface QueueOptions {
  readonly exchange: Exchange;
  readonly request: GenerationRequest;
  readonly plan: Plan;
  readonly admission: Admission;
  /** Milliseconds of the gateway's clock. */
  readonly now: () => number;
}

/**
 * Stage around the call: calls at once when nobody waits for the same targets; a request that finds them full, or not
 * there, waits for a place and calls then. When it was sent there and came back because they are full after all, it goes
 * to the head of the queue, once; as often as another thread takes its place before it. The wait is limited by itself and counts against none of the route's time limits.
 * @param call chooses an upstream, and takes a place there, before it waits for anything
 * @throws {GatewayError} of the queue (`overloaded`, `queue_share_exceeded`, `model_unavailable`, `shutting_down`) or
 * of the call
 */
export async function callInTurn<T>(options: QueueOptions, call: () => Promise<T>): Promise<T> {
  const { exchange, request, plan, admission, now } = options;
  const item = new WaitingRequest(exchange, request, plan, now());
  item.deadline = clientDeadline(exchange);
  let place = admission.isOpen(item) ? undefined : await admission.enter(item);
  let isPutBack = false;
  for (;;) {
    try {
      return await (place === undefined ? call() : handOver(place, call));
    } catch (error) {
      if (!isForQueue(error) || exchange.abort.signal.aborted) throw error;
      const wasSent = place !== undefined || exchange.targetId !== undefined;
      const isOutrun = error instanceof NoRoom && error.isOutrun;
      if (wasSent && isPutBack && !isOutrun) throw error;
      place = await (wasSent ? admission.reenter(item, error) : admission.enter(item, error));
      isPutBack ||= wasSent && !isOutrun;
    }
  }
}

/** Nothing happens between giving the place back and the call's taking it, so nobody else can have it. */
function handOver<T>(place: Place, call: () => Promise<T>): Promise<T> {
  place.release();
  return call();
}

/** Whether the targets had no room, or were not there: nothing was done, and later it may be. */
function isForQueue(error: unknown): error is GatewayError {
  return error instanceof GatewayError && (error.code === "overloaded" || error.code === "model_unavailable");
}

/** When the client would be gone, in milliseconds of the gateway's clock. */
function clientDeadline({ request, startedAt }: Exchange): number {
  const seconds = Number(request.headers[CLIENT_TIMEOUT_HEADER]);
  return seconds > 0 ? startedAt + seconds * 1000 * SHARE_OF_CLIENT_TIMEOUT : Number.POSITIVE_INFINITY;
}
