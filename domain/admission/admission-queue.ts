import { PRIORITIES, type Priority } from "../../contracts/processes/priority.ts";
import { BandUse, type Use } from "./band-use.ts";
import { DrainRate } from "./drain-rate.ts";
import { Eviction } from "./eviction.ts";
import { FairBand } from "./fair-band.ts";
import { OrderedHeap } from "./ordered-heap.ts";
import type { QueueBudget } from "./queue-budget.ts";
import type { Waiting } from "./waiting.ts";

export interface AdmissionQueueOptions {
  readonly budget: QueueBudget;
  /** Share of the budget that one tenant's requests of one priority may fill, 0 to 1; 1 for no such bound. */
  readonly maxShareOfTenant: number;
  /** Tokens that a tenant may be served in its turn among those of its share. @default - 1024 */
  readonly quantumTokens?: number;
  /**
   * Share of the served tokens for batch requests however many others wait, and of the budget that only they may fill;
   * 0 to under 1. @default - 0.05
   */
  readonly batchShare?: number;
}

/** `in`: it waits, and the requests in `evicted` were removed for it. */
export type Offer<T> =
  | { readonly outcome: "in"; readonly evicted: readonly T[] }
  | { readonly outcome: "full" | "tenant_over_share" };

const DEFAULTS = {
  /** A chat request with a page of prompt and half a page of completion: about one request in a turn. */
  quantumTokens: 1024,
  /** One token in twenty: a batch request is slow, but not starved. */
  batchShare: 0.05,
} as const;
/** A drop of the engines' rate shows within some seconds, and one long completion does not. */
const RATE_MEMORY_MS = 10_000;

/**
 * Requests that wait for the same capacity: bounded, by priority, fair among shares by their weights and among the tenants
 * of a share. `critical` goes before `normal`, and both before `batch`, which always gets `batchShare` of the served
 * tokens. When the queue is full, a new request evicts the newest of the lowest priority below its own; else, of its own
 * priority, the newest of the share with the largest part by its weight, or of a tenant of its own share, if that part is
 * larger than its own would be. The queue neither waits nor calls back: the caller takes the next request when
 * there is capacity, and removes those whose deadline has passed. Entering, taking and leaving are O(log n), except a
 * turn that first skips tenants with larger requests.
 */
export class AdmissionQueue<T extends Waiting> {
  readonly #budget: QueueBudget;
  readonly #batchShare: number;
  readonly #maxTenantRequests: number;
  readonly #maxTenantBytes: number;
  readonly #bands: Readonly<Record<Priority, FairBand<T>>>;
  readonly #deadlines = new OrderedHeap<T>((a, b) => a.deadline < b.deadline);
  /** By priority, so that a tenant's batch requests don't use up the share of its other requests. */
  readonly #use: Readonly<Record<Priority, BandUse>> = {
    critical: new BandUse(),
    normal: new BandUse(),
    batch: new BandUse(),
  };
  readonly #eviction: Eviction<T>;
  readonly #rate = new DrainRate(RATE_MEMORY_MS);
  /** Requests that were put back after they were counted as served. */
  readonly #counted = new WeakSet<T>();
  /** Tokens that batch requests may be served before others. */
  #batchCredit = 0;

  constructor(options: AdmissionQueueOptions) {
    const { budget, maxShareOfTenant, quantumTokens, batchShare } = { ...DEFAULTS, ...options };
    this.#budget = budget;
    this.#batchShare = batchShare;
    const isBounded = maxShareOfTenant < 1;
    this.#maxTenantRequests = isBounded ? Math.floor(budget.maxRequests * maxShareOfTenant) : Number.POSITIVE_INFINITY;
    this.#maxTenantBytes = isBounded ? budget.maxBytes * maxShareOfTenant : Number.POSITIVE_INFINITY;
    this.#bands = {
      critical: new FairBand(quantumTokens),
      normal: new FairBand(quantumTokens),
      batch: new FairBand(quantumTokens),
    };
    const batchReserve = {
      requests: Math.floor(budget.maxRequests * batchShare),
      bytes: Math.floor(budget.maxBytes * batchShare),
    };
    this.#eviction = new Eviction({ budget, batchReserve, bands: this.#bands, use: this.#use });
  }

  get size(): number {
    return this.#deadlines.size;
  }

  /** Use of the queue by requests of a priority. */
  use(priority: Priority): Use {
    return this.#use[priority].total;
  }

  /** The request that `take` would return. */
  get next(): T | undefined {
    const { critical, normal, batch } = this.#bands;
    return this.#isBatchDue() ? batch.next : (critical.next ?? normal.next ?? batch.next);
  }

  /** Accepts a request, or returns why it can't; a refusal changes nothing. */
  offer(item: T, nowMs: number): Offer<T> {
    const tenant = this.#use[item.priority].of(item);
    // The share does not apply to the first request of a tenant, whatever its size: only the queue's own bound does.
    const isOverShare =
      tenant.requests > 0 &&
      (tenant.requests + 1 > this.#maxTenantRequests || tenant.bytes + item.bytes > this.#maxTenantBytes);
    if (isOverShare) return { outcome: "tenant_over_share" };
    return this.#enter(item, PRIORITIES.indexOf(item.priority) + 1, nowMs, (band) => band.add(item));
  }

  /**
   * Puts back a request that was taken but got no capacity: it is the next of its priority. In a full queue it evicts the
   * newest of its own or a lower priority, which came later; its tenant's share is not checked again.
   */
  putBack(item: T, nowMs: number): Offer<T> {
    const offer = this.#enter(item, PRIORITIES.indexOf(item.priority), nowMs, (band) => band.putBack(item));
    if (offer.outcome === "in") this.#counted.add(item);
    return offer;
  }

  /** Removes and returns the next request to serve. */
  take(nowMs: number): T | undefined {
    const { critical, normal, batch } = this.#bands;
    const isBatchDue = this.#isBatchDue();
    const item = (isBatchDue ? batch.take() : undefined) ?? critical.take() ?? normal.take() ?? batch.take();
    if (item === undefined) return undefined;
    if (!this.#counted.delete(item)) {
      if (isBatchDue) this.#batchCredit -= item.tokens;
      else if (item.priority !== "batch")
        this.#batchCredit += (item.tokens * this.#batchShare) / (1 - this.#batchShare);
      this.#rate.served(item.tokens, nowMs);
    }
    this.#left(item, nowMs);
    return item;
  }

  /** For a client that disconnected. @returns whether it was waiting */
  delete(item: T, nowMs: number): boolean {
    if (!this.#bands[item.priority].delete(item)) return false;
    this.#left(item, nowMs);
    return true;
  }

  /** The request with the earliest deadline, once that has passed; it stays until it is deleted or postponed. */
  overdue(nowMs: number): T | undefined {
    const item = this.#deadlines.first;
    return item !== undefined && item.deadline <= nowMs ? item : undefined;
  }

  /** Changes the deadline of a waiting request, but not its position in the queue. */
  postpone(item: T, deadline: number): void {
    if (!this.#deadlines.delete(item)) return;
    item.deadline = deadline;
    this.#deadlines.add(item);
  }

  /** All waiting requests, in no defined order. */
  *items(): Generator<T> {
    for (const priority of PRIORITIES) yield* this.#bands[priority].newestFirst();
  }

  /**
   * Seconds until all waiting requests are served, at the measured rate. `undefined` as long as nothing was served.
   */
  drainSeconds(nowMs: number): number | undefined {
    const perSecond = this.#rate.perSecond(nowMs);
    if (perSecond === undefined) return undefined;
    return PRIORITIES.reduce((sum, priority) => sum + this.use(priority).tokens, 0) / perSecond;
  }

  /** The same for the waiting requests of an item's tenant and priority, at its part of what is served of that priority. */
  tenantDrainSeconds(nowMs: number, item: Pick<T, "tenant" | "share" | "priority">): number | undefined {
    const perSecond = this.#rate.perSecond(nowMs);
    const use = this.#use[item.priority];
    const { tokens } = use.of(item);
    return perSecond === undefined || tokens === 0 ? undefined : tokens / (perSecond * use.partOf(item));
  }

  #isBatchDue(): boolean {
    const tokens = this.#bands.batch.next?.tokens;
    return tokens !== undefined && tokens <= this.#batchCredit;
  }

  /** @param from index of the highest priority whose requests may be evicted for this one */
  #enter(item: T, from: number, nowMs: number, enter: (band: FairBand<T>) => void): Offer<T> {
    return this.#budget.exclusively(() => {
      const evicted = this.#eviction.victims(item, PRIORITIES.slice(from));
      if (evicted === undefined) return { outcome: "full" };
      for (const victim of evicted) this.delete(victim, nowMs);
      enter(this.#bands[item.priority]);
      this.#deadlines.add(item);
      this.#budget.take(item.bytes);
      this.#rate.begin(nowMs);
      this.#use[item.priority].add(item);
      return { outcome: "in", evicted };
    });
  }

  #left(item: T, nowMs: number): void {
    this.#deadlines.delete(item);
    this.#budget.give(item.bytes);
    this.#use[item.priority].delete(item);
    // A share that was not used is not saved up.
    if (this.#bands.batch.size === 0) this.#batchCredit = 0;
    if (this.size === 0) this.#rate.end(nowMs);
  }
}
