import type { Priority } from "../../contracts/priority.ts";
import type { QueueLimits } from "../../contracts/queue-limits.ts";
import { AdmissionQueue } from "../../domain/admission/admission-queue.ts";
import { QueueBudget, type QueueUse } from "../../domain/admission/queue-budget.ts";
import { CapacityExceeded } from "../core/capacity-exceeded.ts";
import { GatewayError } from "../core/gateway-error.ts";
import { isLease, type Lease } from "../core/lease.ts";
import type { Plan } from "../core/plan.ts";
import { reserveFirst } from "../core/reserve.ts";
import { type Line, Lines } from "./lines.ts";
import { type ShedReason, shedError } from "./shed-error.ts";
import type { WaitingRequest } from "./waiting-request.ts";

/**
 * How often those who wait are looked after when no request ends: for an engine that became ready, for a provider whose
 * limit refilled, for deadlines.
 */
const TICK_MS = 50;
/** An engine that is full says so again a moment later; longer than this nobody's place is left empty. */
const LONGEST_PAUSE_SECONDS = 1;
/** Of the drain time, the part in which waiting requests may still get a place; the rest is for telling the others. */
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

/** Told of what happens to those who wait. */
export interface AdmissionWatcher {
  /** It got its place after a wait. */
  served(priority: Priority, waitedMs: number): void;
  shed(reason: ShedReason): void;
}

/**
 * Who gets the next free place. A request goes on at once unless others wait for the same targets, or it has found them
 * full; else it waits, and leaves with a place, with a refusal, or with its client. A place is taken in the moment in
 * which it is given out, so no newcomer can come in between.
 */
export class Admission {
  readonly #limits: QueueLimits;
  readonly #clock: () => number;
  readonly #random: () => number;
  readonly #budget: QueueBudget;
  readonly #lines: Lines;
  #watcher: AdmissionWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closesAt = Number.POSITIVE_INFINITY;

  constructor({ limits, isShared, clock, random = Math.random, memory, threads, thread }: AdmissionOptions) {
    this.#limits = limits;
    this.#clock = clock;
    this.#random = random;
    // A thread can't push out what waits in another one: none may fill what the others need.
    this.#budget = new QueueBudget({ ...limits, isShared: isShared || threads > 1, shared: { memory, thread } });
    // Connections are spread evenly, and a tenant's with them.
    const maxShareOfTenant = limits.maxShareOfTenant < 1 ? limits.maxShareOfTenant / threads : limits.maxShareOfTenant;
    this.#lines = new Lines(() => new AdmissionQueue<WaitingRequest>({ budget: this.#budget, maxShareOfTenant }));
  }

  watch(watcher: AdmissionWatcher): void {
    this.#watcher = watcher;
  }

  /** Whether a request may be sent on without looking who waits: nobody does, for the same targets. */
  isOpen(item: WaitingRequest): boolean {
    const line = this.#lines.find(item.plan);
    return line === undefined || (line.queue.size === 0 && line.pausedUntil <= this.#clock());
  }

  /**
   * A place for this request, after a wait.
   * @param found what its targets said, if it has asked them
   * @throws {GatewayError} `overloaded`, `queue_share_exceeded`, `model_unavailable` or `shutting_down`
   */
  enter(item: WaitingRequest, found?: GatewayError): Promise<Lease> {
    const line = this.#lines.of(item.plan);
    return this.#wait(line, item, found, (now) => line.queue.offer(item, now));
  }

  /**
   * Puts a request back that was sent on, and for which there was no room after all: it is the next of its priority.
   * Not where only providers could take it, and they said that they are full: they mean what they say of their limits.
   * @throws {GatewayError} as `enter`
   */
  reenter(item: WaitingRequest, found: GatewayError): Promise<Lease> {
    const lostRace = found instanceof CapacityExceeded && found.lostRace;
    if (!lostRace && !canWake(item.plan)) return Promise.reject(found);
    const line = this.#lines.of(item.plan);
    const { retryAfterSeconds = LONGEST_PAUSE_SECONDS } = found.options;
    if (found.code === "overloaded" && !lostRace)
      line.pausedUntil = this.#clock() + Math.min(LONGEST_PAUSE_SECONDS, retryAfterSeconds) * 1000;
    return this.#wait(line, item, found, (now) => line.queue.putBack(item, now));
  }

  /**
   * A request is over, so its place is free again: whoever is next gets it.
   * @param answeredBy the target that has shown that it takes requests
   */
  placeFreed(answeredBy: string | undefined): void {
    if (this.size === 0) return;
    if (answeredBy !== undefined)
      for (const line of this.#lines) if (line.targets.has(answeredBy)) line.pausedUntil = 0;
    this.#serve();
  }

  /** Serves those who wait for the greater part of the drain time, then refuses the others and all who come. */
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
    for (const { queue } of this.#lines) {
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
    for (const { targets, queue } of this.#lines) {
      if (!targets.has(targetId)) continue;
      requests += queue.size;
      for (const { arrivedAt } of queue.items()) oldest = Math.min(oldest, arrivedAt);
    }
    return { requests, oldestSeconds: (now - oldest) / 1000 };
  }

  #leaseFor(line: Line, { plan, request }: WaitingRequest): Lease | undefined {
    if (line.pausedUntil > this.#clock()) return undefined;
    const reservation = reserveFirst(plan.targets, request);
    return isLease(reservation) ? reservation : undefined;
  }

  /** Whether no server is there that could take it, now or once it has a free slot. */
  #hasNoUpstream({ pausedUntil }: Line, { plan, request }: WaitingRequest): boolean {
    return pausedUntil <= this.#clock() && !plan.targets.some((target) => target.isPresent(request));
  }

  async #wait(
    line: Line,
    item: WaitingRequest,
    found: GatewayError | undefined,
    enter: (now: number) => ReturnType<Line["queue"]["offer"]>,
  ): Promise<Lease> {
    const now = this.#clock();
    const isAway = !(found instanceof CapacityExceeded) && this.#hasNoUpstream(line, item);
    if (isAway && !canWake(item.plan)) throw found ?? new GatewayError("model_unavailable");
    item.signal.throwIfAborted();
    item.retryAfterSeconds = found?.options.retryAfterSeconds;
    const waitSeconds = isAway ? this.#limits.wakeSeconds : this.#limits.waitSeconds;
    item.deadline = Math.min(now + waitSeconds * 1000, item.deadline);
    if (now >= this.#closesAt) throw this.#shed(line, item, "shutting_down");
    if (now >= item.deadline) throw this.#shed(line, item, isAway ? "away" : "deadline");
    const offer = enter(now);
    if (offer.outcome !== "in") throw this.#shed(line, item, offer.outcome);
    for (const victim of offer.evicted) victim.refuse(this.#shed(line, victim, "evicted"));
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
    const lease = await item.wait(() => line.queue.delete(item, this.#clock()));
    const waitedMs = this.#clock() - now;
    item.waited(waitedMs);
    this.#watcher?.served(item.priority, waitedMs);
    return lease;
  }

  #tick(): void {
    const now = this.#clock();
    for (const line of this.#lines) this.#refuseOverdue(line, now);
    this.#serve();
    if (this.size === 0) this.stop();
  }

  #refuseOverdue(line: Line, now: number): void {
    const { queue } = line;
    if (now >= this.#closesAt) for (const item of [...queue.items()]) this.#refuse(line, item, "shutting_down", now);
    for (let item = queue.overdue(now); item !== undefined; item = queue.overdue(now)) {
      const isAway = this.#hasNoUpstream(line, item);
      const wakesBy = item.arrivedAt + this.#limits.wakeSeconds * 1000;
      // The engines went away while it waited: then it may wait for others to come.
      if (isAway && canWake(item.plan) && wakesBy > now) queue.postpone(item, wakesBy);
      else this.#refuse(line, item, isAway ? "away" : "deadline", now);
    }
  }

  #refuse(line: Line, item: WaitingRequest, reason: ShedReason, now: number): void {
    line.queue.delete(item, now);
    item.refuse(this.#shed(line, item, reason));
  }

  /** Gives places to those who wait, the most important first, as long as there are any. */
  #serve(): void {
    const stuck = new Set<Line>();
    for (let line = this.#lines.next(stuck); line !== undefined; line = this.#lines.next(stuck)) {
      const item = line.queue.next;
      const lease = item && this.#leaseFor(line, item);
      if (lease === undefined) {
        stuck.add(line);
        continue;
      }
      line.queue.take(this.#clock())?.serve(lease);
      this.#lines.toEnd(line);
    }
  }

  #shed({ queue }: Line, item: WaitingRequest, reason: ShedReason): GatewayError {
    this.#watcher?.shed(reason);
    const now = this.#clock();
    const drainSeconds =
      reason === "tenant_over_share"
        ? queue.tenantDrainSeconds(now, item.tenant, item.priority)
        : queue.drainSeconds(now);
    return shedError(reason, { drainSeconds, random: this.#random(), atLeastSeconds: item.retryAfterSeconds });
  }
}

/** Whether servers may come by themselves, so that waiting helps when there is none: a pool starts or heals. */
function canWake(plan: Plan): boolean {
  return plan.targets.some((target) => target.kind === "pool");
}
