import { GatewayError } from "./gateway-error.ts";
import type { GenerationRequest } from "./generation-request.ts";

/** A monthly cap under which a request has no money. */
export interface ReachedCap {
  readonly provider: string;
  /** Seconds until there is money again: until the next month, or until requests that run return what they do not spend. */
  readonly freeInSeconds: number;
  /** Whether only the money of requests that run is missing. */
  readonly isReserved: boolean;
  /** The longest completion that the rest would pay, in tokens. @default - not even one of one token */
  readonly fittingTokens: number | undefined;
}

/** Of a target's refusal, what matters here. */
interface CappedRefusal {
  readonly cap?: ReachedCap | undefined;
  readonly isShared: boolean;
}

/**
 * The client's error of a request for which only capped targets are left; `undefined` where another one may come.
 * @param refusals of all targets @param tokenField the client's own bound of the completion, or what it is called
 */
export function spendingCapError(refusals: readonly CappedRefusal[], tokenField: string): GatewayError | undefined {
  const caps = refusals.flatMap(({ cap }) => cap ?? []);
  const [first] = caps;
  // Servers of our own may start while the request waits; a provider that is away does not.
  if (first === undefined || refusals.some(({ cap, isShared }) => cap === undefined && !isShared)) return undefined;
  const soonest = caps.reduce((best, cap) => (cap.freeInSeconds < best.freeInSeconds ? cap : best), first);
  const fitting = Math.max(...caps.map(({ fittingTokens = 0 }) => fittingTokens));
  return new GatewayError("spending_cap_reached", {
    message: [
      soonest.isReserved
        ? `What is left under the monthly spending cap of the provider ${soonest.provider} is reserved by requests that run.`
        : `The monthly spending cap of the provider ${soonest.provider} is reached.`,
      fitting > 0 ? `A \`${tokenField}\` of at most ${fitting} would still fit.` : "",
      "Try again after the seconds given in Retry-After, use another model, or ask your operator to raise `monthlyCapUsd`.",
    ]
      .filter((sentence) => sentence !== "")
      .join(" "),
    retryAfterSeconds: soonest.freeInSeconds,
    ...(fitting > 0 ? { param: tokenField } : {}),
  });
}

/** The field of a body with the bound of its completion: the client's own, else its name. */
export function tokenField({ maxTokens, route }: GenerationRequest): string {
  return maxTokens?.field ?? (route === "/v1/chat/completions" ? "max_completion_tokens" : "max_tokens");
}
