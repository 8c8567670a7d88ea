import { LRUCache } from "lru-cache";
import { leastOf } from "./limit-amounts.ts";
import type { LimitCounter, LimitRefusal } from "./limit-store.ts";

/** Exhausted counters that a thread knows of at once. */
export const MAX_EXHAUSTED = 10_000;

interface Exhausted {
  readonly max: number;
  /** The most that can be left before the window ends, whatever is settled. */
  readonly most: number;
  /** When the window ends, by the clock of this process. */
  readonly until: number;
}

/** Counters of which too little can be left until their window ends, so that no request need ask the store. */
export class ExhaustedCounters {
  readonly #known = new LRUCache<string, Exhausted>({ max: MAX_EXHAUSTED });

  /** @param settled the part of what is counted that can't become less */
  add(counter: LimitCounter, settled: number, until: number): void {
    const most = Math.max(0, counter.max - settled);
    if (counter.windowSeconds > 0 && most < leastOf(counter)) {
      this.#known.set(keyOf(counter), { max: counter.max, most, until });
    }
  }

  /** Why a request is refused, if one of its counters is exhausted. */
  refusal(counters: readonly LimitCounter[], now: number): LimitRefusal | undefined {
    if (this.#known.size === 0) return undefined;
    for (const [index, counter] of counters.entries()) {
      const key = keyOf(counter);
      const known = this.#known.get(key);
      if (known === undefined) continue;
      if (known.until <= now) this.#known.delete(key);
      else if (known.max === counter.max && known.most < leastOf(counter)) {
        return { isGranted: false, counter: index, left: known.most, resetMs: Math.ceil(known.until - now) };
      }
    }
    return undefined;
  }
}

function keyOf({ name, windowSeconds }: LimitCounter): string {
  return `${name} ${windowSeconds}`;
}
