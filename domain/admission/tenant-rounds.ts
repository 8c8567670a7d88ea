import { LinkedSet } from "./linked-set.ts";

export interface RoundItem {
  readonly tenant: string;
  /** Work in tokens, more than 0. */
  readonly tokens: number;
}

/** One tenant's waiting requests. */
interface TenantQueue<T> {
  readonly tenant: string;
  readonly items: LinkedSet<T>;
  /** Tokens that may still be served in its turn. */
  deficit: number;
  /** Whether this turn's quantum is already in `deficit`. */
  hasTurn: boolean;
}

/**
 * Requests, fair among tenants: deficit round robin over tokens (Shreedhar and Varghese, 1995). In turn each tenant may be
 * served `quantumTokens` more; tokens that a too large request leaves unused count in the next turn. Two tenants with
 * waiting requests are served the same tokens, within one quantum and one request, however many or large their requests
 * are. The requests of one tenant are first in, first out.
 */
export class TenantRounds<T extends RoundItem> {
  readonly #quantumTokens: number;
  readonly #queues = new Map<string, TenantQueue<T>>();
  /** Tenants with waiting requests, in the order of their turns. */
  readonly #turns = new LinkedSet<TenantQueue<T>>();

  constructor(quantumTokens: number) {
    this.#quantumTokens = quantumTokens;
  }

  get isEmpty(): boolean {
    return this.#turns.size === 0;
  }

  add(item: T): void {
    let queue = this.#queues.get(item.tenant);
    if (queue === undefined) {
      queue = { tenant: item.tenant, items: new LinkedSet(), deficit: 0, hasTurn: false };
      this.#queues.set(item.tenant, queue);
      this.#turns.push(queue);
    }
    queue.items.push(item);
  }

  /** The request that `take` would return. */
  get next(): T | undefined {
    return this.#turn()?.items.first;
  }

  /** Removes and returns the next request to serve. */
  take(): T | undefined {
    const queue = this.#turn();
    const item = queue?.items.first;
    if (queue === undefined || item === undefined) return undefined;
    queue.deficit -= item.tokens;
    this.#drop(item, queue);
    return item;
  }

  /** @returns whether it was waiting */
  delete(item: T): boolean {
    const queue = this.#queues.get(item.tenant);
    if (queue === undefined || !queue.items.has(item)) return false;
    this.#drop(item, queue);
    return true;
  }

  newestOf(tenant: string): T | undefined {
    return this.#queues.get(tenant)?.items.last;
  }

  /** Passes the turn on until a tenant's turn is large enough for its first request. A second call returns the same tenant. */
  #turn(): TenantQueue<T> | undefined {
    let passed = 0;
    for (let queue = this.#turns.first; queue !== undefined; queue = this.#turns.first) {
      if (!queue.hasTurn) queue.deficit += this.#quantumTokens;
      queue.hasTurn = true;
      if ((queue.items.first?.tokens ?? 0) <= queue.deficit) return queue;
      queue.hasTurn = false;
      this.#turns.push(queue);
      if (++passed === this.#turns.size) this.#skipEmptyRounds();
    }
    return undefined;
  }

  #drop(item: T, queue: TenantQueue<T>): void {
    queue.items.delete(item);
    if (queue.items.size > 0) return;
    // A tenant without waiting requests saves no turns up.
    this.#queues.delete(queue.tenant);
    this.#turns.delete(queue);
  }

  /**
   * A whole round has served no request, so all first requests are larger than their tenants' deficits. Adds all rounds
   * but one that the nearest of them needs, at once: the round that follows serves it.
   */
  #skipEmptyRounds(): void {
    let rounds = Number.POSITIVE_INFINITY;
    for (const { items, deficit } of this.#turns)
      rounds = Math.min(rounds, Math.ceil(((items.first?.tokens ?? 0) - deficit) / this.#quantumTokens));
    for (const queue of this.#turns) queue.deficit += (rounds - 1) * this.#quantumTokens;
  }
}
