import { settledAmount } from "./limit-amounts.ts";

/** How one counter of a request is settled. */
interface Settlement {
  readonly key: string;
  readonly lease: string;
  /** When the counter began, by the server, in microseconds since 1970; 0 for what is in progress. */
  readonly began: number;
  readonly granted: number;
  readonly used: number;
  /** When it needs no settling any more, by the clock of this process. */
  readonly endsAt: number;
}

/** A counter of which a request was granted something. */
export interface GrantedCounter extends Pick<Settlement, "key" | "lease" | "began" | "granted" | "endsAt"> {}

/** Settlements that wait while the store can't be reached; beyond it the oldest is dropped, and its lease expires. */
export const MAX_SETTLEMENTS = 20_000;
/** Of one call: well under a millisecond of the server. */
export const MAX_SETTLED_AT_ONCE = 200;

/** What is to be settled in the store, in the order in which it came. */
export class Settlements {
  #waiting: Settlement[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  add(counters: readonly GrantedCounter[], used: readonly number[]): void {
    for (const [index, counter] of counters.entries()) {
      this.#push({ ...counter, used: settledAmount(used[index], counter.granted) });
    }
  }

  /** The oldest ones, which are no longer waiting then; of windows that are over, those that used more than they were granted. @param now by the clock of this process */
  take(now: number): readonly Settlement[] {
    const taken = this.#waiting.slice(0, MAX_SETTLED_AT_ONCE);
    this.#waiting = this.#waiting.slice(MAX_SETTLED_AT_ONCE);
    return taken.filter(({ endsAt, used, granted }) => endsAt > now || used > granted);
  }

  /** They were not carried out. */
  putBack(settlements: readonly Settlement[]): void {
    this.#waiting = [...settlements, ...this.#waiting].slice(-MAX_SETTLEMENTS);
  }

  /** Some may be carried out: ending a lease twice is harmless, counting what was used twice is not. */
  putBackUncertain(settlements: readonly Settlement[]): void {
    this.putBack(settlements.filter(({ began }) => began === 0));
  }

  #push(settlement: Settlement): void {
    this.#waiting.push(settlement);
    if (this.#waiting.length > MAX_SETTLEMENTS) this.#waiting.shift();
  }
}

/** Keys and arguments of the function that settles. */
export function settleArguments(settlements: readonly Settlement[]): (string | number)[] {
  return [
    settlements.length,
    ...settlements.map(({ key }) => key),
    ...settlements.flatMap(({ lease, began, granted, used }) => [lease, began, granted, used]),
  ];
}
