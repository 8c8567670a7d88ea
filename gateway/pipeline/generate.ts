import type { GatewayCache } from "../cache/create-cache.ts";
import type { GatewayResponse } from "../core/response.ts";
import type { QueuedCallTools } from "./call/call-in-queue.ts";
import type { GenerationRules } from "./endpoint.ts";
import type { LimitTools } from "./limit.ts";
import type { ParseTools } from "./parse-body.ts";
import type { PlanTools } from "./plan.ts";
import type { RelayTools } from "./relay.ts";
import type { Identified, Parsed, Planned } from "./request-states.ts";
import type { Steps } from "./steps.ts";

export interface GenerationTools extends ParseTools, PlanTools, LimitTools {
  readonly steps: Steps;
  readonly cache: GatewayCache | undefined;
  readonly calls: QueuedCallTools;
  readonly relays: RelayTools;
}

/** The steps from a request's body to its response, for requests that targets serve. */
export async function generate(
  identified: Identified,
  rules: GenerationRules,
  tools: GenerationTools,
): Promise<GatewayResponse> {
  const { steps, cache, calls, relays } = tools;
  const planning = planRequest(identified, rules, tools);
  const planned = planning instanceof Promise ? await planning : planning;
  const reserved = steps.limit(planned, tools);
  const limited = reserved instanceof Promise ? await reserved : reserved;
  const lookup = cache && (await steps.consultCache(limited, cache));
  if (lookup?.response !== undefined) return await confirmed(limited, await steps.replay(limited, lookup.response));
  let hasSlot = true;
  try {
    // A clamped response is not stored: the next caller may have the whole one.
    const called =
      limited.clamped === undefined
        ? await steps.call(limited, lookup?.cacheWriter, calls)
        : await steps.call({ ...limited, generation: limited.clamped }, undefined, calls);
    try {
      const relaying = steps.relay(called, relays);
      const response = relaying instanceof Promise ? await relaying : relaying;
      hasSlot = false;
      const confirming = confirmed(called, response);
      return confirming instanceof Promise ? await confirming : confirming;
    } catch (error) {
      if (called.response.kind === "stream") {
        called.response.body.close();
        called.response.settle("ok");
      }
      throw error;
    }
  } finally {
    // Also when the call fails: the slot that it had is free for requests that wait.
    if (hasSlot) calls.admission.slotFreed(undefined);
  }
}

/** The response, once everything that it states in the client's dialect is true. */
function confirmed({ client }: Parsed, response: GatewayResponse): GatewayResponse | Promise<GatewayResponse> {
  const { body } = response;
  if (client?.dialect.confirmWhole === undefined || body.kind !== "bytes") return response;
  return client.dialect.confirmWhole(body.bytes).then((bytes) => ({ ...response, body: { kind: "bytes", bytes } }));
}

/** The steps up to the plan. Without a promise where parsing makes none. */
export function planRequest(
  identified: Identified,
  rules: GenerationRules,
  tools: Pick<GenerationTools, "steps"> & ParseTools & PlanTools,
): Planned | Promise<Planned> {
  const { steps } = tools;
  const parsed = steps.parse(identified, rules, tools);
  return parsed instanceof Promise ? parsed.then((each) => steps.plan(each, tools)) : steps.plan(parsed, tools);
}
