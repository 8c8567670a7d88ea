import type { Priority } from "../../contracts/processes/priority.ts";
import { requestTokens } from "../../domain/admission/request-tokens.ts";
import type { Waiting } from "../../domain/admission/waiting.ts";
import type { QueueShare } from "../../domain/admission/weighted-shares.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { Lease } from "../core/lease.ts";
import type { Plan } from "../core/plan.ts";
import { completionCount } from "../outside-values/completion-count.ts";

/** What the queue needs of a request. */
export interface QueuedRequest {
  readonly tenant: string;
  readonly share: QueueShare;
  readonly priority: Priority;
  readonly generation: GenerationRequest;
  readonly plan: Plan;
  readonly abort: AbortController;
  /** Takes the milliseconds that it has waited in all. */
  readonly note: (facts: { readonly queuedMs: number }) => void;
}

/** A request that needs a lease: it gets one at once, or after it waited in a queue. */
export class WaitingRequest implements Waiting {
  readonly request: GenerationRequest;
  readonly plan: Plan;
  readonly tenant: string;
  readonly share: QueueShare;
  readonly priority: Priority;
  readonly tokens: number;
  readonly bytes: number;
  /** Ends the wait: the client left, or the request's time is over. */
  readonly signal: AbortSignal;
  /** Milliseconds of the gateway's clock. */
  readonly arrivedAt: number;
  deadline: number;
  /** The pause that an engine named when it refused the request. */
  retryAfterSeconds: number | undefined = undefined;
  readonly #note: QueuedRequest["note"];
  #waitedMs = 0;
  #waiter: PromiseWithResolvers<Lease> | undefined;

  /** @param deadline when the client gives up, in milliseconds of the gateway's clock */
  constructor(
    { tenant, share, priority, generation, plan, abort, note }: QueuedRequest,
    now: number,
    deadline: number,
  ) {
    this.request = generation;
    this.plan = plan;
    this.tenant = tenant;
    this.share = share;
    this.priority = priority;
    const generates = generation.route === "/v1/chat/completions" || generation.route === "/v1/completions";
    this.tokens = requestTokens(
      generation.promptTokensEstimate,
      generates ? generation.maxTokens?.value : 0,
      generates ? completionCount(generation.fields) : 1,
    );
    this.bytes = generation.bytes.length;
    this.signal = abort.signal;
    this.arrivedAt = now;
    this.deadline = deadline;
    this.#note = note;
  }

  /** Adds to the time that the request has waited. */
  waited(milliseconds: number): void {
    this.#waitedMs += milliseconds;
    this.#note({ queuedMs: this.#waitedMs });
  }

  /** Resolves with the lease that the queue finds, or rejects with its refusal, or when the client leaves. */
  async wait(onLeave: () => void): Promise<Lease> {
    const { signal } = this;
    this.#waiter = Promise.withResolvers<Lease>();
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

  serve(lease: Lease): void {
    this.#waiter?.resolve(lease);
  }

  refuse(error: Error): void {
    this.#waiter?.reject(error);
  }
}
