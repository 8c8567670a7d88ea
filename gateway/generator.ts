import type { ApiKeyItem } from "../contracts/auth.ts";
import type { Deprecation } from "../contracts/deprecations.ts";
import type { GatewayConfig, RouteTimeouts } from "../contracts/gateway-config.ts";
import type { GenerationRoute } from "../contracts/generation-routes.ts";
import type { Admission } from "./admission/admission.ts";
import type { createCache } from "./cache/create-cache.ts";
import type { Exchange } from "./exchange.ts";
import { callInTurn } from "./pipeline/call/call-in-queue.ts";
import { callTargets } from "./pipeline/call/call-targets.ts";
import { planTargets } from "./pipeline/plan.ts";
import type { TargetService } from "./routing/target-service.ts";
import { parseBody } from "./stages/parse-body.ts";
import { prioritize } from "./stages/prioritize.ts";
import { relayStream, relayWhole } from "./stages/relay.ts";
import { replay } from "./stages/replay.ts";

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
    planTargets(exchange, request, targets.router);
    return request.promptTokensEstimate;
  }

  async answer(exchange: Exchange, route: GenerationRoute, key: ApiKeyItem | undefined): Promise<void> {
    const { deprecations, targets, cache, admission, clock } = this.#options;
    const request = await parseBody(exchange, route, this.#options.config.bodyLimitBytes, deprecations);
    prioritize(exchange, request, key);
    const plan = planTargets(exchange, request, targets.router);
    const turn = await cache?.stage.consult(exchange, request, plan);
    if (turn?.answer !== undefined) return replay(exchange, request, turn.answer);
    const timeouts = timeoutsOf(this.#options.config, route);
    let answeredBy: string | undefined;
    try {
      const upstreamAnswer = await callInTurn({ exchange, request, plan, admission, now: clock }, () =>
        callTargets(exchange, request, plan, timeouts, targets.calls),
      );
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
      admission.placeFreed(answeredBy);
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
