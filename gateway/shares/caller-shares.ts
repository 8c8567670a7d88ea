export interface CallerSharesOptions {
  /** Held at once by all callers. */
  readonly most: number;
  /** Of these by one caller. */
  readonly mostPerCaller: number;
}

/** Why a caller gets none: all are taken, or its own share is. */
export type NoShare = "all" | "caller";

/** What callers hold at once and of which there are only so many: no caller can take all of it. */
export class CallerShares {
  readonly #options: CallerSharesOptions;
  readonly #held = new Map<string, number>();
  #total = 0;

  constructor(options: CallerSharesOptions) {
    this.#options = options;
  }

  /** Held by all. */
  get total(): number {
    return this.#total;
  }

  /** @returns what gives the share back, once however often it is called; or why there is none */
  take(caller: string): (() => void) | NoShare {
    const own = this.#held.get(caller) ?? 0;
    if (own >= this.#options.mostPerCaller) return "caller";
    if (this.#total >= this.#options.most) return "all";
    this.#held.set(caller, own + 1);
    this.#total++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#total--;
      const left = (this.#held.get(caller) ?? 1) - 1;
      if (left === 0) this.#held.delete(caller);
      else this.#held.set(caller, left);
    };
  }
}
