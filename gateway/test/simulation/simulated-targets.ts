import { providerConfig, routeConfig } from "../../../test-support/target-config.ts";
import type { GenerationRequest } from "../../core/generation-request.ts";
import { UpstreamBody } from "../../http/upstream/upstream-body.ts";

/** Slots of each engine, and of the provider `a`; the provider `b` has a monthly cap and a rate limit as well. */
export const ENGINE_SLOTS = 2;
export const PROVIDER_SLOTS = 3;
export const CAP_USD = 0.01;
/** Cost of a call's prompt, at a dollar for a million tokens; the responses have no tokens. */
export const CALL_USD = 20e-6;

/** Providers and routes of the simulation, beside the pool `tiny`. */
export const DECLARED = {
  providers: [
    providerConfig("a", "http://127.0.0.1:9", { maxInFlight: PROVIDER_SLOTS }),
    providerConfig("b", "http://127.0.0.1:9", {
      maxInFlight: PROVIDER_SLOTS,
      monthlyCapUsd: CAP_USD,
      rateLimit: { requests: 30, per: "minute" },
    }),
    providerConfig("rescue", "http://127.0.0.1:9", { maxInFlight: PROVIDER_SLOTS, emergencyOnly: true }),
  ],
  routes: [
    routeConfig("pool-first", ["tiny"], { fallbacks: ["a/small", "b/small"], failoverAfterSeconds: 0.5 }),
    routeConfig("providers", ["a/small", "b/small"], { policy: "round-robin", fallbacks: ["rescue/small"] }),
    routeConfig("hedged", ["a/small"], { fallbacks: ["b/small", "rescue/small"], hedgeAfterMs: 300 }),
    routeConfig("a-alone", ["a/small"]),
  ],
};

/** The body of a simulated stream, which has no bytes. */
export const EMPTY_BODY = new UpstreamBody({
  pause: () => undefined,
  resume: () => undefined,
  abort: () => undefined,
} as unknown as ConstructorParameters<typeof UpstreamBody>[0]);

/** A chat request for a route of the simulation. */
export function requestOf(model: string, stream: boolean): GenerationRequest {
  const fields = { model, stream, max_tokens: 100, messages: [{ role: "user", content: "x" }] };
  const bytes = Buffer.from(JSON.stringify(fields));
  return {
    route: "/v1/chat/completions",
    model,
    tenant: "t",
    stream,
    wantsUsage: false,
    maxTokens: { field: "max_tokens", value: 100 },
    promptTokensEstimate: 20,
    routedPrompts: new Map(),
    bytes,
    fields,
  };
}
