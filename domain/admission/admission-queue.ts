import { PRIORITIES, type Priority } from "../../contracts/priority.ts";
import { DeadlineHeap } from "./deadline-heap.ts";
import { DrainRate } from "./drain-rate.ts";
import { type BandItem, FairBand } from "./fair-band.ts";
import type { QueueBudget, QueueUse } from "./queue-budget.ts";

/** A request that waits; the queue knows it by identity. */
export interface Waiting extends BandItem {
  readonly priority: Priority;
  /** Bytes of its body. */
  readonly bytes: number;
  /** Milliseconds of the caller's clock. */
  readonly arrivedAt: number;
  /** When it must be out of the queue, in milliseconds of the same clock. */
  readonly deadline: number;
}

export interface AdmissionQueueOptions {
  readonly budget: QueueBudget;
  /** Share of the budget that one tenant's requests of one priority may fill, 0 to 1; 1 for no such bound. */
  readonly maxShareOfTenant: number;
  /** Tokens that a tenant may be served in its turn. @default - 1024 */
  readonly quantumTokens?: number;
  /** Share of the served tokens that batch requests get however many others wait, 0 to under 1. @default - 0.05 */
  readonly batchShare?: number;
}

/** `in`: it waits, and those in `evicted` had to go for it. */
export type Offer<T> =
  | { readonly outcome: "in"; readonly evicted: readonly T[] }
  | { readonly outcome: "full" | "tenant_over_share" };

const DEFAULTS = {
  /** A chat turn of a page of prompt and half a page of answer: about one request in a turn. */
  quantumTokens: 1024,
  /** One token in twenty: a batch request is late, but moves. */
  batchShare: 0.05,
} as const;
/** A drop in what the engines serve shows within some seconds, and one long answer does not. */
const RATE_MEMORY_MS = 10_000;

interface TenantUse {
  requests: number;
  bytes: number;
  tokens: number;
}

/**
 * Requests that wait for the same place: bounded, by priority, fair among tenants. `critical` goes before `normal`, and
 * both before `batch`, which gets `batchShare` of the served tokens all the same. When the queue is full a newcomer
 * pushes out the newest of the lowest priority below its own. Nothing here waits or calls: the caller asks for the next
 * one when there is a place, and for those whose time is over. Entering, being served and leaving are O(log n), but for
 * a turn that must pass by tenants with larger requests first.
 */
export class AdmissionQueue<T extends Waiting> {
  readonly #budget: QueueBudget;
  readonly #batchShare: number;
  readonly #maxTenantRequests: number;
  readonly #maxTenantBytes: number;
  readonly #bands: Readonly<Record<Priority, FairBand<T>>>;
  readonly #deadlines = new DeadlineHeap<T>();
  /** By priority, so that a tenant's own batch requests don't keep out what it asks for itself. */
  readonly #tenants: Readonly<Record<Priority, Map<string, TenantUse>>> = {
    critical: new Map(),
    normal: new Map(),
    batch: new Map(),
  };
  readonly #rate = new DrainRate(RATE_MEMORY_MS);
  readonly #use: Record<Priority, TenantUse> = {
    critical: { requests: 0, bytes: 0, tokens: 0 },
    normal: { requests: 0, bytes: 0, tokens: 0 },
    batch: { requests: 0, bytes: 0, tokens: 0 },
  };
  /** Put back after they were counted as served. */
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
  }

  get size(): number {
    return this.#deadlines.size;
  }

  /** Requests, bytes and tokens that wait, by priority. */
  get use(): Readonly<Record<Priority, Readonly<TenantUse>>> {
    return this.#use;
  }

  /** The priority of the most important request that waits. */
  get highest(): Priority | undefined {
    return PRIORITIES.find((priority) => this.#bands[priority].size > 0);
  }

  /** When the next request must leave. */
  get nextDeadline(): number | undefined {
    return this.#deadlines.first?.deadline;
  }

  /** Lets a request wait, or says why not; a refusal changes nothing. */
  offer(item: T, nowMs: number): Offer<T> {
    const tenant = this.#tenants[item.priority].get(item.tenant);
    // The first request of a tenant is let in whatever its size: it hinders nobody but through the queue's own bound.
    const isOverShare =
      tenant !== undefined &&
      (tenant.requests + 1 > this.#maxTenantRequests || tenant.bytes + item.bytes > this.#maxTenantBytes);
    if (isOverShare) return { outcome: "tenant_over_share" };
    const evicted = this.#victims(item, PRIORITIES.slice(PRIORITIES.indexOf(item.priority) + 1));
    if (evicted === undefined) return { outcome: "full" };
    this.#admit(item, evicted, nowMs, (band) => band.add(item));
    return { outcome: "in", evicted };
  }

  /**
   * Takes back a request that was taken out but got no place after all: it is the next of its priority. In a full queue
   * the newest of its own or a lower priority makes room, as it came later; its tenant's share is not asked again.
   */
  putBack(item: T, nowMs: number): Offer<T> {
    const evicted = this.#victims(item, PRIORITIES.slice(PRIORITIES.indexOf(item.priority)));
    if (evicted === undefined) return { outcome: "full" };
    this.#counted.add(item);
    this.#admit(item, evicted, nowMs, (band) => band.putBack(item));
    return { outcome: "in", evicted };
  }

  /** Takes out the next request to serve. */
  take(nowMs: number): T | undefined {
    const { critical, normal, batch } = this.#bands;
    const dueTokens = batch.next?.tokens ?? Number.POSITIVE_INFINITY;
    const isBatchDue = dueTokens <= this.#batchCredit;
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

  /** For a client that left. @returns whether it was waiting */
  delete(item: T, nowMs: number): boolean {
    if (!this.#bands[item.priority].delete(item)) return false;
    this.#left(item, nowMs);
    return true;
  }

  /** Takes out every request whose deadline has come, the earliest first. */
  expire(nowMs: number): readonly T[] {
    const expired: T[] = [];
    for (let item = this.#deadlines.first; item !== undefined; item = this.#deadlines.first) {
      if (item.deadline > nowMs) break;
      this.delete(item, nowMs);
      expired.push(item);
    }
    return expired;
  }

  /** Everything that waits, in no order that means anything. */
  *items(): Generator<T> {
    for (const priority of PRIORITIES) yield* this.#bands[priority].newestFirst();
  }

  /**
   * Seconds until all that waits is served, at the measured rate: whoever comes then finds room. `undefined` as long as
   * nothing was served.
   */
  drainSeconds(nowMs: number): number | undefined {
    const perSecond = this.#rate.perSecond(nowMs);
    if (perSecond === undefined) return undefined;
    return PRIORITIES.reduce((sum, priority) => sum + this.#use[priority].tokens, 0) / perSecond;
  }

  /** The same for what one tenant has waiting with a priority, served in turn with the others of that priority. */
  tenantDrainSeconds(nowMs: number, tenant: string, priority: Priority): number | undefined {
    const perSecond = this.#rate.perSecond(nowMs);
    const tenants = this.#tenants[priority];
    const own = tenants.get(tenant);
    return perSecond === undefined || own === undefined ? undefined : (own.tokens * tenants.size) / perSecond;
  }

  /** Those that must go so that `item` fits; `undefined` when that is not enough. */
  #victims(item: T, priorities: readonly Priority[]): readonly T[] | undefined {
    const own = this.#total();
    const victims: T[] = [];
    const freed = { requests: 0, bytes: 0 };
    if (this.#budget.hasRoom(own, item.bytes, freed)) return victims;
    for (const priority of priorities.toReversed())
      for (const victim of this.#bands[priority].newestFirst()) {
        victims.push(victim);
        freed.requests++;
        freed.bytes += victim.bytes;
        if (this.#budget.hasRoom(own, item.bytes, freed)) return victims;
      }
    return undefined;
  }

  #admit(item: T, evicted: readonly T[], nowMs: number, enter: (band: FairBand<T>) => void): void {
    for (const victim of evicted) this.delete(victim, nowMs);
    enter(this.#bands[item.priority]);
    this.#deadlines.add(item);
    this.#budget.take(item.bytes);
    this.#rate.begin(nowMs);
    const tenants = this.#tenants[item.priority];
    const tenant = tenants.get(item.tenant) ?? { requests: 0, bytes: 0, tokens: 0 };
    tenants.set(item.tenant, tenant);
    for (const use of [tenant, this.#use[item.priority]]) count(use, item, 1);
  }

  #left(item: T, nowMs: number): void {
    this.#deadlines.delete(item);
    this.#budget.give(item.bytes);
    const tenants = this.#tenants[item.priority];
    const tenant = tenants.get(item.tenant);
    if (tenant !== undefined) {
      count(tenant, item, -1);
      if (tenant.requests === 0) tenants.delete(item.tenant);
    }
    count(this.#use[item.priority], item, -1);
    // A share that nobody asked for is not saved up.
    if (this.#bands.batch.size === 0) this.#batchCredit = 0;
    if (this.size === 0) this.#rate.end(nowMs);
  }

  #total(): QueueUse {
    const { critical, normal, batch } = this.#use;
    return {
      requests: critical.requests + normal.requests + batch.requests,
      bytes: critical.bytes + normal.bytes + batch.bytes,
    };
  }
}

function count(use: TenantUse, { bytes, tokens }: Waiting, sign: 1 | -1): void {
  use.requests += sign;
  use.bytes += sign * bytes;
  use.tokens += sign * tokens;
}
