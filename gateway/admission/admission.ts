import type { Priority } from "../../contracts/processes/priority.ts";
import type { QueueLimits } from "../../contracts/processes/queue-limits.ts";
import { AdmissionQueue } from "../../domain/admission/admission-queue.ts";
import { QueueBudget, type QueueUse } from "../../domain/admission/queue-budget.ts";
import { CapacityExceeded } from "../core/capacity-exceeded.ts";
import { GatewayError } from "../core/gateway-error.ts";
import { isLease, type Lease } from "../core/lease.ts";
import type { Plan } from "../core/plan.ts";
import { reserveFirst } from "../core/reserve.ts";
import { spendingCapError, tokenField } from "../core/spending-cap.ts";
import { type ShedReason, shedError } from "./shed-error.ts";
import { type TargetQueue, TargetQueues } from "./target-queues.ts";
import type { WaitingRequest } from "./waiting-request.ts";

/**
 * How often waiting requests are looked at when no request ends: for an engine that became ready, for a provider whose
 * limit refilled, for deadlines.
 */
const TICK_MS = 50;
/** Longest time, in seconds, for which a full engine gets no request: a slot that is freed stays empty no longer. */
const LONGEST_PAUSE_SECONDS = 1;
/**
 * Part of the drain time in which waiting requests may still get a slot; the remaining requests are refused in the rest
 * of it.
 */
const DRAIN_SHARE = 0.8;

export interface AdmissionOptions {
  readonly limits: QueueLimits;
  /** Whether several models share the limits. */
  readonly isShared: boolean;
  /** Milliseconds of a monotonic clock. */
  readonly clock: () => number;
  /** Where the process's threads count together what waits. */
  readonly memory: SharedArrayBuffer;
  readonly threads: number;
  /** Which of them this is, from 0. */
  readonly thread: number;
  /** 0 to under 1. @default - Math.random */
  readonly random?: () => number;
}

/** Gets what happens to waiting requests. */
export interface AdmissionWatcher {
  /** A request got its slot after a wait. */
  served(priority: Priority, waitedMs: number): void;
  shed(reason: ShedReason): void;
}

/**
 * Decides which request gets the next free slot. A request is called at once unless other requests wait for the same
 * targets, or its targets are full; else it waits until it has a lease, is refused, or its client leaves. A slot is
 * reserved for the request that is served, so no newcomer can take it in between.
 */
export class Admission {
  readonly #limits: QueueLimits;
  readonly #clock: () => number;
  readonly #random: () => number;
  readonly #budget: QueueBudget;
  readonly #queues: TargetQueues;
  #watcher: AdmissionWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closesAt = Number.POSITIVE_INFINITY;

  constructor({ limits, isShared, clock, random = Math.random, memory, threads, thread }: AdmissionOptions) {
    this.#limits = limits;
    this.#clock = clock;
    this.#random = random;
    // A thread can't evict a request that waits in another thread, so none may fill the queue that the other threads
    // need.
    this.#budget = new QueueBudget({ ...limits, isShared: isShared || threads > 1, shared: { memory, thread } });
    // Connections are spread evenly, and a tenant's with them.
    const maxShareOfTenant = limits.maxShareOfTenant < 1 ? limits.maxShareOfTenant / threads : limits.maxShareOfTenant;
    this.#queues = new TargetQueues(
      () => new AdmissionQueue<WaitingRequest>({ budget: this.#budget, maxShareOfTenant }),
    );
  }

  watch(watcher: AdmissionWatcher): void {
    this.#watcher = watcher;
  }

  /** Whether a request of this plan may be called without waiting: no other request waits for the same targets. */
  isOpen(plan: Plan): boolean {
    const waiting = this.#queues.find(plan);
    return waiting === undefined || (waiting.queue.size === 0 && waiting.pausedUntil <= this.#clock());
  }

  /**
   * A lease for this request, after a wait.
   * @param found the error of a call that was tried before, if there was one
   * @throws {GatewayError} `overloaded`, `queue_share_exceeded`, `model_unavailable` or `shutting_down`
   */
  enter(item: WaitingRequest, found?: GatewayError): Promise<Lease> {
    const waiting = this.#queues.of(item.plan);
    return this.#wait(waiting, item, found, (now) => waiting.queue.offer(item, now));
  }

  /**
   * Puts a request back that was called and found no capacity after all: it is the next of its priority. A request that
   * only providers could serve is refused instead, since a provider's refusal for capacity is final.
   * @throws {GatewayError} as `enter`
   */
  reenter(item: WaitingRequest, found: GatewayError): Promise<Lease> {
    const lostRace = found instanceof CapacityExceeded && found.lostRace;
    if (!lostRace && !canWake(item.plan)) return Promise.reject(found);
    const waiting = this.#queues.of(item.plan);
    const { retryAfterSeconds = LONGEST_PAUSE_SECONDS } = found.options;
    if (found.code === "overloaded" && !lostRace)
      waiting.pausedUntil = this.#clock() + Math.min(LONGEST_PAUSE_SECONDS, retryAfterSeconds) * 1000;
    return this.#wait(waiting, item, found, (now) => waiting.queue.putBack(item, now));
  }

  /**
   * A request is over, so its slot is free: the next waiting request gets it.
   * @param respondedBy the target that has shown that it takes requests
   */
  slotFreed(respondedBy: string | undefined): void {
    if (this.size === 0) return;
    if (respondedBy !== undefined)
      for (const waiting of this.#queues) if (waiting.targets.has(respondedBy)) waiting.pausedUntil = 0;
    this.#serve();
  }

  /**
   * Serves waiting requests for the greater part of the drain time, then refuses the remaining requests and all new
   * ones.
   */
  drain(drainSeconds: number): void {
    this.#closesAt = this.#clock() + drainSeconds * 1000 * DRAIN_SHARE;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Requests that wait in this thread. */
  get size(): number {
    return this.#budget.ownRequests;
  }

  /** Requests and bytes that wait with a priority. */
  use(priority: Priority): QueueUse {
    let [requests, bytes] = [0, 0];
    for (const { queue } of this.#queues) {
      const use = queue.use(priority);
      requests += use.requests;
      bytes += use.bytes;
    }
    return { requests, bytes };
  }

  /** Requests that may go to this target, and how long the oldest of them has waited, in seconds. */
  waitingFor(targetId: string): { readonly requests: number; readonly oldestSeconds: number } {
    const now = this.#clock();
    let [requests, oldest] = [0, now];
    for (const { targets, queue } of this.#queues) {
      if (!targets.has(targetId)) continue;
      requests += queue.size;
      for (const { arrivedAt } of queue.items()) oldest = Math.min(oldest, arrivedAt);
    }
    return { requests, oldestSeconds: (now - oldest) / 1000 };
  }

  #leaseFor(waiting: TargetQueue, { plan, request }: WaitingRequest): Lease | undefined {
    if (waiting.pausedUntil > this.#clock()) return undefined;
    const reservation = reserveFirst(plan.targets, request);
    return isLease(reservation) ? reservation : undefined;
  }

  /** Whether no server is there that could take it, now or once it has a free slot. */
  #hasNoUpstream({ pausedUntil }: TargetQueue, { plan, request }: WaitingRequest): boolean {
    return pausedUntil <= this.#clock() && !plan.targets.some((target) => target.isPresent(request));
  }

  async #wait(
    waiting: TargetQueue,
    item: WaitingRequest,
    found: GatewayError | undefined,
    enter: (now: number) => ReturnType<TargetQueue["queue"]["offer"]>,
  ): Promise<Lease> {
    const now = this.#clock();
    const hasNoUpstream = !(found instanceof CapacityExceeded) && this.#hasNoUpstream(waiting, item);
    if (hasNoUpstream && !canWake(item.plan)) throw found ?? capError(item) ?? new GatewayError("model_unavailable");
    item.signal.throwIfAborted();
    item.retryAfterSeconds = found?.options.retryAfterSeconds;
    const waitSeconds = hasNoUpstream ? this.#limits.wakeSeconds : this.#limits.waitSeconds;
    item.deadline = Math.min(now + waitSeconds * 1000, item.deadline);
    if (now >= this.#closesAt) throw this.#shed(waiting, item, "shutting_down");
    if (now >= item.deadline) throw this.#shed(waiting, item, hasNoUpstream ? "away" : "deadline");
    const offer = enter(now);
    if (offer.outcome !== "in") throw this.#shed(waiting, item, offer.outcome);
    for (const victim of offer.evicted) victim.refuse(this.#shed(waiting, victim, "evicted"));
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
    const lease = await item.wait(() => waiting.queue.delete(item, this.#clock()));
    const waitedMs = this.#clock() - now;
    item.waited(waitedMs);
    this.#watcher?.served(item.priority, waitedMs);
    return lease;
  }

  #tick(): void {
    const now = this.#clock();
    for (const waiting of this.#queues) this.#refuseOverdue(waiting, now);
    this.#serve();
    if (this.size === 0) this.stop();
  }

  #refuseOverdue(waiting: TargetQueue, now: number): void {
    const { queue } = waiting;
    if (now >= this.#closesAt) for (const item of [...queue.items()]) this.#refuse(waiting, item, "shutting_down", now);
    for (let item = queue.overdue(now); item !== undefined; item = queue.overdue(now)) {
      const hasNoUpstream = this.#hasNoUpstream(waiting, item);
      const wakesBy = item.arrivedAt + this.#limits.wakeSeconds * 1000;
      // The engines are gone while the request waits: new engines may still come.
      if (hasNoUpstream && canWake(item.plan) && wakesBy > now) queue.postpone(item, wakesBy);
      else this.#refuse(waiting, item, hasNoUpstream ? "away" : "deadline", now);
    }
  }

  #refuse(waiting: TargetQueue, item: WaitingRequest, reason: ShedReason, now: number): void {
    waiting.queue.delete(item, now);
    item.refuse(this.#shed(waiting, item, reason));
  }

  /** Gives free slots to waiting requests, the most important first. */
  #serve(): void {
    const stuck = new Set<TargetQueue>();
    for (let waiting = this.#queues.next(stuck); waiting !== undefined; waiting = this.#queues.next(stuck)) {
      const item = waiting.queue.next;
      const lease = item && this.#leaseFor(waiting, item);
      if (lease === undefined) {
        stuck.add(waiting);
        continue;
      }
      waiting.queue.take(this.#clock())?.serve(lease);
      this.#queues.toEnd(waiting);
    }
  }

  #shed({ queue }: TargetQueue, item: WaitingRequest, reason: ShedReason): GatewayError {
    this.#watcher?.shed(reason);
    const now = this.#clock();
    const drainSeconds = reason === "tenant_over_share" ? queue.tenantDrainSeconds(now, item) : queue.drainSeconds(now);
    return shedError(reason, { drainSeconds, random: this.#random(), atLeastSeconds: item.retryAfterSeconds });
  }
}

/** The error of a request that only capped providers could serve. */
function capError({ plan, request }: WaitingRequest): GatewayError | undefined {
  const refusals = plan.targets.map((target) => ({ cap: target.reachedCap?.(request), isShared: true }));
  return spendingCapError(refusals, tokenField(request));
}

/** Whether servers may come by themselves, so that waiting helps when there is none: a pool starts or replaces engines. */
function canWake(plan: Plan): boolean {
  return plan.targets.some((target) => target.kind === "pool");
}
