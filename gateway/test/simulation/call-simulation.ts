import { pino } from "pino";
import { QueueBudget } from "../../../domain/admission/queue-budget.ts";
import { PromptHasher } from "../../../domain/routing/prompt-blocks.ts";
import { RETRY_BUDGET, RetryBudget } from "../../../domain/targets/retry-budget.ts";
import { SharedSlots } from "../../../domain/targets/shared-slots.ts";
import { seededRandom } from "../../../lib/seeded-random.ts";
import { Admission } from "../../admission/admission.ts";
import { ClientGone, GatewayError } from "../../core/gateway-error.ts";
import type { Lease } from "../../core/lease.ts";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import { CHAT } from "../../endpoints/chat-completions.ts";
import { ModelPool } from "../../engines/model-pool.ts";
import { Meter } from "../../metrics/meter.ts";
import type { AttemptOptions, AttemptResponse } from "../../pipeline/call/attempt.ts";
import { callInQueue } from "../../pipeline/call/call-in-queue.ts";
import type { CallFacts } from "../../pipeline/call/call-request.ts";
import { HedgedAway } from "../../pipeline/call/hedge.ts";
import { planTargets } from "../../pipeline/plan.ts";
import { NO_SECRETS } from "../../providers/provider-credential.ts";
import { LineEnds } from "../../relay/line-ends.ts";
import { TargetService } from "../../routing/target-service.ts";
import { testConfig } from "../test-gateway.ts";
import { RequestBudget } from "./request-budget.ts";
import { CAP_USD, DECLARED, EMPTY_BODY, ENGINE_SLOTS, PROVIDER_SLOTS, requestOf } from "./simulated-targets.ts";
import { pass } from "./simulated-time.ts";

const REQUESTS = 30;
const ROUTES = ["pool-first", "providers", "hedged", "a-alone", "tiny"] as const;

/** One call as the simulated upstream saw it. */
export interface SimulatedCall {
  readonly request: number;
  readonly targetId: string;
  readonly upstreamId: string;
  readonly at: number;
  /** Its request's turn in the queue, from 0. */
  readonly turn: number;
  /** Other calls of the same request that run when it begins. */
  readonly beside: number;
  readonly isBatch: boolean;
  /** `open` while it runs, then how it ended. */
  ended: string;
}

export interface SimulatedHistory {
  readonly calls: readonly SimulatedCall[];
  readonly outcomes: readonly {
    readonly request: number;
    readonly outcome: string;
    readonly facts: Partial<CallFacts>;
  }[];
  /** Retries that the budget granted, by request and by its turn in the queue. */
  readonly granted: readonly (readonly number[])[];
  /** Rules that were broken while it ran. */
  readonly violations: readonly string[];
  readonly service: TargetService;
  readonly admission: Admission;
  readonly pool: ModelPool;
  readonly now: () => number;
}

/**
 * Runs some dozens of requests with random arrivals, cancellations and upstream behaviour through the real queue, router,
 * leases, breakers, budget and ledger; only the call over HTTP is simulated.
 * @param advance lets so many milliseconds of simulated time pass
 */
export async function simulateHistory(
  seed: number,
  advance: (milliseconds: number) => Promise<unknown>,
): Promise<SimulatedHistory> {
  const simulation = new Simulation(seed);
  const running = Array.from({ length: REQUESTS }, (_, index) => simulation.arrive(index));
  for (let step = 0; step < 60; step++) await advance(250);
  await advance(120_000);
  await Promise.all(running);
  return simulation.history();
}

class Simulation {
  readonly #random: () => number;
  readonly #calls: SimulatedCall[] = [];
  readonly #outcomes: { request: number; outcome: string; facts: Partial<CallFacts> }[] = [];
  readonly #violations: string[] = [];
  readonly #budgets: readonly RequestBudget[];
  readonly #pool: ModelPool;
  readonly #service: TargetService;
  readonly #admission: Admission;
  readonly #now = () => Date.now();
  readonly #batches = new Set<number>();

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    const budget = new RetryBudget(RETRY_BUDGET);
    this.#budgets = Array.from({ length: REQUESTS }, () => new RequestBudget(budget));
    const config = testConfig({}, { maxRequestsPerEngine: ENGINE_SLOTS });
    const [model] = config.models;
    if (model === undefined) throw new Error("the test configuration has no model");
    const routing = { clock: this.#now, wallClock: this.#now, hasher: new PromptHasher() };
    this.#pool = new ModelPool(model, "http://127.0.0.1:9", routing);
    this.#pool.isStale = false;
    this.#pool.replace([8, 9].map((port) => ({ id: `e${port}`, origin: `http://127.0.0.1:${port}`, inService: true })));
    for (const engine of this.#pool.engines) engine.isAlive = true;
    this.#service = new TargetService({
      pools: [this.#pool],
      declared: DECLARED,
      reader: NO_SECRETS,
      awsCredentials: () => Promise.reject(new Error("no credentials")),
      logger: pino({ enabled: false }),
      meter: new Meter([]),
      now: this.#now,
      random: this.#random,
      wallClock: this.#now,
      slots: new SharedSlots(SharedSlots.memory(1), { threads: 1, thread: 0 }),
      threads: 1,
    });
    this.#admission = new Admission({
      limits: { ...config.queue, maxRequests: 12, waitSeconds: 3, wakeSeconds: 6 },
      isShared: true,
      clock: this.#now,
      memory: QueueBudget.memory(1),
      threads: 1,
      thread: 0,
      random: this.#random,
    });
  }

  history(): SimulatedHistory {
    return {
      calls: this.#calls,
      outcomes: this.#outcomes,
      granted: this.#budgets.map(({ granted }) => granted),
      violations: this.#violations,
      service: this.#service,
      admission: this.#admission,
      pool: this.#pool,
      now: this.#now,
    };
  }

  async arrive(index: number): Promise<void> {
    await pass(this.#random() * 4000);
    const abort = new AbortController();
    if (this.#random() < 0.25) setTimeout(() => abort.abort(new ClientGone()), this.#random() * 3000);
    let facts: Partial<CallFacts> = {};
    let outcome = "answered";
    let respondedBy: string | undefined;
    try {
      const model = ROUTES[Math.floor(this.#random() * ROUTES.length)] ?? "tiny";
      const generation = requestOf(model, this.#random() < 0.5);
      const tenant = `t${Math.floor(this.#random() * 3)}`;
      const isBatch = this.#random() < 0.2;
      if (isBatch) this.#batches.add(index);
      const plan = planTargets(generation, { tenant, session: undefined }, CHAT.need, this.#service.router);
      const { response, target } = await callInQueue(
        {
          requestId: `req_${index}`,
          startedAt: this.#now(),
          tenant,
          share: { id: tenant, weight: 1 },
          priority: isBatch ? "batch" : "normal",
          generation,
          plan,
          timeouts: { firstByteSeconds: 4, totalSeconds: 8, idleSeconds: 5 },
          abort,
          clientTimeoutSeconds: undefined,
          isWhole: CHAT.isWhole,
          note: (some) => {
            facts = { ...facts, ...some };
          },
        },
        {
          ...this.#service.calls,
          budget: this.#budgetOf(index),
          admission: this.#admission,
          attempt: (options) => this.#attempt(index, options),
        },
      );
      respondedBy = target.id;
      if (response.kind === "stream") await this.#relay(response);
    } catch (error) {
      outcome = error instanceof GatewayError ? error.code : error instanceof Error ? error.name : "unknown";
    } finally {
      this.#admission.slotFreed(respondedBy);
    }
    this.#outcomes.push({ request: index, outcome, facts });
  }

  /** The behaviour of an upstream: it waits, then responds, fails in one of its ways, or meets a fault of our own. */
  async #attempt(
    request: number,
    { lease, signal, generation, firstByteMs }: AttemptOptions,
  ): Promise<AttemptResponse> {
    const { target, upstream } = lease;
    this.#checkLimits(lease);
    const open = this.#calls.filter((other) => other.request === request && other.ended === "open");
    const call: SimulatedCall = {
      request,
      targetId: target.id,
      upstreamId: upstream.id,
      at: this.#now(),
      turn: this.#budgetOf(request).turn,
      beside: open.length,
      isBatch: this.#batches.has(request),
      ended: "open",
    };
    this.#calls.push(call);
    lease.sending();
    const patience = generation.stream ? (firstByteMs ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    const takes = this.#random() * 1500;
    const isSlow = takes > patience;
    try {
      await pass(Math.min(takes, patience), signal);
      if (isSlow) throw new UpstreamFailure("slow");
      const response = this.#result(lease, generation.stream);
      call.ended = "answered";
      return response;
    } catch (error) {
      call.ended =
        error instanceof UpstreamFailure
          ? error.kind
          : error instanceof HedgedAway
            ? "hedged-away"
            : error instanceof GatewayError && error.status === 400
              ? "refused-request"
              : "ended";
      throw error;
    }
  }

  #result(lease: Lease, isStream: boolean): AttemptResponse {
    const dice = this.#random();
    if (dice < 0.08) throw new UpstreamFailure("busy", this.#random() < 0.5 ? 1 : undefined);
    if (dice < 0.16) throw new UpstreamFailure("died");
    if (dice < 0.24) throw new UpstreamFailure("failed");
    if (dice < 0.28) throw new UpstreamFailure("denied");
    if (dice < 0.31) throw new UpstreamFailure("malformed");
    if (dice < 0.34) throw new GatewayError("invalid_request");
    if (dice < 0.38) throw new RangeError("a fault of our own");
    if (!isStream) {
      lease.settle("ok");
      return { kind: "whole", bytes: Buffer.alloc(0), fields: {}, usage: undefined, tokens: {} };
    }
    lease.confirm();
    return {
      kind: "stream",
      begun: Buffer.alloc(0),
      body: EMPTY_BODY,
      translator: new LineEnds(),
      isTranslated: false,
      settle: (outcome, tokens) => lease.settle(outcome, tokens),
    };
  }

  #budgetOf(request: number): RequestBudget {
    const budget = this.#budgets[request];
    if (budget === undefined) throw new Error(`there is no request ${request}`);
    return budget;
  }

  async #relay(response: Extract<AttemptResponse, { kind: "stream" }>): Promise<void> {
    await pass(this.#random() * 800);
    if (this.#random() < 0.1) response.settle("interrupted");
    response.settle("ok");
    response.settle("ok");
  }

  #checkLimits({ target }: Lease): void {
    for (const engine of this.#pool.engines)
      if (engine.inFlight > ENGINE_SLOTS) this.#violations.push(`${engine.id} has ${engine.inFlight} requests`);
    const [provider] = target.id.split("/");
    if (target.kind === "provider" && target.inFlight > PROVIDER_SLOTS)
      this.#violations.push(`${target.id} has ${target.inFlight} requests`);
    if (provider === "b" && !this.#service.ledger.hasRoom("b", CAP_USD, 0))
      this.#violations.push("more money is set aside at b than its cap");
  }
}
