import type { ApiKeyItem } from "../contracts/auth.ts";
import type { Deprecation } from "../contracts/deprecations.ts";
import type { GatewayConfig, RouteTimeouts } from "../contracts/gateway-config.ts";
import type { GenerationRoute } from "../contracts/generation-routes.ts";
import { ATTEMPTS_HEADER, SESSION_HEADER, TARGET_HEADER } from "../contracts/headers.ts";
import type { Admission } from "./admission/admission.ts";
import type { createCache } from "./cache/create-cache.ts";
import type { GenerationRequest } from "./core/generation-request.ts";
import type { Plan } from "./core/plan.ts";
import type { Exchange } from "./exchange.ts";
import { headerText } from "./http/header-text.ts";
import { callInQueue } from "./pipeline/call/call-in-queue.ts";
import type { CallRequest } from "./pipeline/call/call-request.ts";
import { parseBody } from "./pipeline/parse-body.ts";
import { planTargets } from "./pipeline/plan.ts";
import { prioritize } from "./pipeline/prioritize.ts";
import { relayStream, relayWhole } from "./pipeline/relay.ts";
import { replay } from "./pipeline/replay.ts";
import type { TargetService } from "./routing/target-service.ts";

/** The OpenAI SDKs say here after how many seconds they give up. */
const CLIENT_TIMEOUT_HEADER = "x-stainless-timeout";

export interface GeneratorOptions {
  readonly config: GatewayConfig;
  readonly deprecations: readonly Deprecation[];
  readonly targets: TargetService;
  readonly admission: Admission;
  readonly cache: ReturnType<typeof createCache>;
  /** Milliseconds of the gateway's clock. */
  readonly clock: () => number;
}

/** The stages from a request's body to the end of its answer, for what models answer. */
export class Generator {
  readonly #options: GeneratorOptions;

  constructor(options: GeneratorOptions) {
    this.#options = options;
  }

  /** An estimate, as the limits use it: the model's tokenizer is with its engines. */
  async countTokens(exchange: Exchange): Promise<number> {
    const { targets } = this.#options;
    const request = await parseBody(exchange, "/v1/chat/completions", this.#options.config.bodyLimitBytes);
    plan(exchange, request, targets);
    return request.promptTokensEstimate;
  }

  async answer(exchange: Exchange, route: GenerationRoute, key: ApiKeyItem | undefined): Promise<void> {
    const { deprecations, targets, cache, admission, clock } = this.#options;
    const request = await parseBody(exchange, route, this.#options.config.bodyLimitBytes, deprecations);
    prioritize(exchange, request, key);
    const planned = plan(exchange, request, targets);
    const turn = await cache?.stage.consult(exchange, request, planned);
    if (turn?.answer !== undefined) return replay(exchange, request, turn.answer);
    const timeouts = timeoutsOf(this.#options.config, route);
    let answeredBy: string | undefined;
    try {
      const call = callRequest(exchange, request, planned, timeouts);
      const { answer: upstreamAnswer } = await callInQueue(call, { ...targets.calls, admission });
      answeredBy = exchange.targetId;
      if (upstreamAnswer.kind === "whole") {
        relayWhole(exchange, upstreamAnswer.bytes);
        return turn?.keep?.whole(upstreamAnswer.bytes);
      }
      const { idleSeconds } = timeouts;
      const recording = turn?.keep?.stream();
      await relayStream(exchange, upstreamAnswer, {
        idleSeconds,
        stripUsage: !request.wantsUsage,
        recording,
        now: clock,
      });
    } finally {
      admission.slotFreed(answeredBy);
    }
  }
}

function timeoutsOf(config: GatewayConfig, route: GenerationRoute): RouteTimeouts {
  const own = config.routeTimeouts[route] ?? {};
  const { firstByteSeconds, totalSeconds, idleSeconds } = config.timeouts;
  return {
    firstByteSeconds: own.firstByteSeconds ?? firstByteSeconds,
    totalSeconds: own.totalSeconds ?? totalSeconds,
    idleSeconds: own.idleSeconds ?? idleSeconds,
  };
}

function plan(exchange: Exchange, request: GenerationRequest, { router }: TargetService): Plan {
  const session = exchange.request.headers[SESSION_HEADER];
  const caller = { tenant: exchange.tenant, session: typeof session === "string" ? session : undefined };
  return planTargets(request, caller, router, () => {
    exchange.isModelKnown = true;
  });
}

function callRequest(
  exchange: Exchange,
  generation: GenerationRequest,
  planned: Plan,
  timeouts: RouteTimeouts,
): CallRequest {
  const { requestId, startedAt, tenant, priority, abort, headers } = exchange;
  const seconds = Number(exchange.request.headers[CLIENT_TIMEOUT_HEADER]);
  return {
    requestId,
    startedAt,
    tenant,
    priority,
    generation,
    plan: planned,
    timeouts,
    abort,
    clientTimeoutSeconds: seconds > 0 ? seconds : undefined,
    note(facts) {
      Object.assign(exchange, facts);
      if (facts.attempts !== undefined) headers[ATTEMPTS_HEADER] = String(facts.attempts);
      if (facts.target === undefined) return;
      exchange.targetId = facts.target.id;
      headers[TARGET_HEADER] = headerText(facts.target.id);
    },
  };
}
