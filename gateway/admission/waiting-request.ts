import type { Priority } from "../../contracts/priority.ts";
import type { Waiting } from "../../domain/admission/admission-queue.ts";
import { requestTokens } from "../../domain/admission/request-tokens.ts";
import type { Place } from "../core/place.ts";
import type { Exchange } from "../exchange.ts";
import type { GenerationRequest } from "../generation-request.ts";
import type { Plan } from "../pipeline/plan.ts";

/** A request on its way to a place: at once, or after it waited in a queue. */
export class WaitingRequest implements Waiting {
  readonly exchange: Exchange;
  readonly request: GenerationRequest;
  readonly plan: Plan;
  readonly tenant: string;
  readonly priority: Priority;
  readonly tokens: number;
  readonly bytes: number;
  /** Milliseconds of the gateway's clock. */
  readonly arrivedAt: number;
  deadline = Number.POSITIVE_INFINITY;
  /** What an engine said when it sent the request back. */
  retryAfterSeconds: number | undefined = undefined;
  #waiter: PromiseWithResolvers<Place> | undefined;

  constructor(exchange: Exchange, request: GenerationRequest, plan: Plan, now: number) {
    this.exchange = exchange;
    this.request = request;
    this.plan = plan;
    this.tenant = exchange.tenant;
    this.priority = exchange.priority;
    const isGeneration = request.route === "/v1/chat/completions" || request.route === "/v1/completions";
    this.tokens = requestTokens(request.promptTokensEstimate, isGeneration ? request.maxTokens?.value : 0);
    this.bytes = request.bytes.length;
    this.arrivedAt = now;
  }

  /** Resolves with the place that the queue finds, or rejects with its refusal, or when the client leaves. */
  async wait(onLeave: () => void): Promise<Place> {
    const { signal } = this.exchange.abort;
    this.#waiter = Promise.withResolvers<Place>();
    const leave = () => {
      onLeave();
      this.#waiter?.reject(signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await this.#waiter.promise;
    } finally {
      signal.removeEventListener("abort", leave);
      this.#waiter = undefined;
    }
  }

  serve(place: Place): void {
    this.#waiter?.resolve(place);
  }

  refuse(error: Error): void {
    this.#waiter?.reject(error);
  }
}
