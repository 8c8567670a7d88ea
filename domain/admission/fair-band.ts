import { LinkedSet } from "./linked-set.ts";
import { type ShareItem, WeightedShares } from "./weighted-shares.ts";

export type BandItem = ShareItem;

/** Requests of one priority, fair among shares by their weights, and among the tenants of a share. */
export class FairBand<T extends BandItem> {
  /** Requests that were taken and put back: they are counted already, and go before all others. */
  readonly #returned = new LinkedSet<T>();
  readonly #arrivals = new LinkedSet<T>();
  readonly #shares: WeightedShares<T>;

  /** @param quantumTokens tokens that a tenant may be served in its turn among those of its share */
  constructor(quantumTokens: number) {
    this.#shares = new WeightedShares(quantumTokens);
  }

  get size(): number {
    return this.#arrivals.size + this.#returned.size;
  }

  add(item: T): void {
    this.#shares.add(item);
    this.#arrivals.push(item);
  }

  /** Puts back a request that `take` returned: it is the next to be served, and costs its share and tenant nothing more. */
  putBack(item: T): void {
    this.#returned.push(item);
  }

  /** The request that `take` would return. */
  get next(): T | undefined {
    return this.#returned.first ?? this.#shares.next;
  }

  /** Removes and returns the next request to serve. */
  take(): T | undefined {
    const returned = this.#returned.first;
    if (returned !== undefined) {
      this.#returned.delete(returned);
      return returned;
    }
    const item = this.#shares.take();
    if (item !== undefined) this.#arrivals.delete(item);
    return item;
  }

  /** @returns whether it was in the band */
  delete(item: T): boolean {
    if (this.#returned.delete(item)) return true;
    return this.#shares.delete(item) && this.#arrivals.delete(item);
  }

  /** The newest request of a tenant of a share, without those put back. */
  newestOf(shareId: string, tenant: string): T | undefined {
    return this.#shares.newestOf(shareId, tenant);
  }

  /** From the newest on; those put back at the end. */
  *newestFirst(): Generator<T> {
    yield* this.#arrivals.fromLast();
    yield* this.#returned.fromLast();
  }
}
