import { ATTEMPTS_HEADER, TARGET_HEADER } from "../../contracts/api/headers.ts";
import { queueShare } from "../admission/queue-share.ts";
import { headerText } from "../http/header-text.ts";
import { callInQueue, type QueuedCallTools } from "./call/call-in-queue.ts";
import type { CallFacts, CallRequest } from "./call/call-request.ts";
import type { CacheWriter } from "./consult-cache.ts";
import type { Called, Planned } from "./request-states.ts";

/** The header in which OpenAI's SDKs send their timeout, in seconds. */
const CLIENT_TIMEOUT_HEADER = "x-stainless-timeout";

/**
 * Ninth step: calls a target, after a wait in the queue where all are full.
 * @throws {GatewayError} of the queue or of the call
 */
export async function call(
  planned: Planned,
  cacheWriter: CacheWriter | undefined,
  tools: QueuedCallTools,
): Promise<Called> {
  const { response, target } = await callInQueue(callRequest(planned), tools);
  return { ...planned, response, target, cacheWriter };
}

function callRequest(planned: Planned): CallRequest {
  const { requestId, startedAt, caller, key, priority, generation, plan, timeouts, abort, rules } = planned;
  const seconds = Number(planned.request.headers[CLIENT_TIMEOUT_HEADER]);
  return {
    requestId,
    startedAt,
    tenant: caller.tenant,
    share: queueShare(caller.tenant, key),
    priority,
    generation,
    plan,
    timeouts,
    abort,
    isWhole: rules.isWhole,
    clientTimeoutSeconds: seconds > 0 ? seconds : undefined,
    note: (facts) => note(planned, facts),
  };
}

function note({ record, headers }: Planned, facts: Partial<CallFacts>): void {
  record.note(facts);
  if (facts.attempts !== undefined) headers.set(ATTEMPTS_HEADER, String(facts.attempts));
  if (facts.target !== undefined) headers.set(TARGET_HEADER, headerText(facts.target.id));
}
