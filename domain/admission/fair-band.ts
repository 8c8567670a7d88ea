import { LinkedSet } from "./linked-set.ts";

export interface BandItem {
  readonly tenant: string;
  /** Work in tokens, more than 0. */
  readonly tokens: number;
}

/** What one tenant has waiting. */
interface Line<T> {
  readonly tenant: string;
  readonly items: LinkedSet<T>;
  /** Tokens that it may still be served in its turn. */
  deficit: number;
  /** Whether this turn's quantum is already in `deficit`. */
  hasTurn: boolean;
}

/**
 * Requests of one priority, fair among tenants: deficit round robin over tokens (Shreedhar and Varghese, 1995). In turn
 * each tenant may be served `quantumTokens` more, and what a too large request leaves of it is kept for the next turn.
 * Two tenants that both have requests waiting were served the same tokens, give or take one quantum and one request,
 * however many or large their requests are. Inside a tenant, first come, first served.
 */
export class FairBand<T extends BandItem> {
  readonly #quantumTokens: number;
  /** Served once already and put back: they have paid, and go before all others. */
  readonly #returned = new LinkedSet<T>();
  readonly #arrivals = new LinkedSet<T>();
  readonly #lines = new Map<string, Line<T>>();
  /** Tenants with something waiting, in the order of their turns. */
  readonly #turns = new LinkedSet<Line<T>>();

  constructor(quantumTokens: number) {
    this.#quantumTokens = quantumTokens;
  }

  get size(): number {
    return this.#arrivals.size + this.#returned.size;
  }

  add(item: T): void {
    let line = this.#lines.get(item.tenant);
    if (line === undefined) {
      line = { tenant: item.tenant, items: new LinkedSet(), deficit: 0, hasTurn: false };
      this.#lines.set(item.tenant, line);
      this.#turns.push(line);
    }
    line.items.push(item);
    this.#arrivals.push(item);
  }

  /** Takes back what `take` gave out: it is the next to be served, and costs its tenant nothing more. */
  putBack(item: T): void {
    this.#returned.push(item);
  }

  /** The request that `take` would take out. */
  get next(): T | undefined {
    return this.#returned.first ?? this.#turn()?.items.first;
  }

  /** Takes out the next request to serve. */
  take(): T | undefined {
    const returned = this.#returned.first;
    if (returned !== undefined) {
      this.#returned.delete(returned);
      return returned;
    }
    const line = this.#turn();
    const item = line?.items.first;
    if (line === undefined || item === undefined) return undefined;
    line.deficit -= item.tokens;
    this.#drop(item, line);
    return item;
  }

  /** @returns whether it was waiting here */
  delete(item: T): boolean {
    if (this.#returned.delete(item)) return true;
    const line = this.#lines.get(item.tenant);
    if (line === undefined || !line.items.has(item)) return false;
    this.#drop(item, line);
    return true;
  }

  /** The request of a tenant that came last, those put back left out. */
  newestOf(tenant: string): T | undefined {
    return this.#lines.get(tenant)?.items.last;
  }

  /** From the one that came last; those put back at the very end. */
  *newestFirst(): Generator<T> {
    yield* this.#arrivals.fromLast();
    yield* this.#returned.fromLast();
  }

  /** Gives turns until one is large enough for its tenant's first request. Asked again, it is the same tenant's. */
  #turn(): Line<T> | undefined {
    let passed = 0;
    for (let line = this.#turns.first; line !== undefined; line = this.#turns.first) {
      if (!line.hasTurn) line.deficit += this.#quantumTokens;
      line.hasTurn = true;
      if ((line.items.first?.tokens ?? 0) <= line.deficit) return line;
      line.hasTurn = false;
      this.#turns.push(line);
      if (++passed === this.#turns.size) this.#skipEmptyRounds();
    }
    return undefined;
  }

  #drop(item: T, line: Line<T>): void {
    this.#arrivals.delete(item);
    line.items.delete(item);
    if (line.items.size > 0) return;
    // Who has nothing waiting saves nothing up.
    this.#lines.delete(line.tenant);
    this.#turns.delete(line);
  }

  /**
   * A whole round has served nobody, so all requests in front are larger than what their tenants may be served. Gives
   * everyone, at once, the rounds that the nearest of them needs less one: the round that follows serves it.
   */
  #skipEmptyRounds(): void {
    let rounds = Number.POSITIVE_INFINITY;
    for (const { items, deficit } of this.#turns)
      rounds = Math.min(rounds, Math.ceil(((items.first?.tokens ?? 0) - deficit) / this.#quantumTokens));
    for (const line of this.#turns) line.deficit += (rounds - 1) * this.#quantumTokens;
  }
}
