import { OrderedHeap } from "./ordered-heap.ts";
import { type RoundItem, TenantRounds } from "./tenant-rounds.ts";

/** Whose part of a full pool a request takes. */
export interface QueueShare {
  /** Of a project, or of a tenant without one. */
  readonly id: string;
  /** Its part against the others', above 0. */
  readonly weight: number;
}

export interface ShareItem extends RoundItem {
  readonly share: QueueShare;
}

/** A share with waiting requests. */
interface WaitingShare<T> {
  readonly id: string;
  weight: number;
  /** Virtual time at which its next request begins, whichever that is. */
  start: number;
  /** Of equal times the share that waits for longer is first. */
  readonly order: number;
  readonly rounds: TenantRounds<T & ShareItem>;
}

/** Shares without waiting requests that are remembered before the first look for those that need not be. */
const REMEMBERED = 256;

/**
 * Requests, fair among shares by their weights: start-time fair queueing over tokens (Goyal, Vin and Cheng, 1996), and
 * among the tenants of one share by rounds. The share whose next request begins first in virtual time is served; its next
 * one begins later by tokens / weight. Between two shares that both have waiting requests, the served tokens divided by
 * the weights differ by at most the largest request of each, so divided. Virtual time also goes on by tokens / all
 * waiting weights, so that no number of new shares holds up one that waits.
 */
export class WeightedShares<T extends ShareItem> {
  readonly #quantumTokens: number;
  readonly #waiting = new Map<string, WaitingShare<T>>();
  readonly #byStart = new OrderedHeap<WaitingShare<T>>((a, b) =>
    a.start === b.start ? a.order < b.order : a.start < b.start,
  );
  /** When the next request of shares begins that were served lately and have none. A time that has passed means nothing. */
  readonly #ended = new Map<string, number>();
  #endedLimit = REMEMBERED;
  #now = 0;
  #weights = 0;
  #order = 0;

  constructor(quantumTokens: number) {
    this.#quantumTokens = quantumTokens;
  }

  add(item: T): void {
    const { id, weight } = item.share;
    const share = this.#waiting.get(id) ?? this.#begin(id);
    // A weight that was changed counts from the newest request on.
    this.#weights += weight - share.weight;
    share.weight = weight;
    share.rounds.add(item);
  }

  /** The request that `take` would return. */
  get next(): T | undefined {
    return this.#byStart.first?.rounds.next;
  }

  /** Removes and returns the next request to serve. */
  take(): T | undefined {
    const share = this.#byStart.first;
    const item = share?.rounds.take();
    if (share === undefined || item === undefined) return undefined;
    this.#now = Math.max(share.start, this.#now + item.tokens / this.#weights);
    this.#byStart.delete(share);
    share.start += item.tokens / share.weight;
    if (share.rounds.isEmpty) this.#end(share);
    else this.#byStart.add(share);
    return item;
  }

  /** @returns whether it was waiting */
  delete(item: T): boolean {
    const share = this.#waiting.get(item.share.id);
    if (share === undefined || !share.rounds.delete(item)) return false;
    if (share.rounds.isEmpty) {
      this.#byStart.delete(share);
      this.#end(share);
    }
    return true;
  }

  newestOf(shareId: string, tenant: string): T | undefined {
    return this.#waiting.get(shareId)?.rounds.newestOf(tenant);
  }

  #begin(id: string): WaitingShare<T> {
    const start = Math.max(this.#now, this.#ended.get(id) ?? 0);
    const share = { id, weight: 0, start, order: this.#order++, rounds: new TenantRounds<T>(this.#quantumTokens) };
    this.#ended.delete(id);
    this.#waiting.set(id, share);
    this.#byStart.add(share);
    return share;
  }

  /** It has no waiting requests. What it was served is remembered until all others could be served as much. */
  #end({ id, weight, start }: WaitingShare<T>): void {
    this.#waiting.delete(id);
    // Without a rest of rounding.
    this.#weights = this.#waiting.size === 0 ? 0 : this.#weights - weight;
    if (start > this.#now) this.#ended.set(id, start);
    if (this.#ended.size <= this.#endedLimit) return;
    for (const [other, at] of this.#ended) if (at <= this.#now) this.#ended.delete(other);
    this.#endedLimit = Math.max(REMEMBERED, 2 * this.#ended.size);
  }
}
