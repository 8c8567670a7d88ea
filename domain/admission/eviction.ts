import { PRIORITIES, type Priority } from "../../contracts/processes/priority.ts";
import type { BandUse } from "./band-use.ts";
import type { FairBand } from "./fair-band.ts";
import type { QueueBudget, QueueUse } from "./queue-budget.ts";
import type { Waiting } from "./waiting.ts";

export interface EvictionOptions<T extends Waiting> {
  readonly budget: QueueBudget;
  /** The part of the budget that only batch requests may fill. */
  readonly batchReserve: QueueUse;
  readonly bands: Readonly<Record<Priority, FairBand<T>>>;
  readonly use: Readonly<Record<Priority, BandUse>>;
}

/** Which requests of a full queue make way for a new one. It changes nothing: the queue removes them. */
export class Eviction<T extends Waiting> {
  readonly #budget: QueueBudget;
  readonly #batchReserve: QueueUse;
  readonly #bands: Readonly<Record<Priority, FairBand<T>>>;
  readonly #use: Readonly<Record<Priority, BandUse>>;

  constructor({ budget, batchReserve, bands, use }: EvictionOptions<T>) {
    this.#budget = budget;
    this.#batchReserve = batchReserve;
    this.#bands = bands;
    this.#use = use;
  }

  /**
   * Requests to evict so that `item` fits; `undefined` when that is not enough.
   * @param priorities those whose requests may be evicted for it, the highest first
   */
  victims(item: T, priorities: readonly Priority[]): readonly T[] | undefined {
    const own = this.#total();
    const victims: T[] = [];
    const freed = { requests: 0, bytes: 0 };
    const freedBatch = { requests: 0, bytes: 0 };
    const isBatch = item.priority === "batch";
    const hasRoom = () =>
      this.#budget.hasRoom(own, item.bytes, freed, isBatch ? undefined : this.#unusedReserve(freedBatch));
    const suffices = (victim: T) => {
      victims.push(victim);
      for (const part of victim.priority === "batch" ? [freed, freedBatch] : [freed]) {
        part.requests++;
        part.bytes += victim.bytes;
      }
      return hasRoom();
    };
    if (hasRoom()) return victims;
    for (const priority of priorities.toReversed())
      for (const victim of this.#bands[priority].newestFirst()) {
        if (priority === "batch" && !isBatch && !this.#isBatchOverReserve(freedBatch)) break;
        if (suffices(victim)) return victims;
      }
    if (priorities.includes(item.priority)) return undefined;
    const victim = this.#largestSharesNewest(item) ?? this.#largestTenantsNewest(item);
    return victim !== undefined && suffices(victim) ? victims : undefined;
  }

  /**
   * Of the new request's priority, the newest request of the share with the largest part of the queue by its weight, if
   * that is larger than the new request's share's would be. Otherwise a share that sends twice as much would have twice as
   * many waiting, and another one would miss turns.
   */
  #largestSharesNewest(item: T): T | undefined {
    const use = this.#use[item.priority];
    const share = use.largestShareBut(item.share, (other) => this.#partOf(other));
    const tenant = share && use.largestTenantBut(share, undefined, (other) => this.#partOf(other));
    const victim = share && tenant && this.#bands[item.priority].newestOf(share.id, tenant);
    if (!share || !victim) return undefined;
    const theirs = this.#partOf(without(use.ofShare(share), victim)) / share.weight;
    return theirs >= this.#partOf(withOne(use.ofShare(item.share), item)) / item.share.weight ? victim : undefined;
  }

  /** The same of the tenants of the new request's own share. */
  #largestTenantsNewest(item: T): T | undefined {
    const use = this.#use[item.priority];
    const tenant = use.largestTenantBut(item.share, item.tenant, (other) => this.#partOf(other));
    const victim = tenant && this.#bands[item.priority].newestOf(item.share.id, tenant);
    if (!victim) return undefined;
    const theirs = this.#partOf(without(use.of(victim), victim));
    return theirs >= this.#partOf(withOne(use.of(item), item)) ? victim : undefined;
  }

  /** Of the budget, by requests or by bytes, whichever is more. */
  #partOf({ requests, bytes }: QueueUse): number {
    return Math.max(requests / this.#budget.maxRequests, bytes / this.#budget.maxBytes);
  }

  /** The unused part of the batch reserve, after `freed` of the batch requests are evicted. */
  #unusedReserve(freed: QueueUse): QueueUse {
    const batch = this.#use.batch.total;
    const { requests, bytes } = this.#batchReserve;
    return {
      requests: Math.max(0, requests - batch.requests + freed.requests),
      bytes: Math.max(0, bytes - batch.bytes + freed.bytes),
    };
  }

  /** Whether batch requests exceed their share after `freed` are evicted: below it an eviction frees nothing for others. */
  #isBatchOverReserve(freed: QueueUse): boolean {
    const batch = this.#use.batch.total;
    const { requests, bytes } = this.#batchReserve;
    return batch.requests - freed.requests > requests || batch.bytes - freed.bytes > bytes;
  }

  #total(): QueueUse {
    const uses = PRIORITIES.map((priority) => this.#use[priority].total);
    const sum = (name: keyof QueueUse) => uses.reduce((total, use) => total + use[name], 0);
    return { requests: sum("requests"), bytes: sum("bytes") };
  }
}

function without({ requests, bytes }: QueueUse, victim: Waiting): QueueUse {
  return { requests: requests - 1, bytes: bytes - victim.bytes };
}

function withOne({ requests, bytes }: QueueUse, item: Waiting): QueueUse {
  return { requests: requests + 1, bytes: bytes + item.bytes };
}
