/** Spend stored outside this process. Rejects when it can't be reached. */
export interface SpendStore {
  /**
   * Adds to a month's sum of a provider. An amount below 0 returns money that was not needed; it is sent once at most,
   * as one that arrives twice would return money that was spent.
   * @param limitUsd what the sum may be at most before. @default - anything
   * @returns the sum of all gateways in dollars; `undefined` when it was over the limit, and nothing was added
   */
  add(provider: string, month: string, usd: number, limitUsd?: number): Promise<number | undefined>;
}

/** Money for one request, reserved until the request is settled. */
export interface Reservation {
  /** Whether the money is drawn, so that a killed process has counted it. */
  readonly isFunded: boolean;
  /** Draws the money. Never rejects. @returns false when it would be over the cap */
  fund(): Promise<boolean>;
  /** Returns the money and counts what was spent in its stead. A second call does nothing. */
  settle(spentUsd: number): void;
}

export interface SpendAccountOptions {
  readonly provider: string;
  /** E.g. `2026-11`. */
  readonly month: string;
  /** @default - spend is this process's own */
  readonly store?: SpendStore | undefined;
  /** Called when the store fails that was reachable before. */
  readonly onProblem?: ((problem: string) => void) | undefined;
}

/** A draw is for some further requests as well, so that not each of them waits for the store. */
const REQUESTS_PER_DRAW = 8;
/** Of the cap, what a draw for further requests is at most: so much a killed thread may leave counted and unspent. */
const SHARE_OF_CAP = 1 / 200;
/** The store's smallest amount: DynamoDB has 38 digits, and what is below a billionth is noise of the sum. */
const DIGITS = 9;
/** What arithmetic with doubles may add to a sum of dollars. */
const NOISE = 1e-12;

/**
 * One provider's money in one month, as this thread knows it. Money is drawn from the store's sum before it is spent, and
 * what was not needed is returned: a process that is killed has counted all that its requests may cost.
 */
export class SpendAccount {
  readonly month: string;
  readonly #options: SpendAccountOptions;
  /** The store's sum after the last write: what all gateways have spent, and what they have drawn ahead. */
  #counted = 0;
  /** Drawn, and neither spent nor reserved. Below 0: spent or reserved, and not yet in the store's sum. */
  #free = 0;
  #reserved = 0;
  /** Of requests that wait for a draw. */
  #waiting = 0;
  #isKnown: boolean;
  #isReachable = true;
  /** One write at a time: the sum of a later one is the newer one. */
  #lastWrite: Promise<void> = Promise.resolve();
  #isWriteDue = false;

  constructor(options: SpendAccountOptions) {
    this.#options = options;
    this.month = options.month;
    this.#isKnown = options.store === undefined;
  }

  /** Dollars that are spent, as far as they are known here; what other gateways have drawn ahead is among them. */
  get spentUsd(): number {
    return this.#counted - this.#free - this.#reserved;
  }

  /**
   * Whether a response of at most `usd` fits under the cap; `null` is no cap. Under a cap nothing is spent before the
   * month's sum was read once.
   */
  hasRoom(capUsd: number | null, usd: number): boolean {
    if (capUsd === null) return true;
    if (!this.#isReachable && !this.#isKnown) return false;
    return this.#counted <= limitOf(capUsd, this.#shortfall(usd + this.#waiting));
  }

  /** Dollars that are not spent under a cap, and those of them that are set aside; `undefined` while the sum is not known. */
  left(capUsd: number): { readonly usd: number; readonly reservedUsd: number } | undefined {
    if (!this.#isReachable && !this.#isKnown) return undefined;
    return { usd: Math.max(0, capUsd - this.spentUsd), reservedUsd: this.#reserved + this.#waiting };
  }

  reserve(usd: number, capUsd: number | null, spend: (usd: number) => void): Reservation {
    const open = new OpenReservation(usd, capUsd);
    if (this.#canTake(open)) this.#take(open);
    else this.#waiting += usd;
    return {
      get isFunded() {
        return open.isFunded;
      },
      fund: async () => {
        if (!open.isFunded) await this.#inTurn(() => this.#fund(open));
        return open.isFunded;
      },
      settle: (spentUsd) => {
        if (!this.#return(open)) return;
        spend(spentUsd);
      },
    };
  }

  /** Counts dollars; those that were not drawn are written soon. */
  spend(usd: number): void {
    this.#free -= usd;
    if (this.#free >= 0 || this.#isWriteDue || !this.#isReachable || this.#options.store === undefined) return;
    this.#isWriteDue = true;
    void this.#inTurn(() => this.#writeOwed());
  }

  /** Returns what was drawn and is not needed now, writes what is owed, and reads the sum. Never rejects. */
  async flush(): Promise<void> {
    await this.#inTurn(async () => {
      const rest = Math.max(0, this.#free - this.#waiting);
      const returned = roundedDown(rest);
      if (returned <= 0) return await this.#writeOwed();
      this.#free -= returned;
      this.#counted -= returned;
      const sum = await this.#add(-returned);
      // Whether it has arrived is not known, and it must not be sent again: it stays counted.
      this.#counted = sum ?? this.#counted + returned;
    });
  }

  async #writeOwed(): Promise<void> {
    this.#isWriteDue = false;
    const owed = rounded(Math.max(0, -this.#free));
    this.#free += owed;
    this.#counted += owed;
    const sum = await this.#add(owed);
    if (sum !== undefined) this.#counted = sum;
    else {
      this.#free -= owed;
      this.#counted -= owed;
    }
  }

  async #fund(open: OpenReservation): Promise<void> {
    if (open.isFunded || open.isSettled) return;
    if (!this.#canTake(open)) await this.#draw(open);
    if (open.isSettled || !this.#canTake(open)) return;
    this.#waiting -= open.usd;
    this.#take(open);
  }

  /** Draws for this request, and where the cap has room also for those behind it and for some more. */
  async #draw({ usd, capUsd }: OpenReservation): Promise<void> {
    const needed = this.#shortfall(usd);
    const all = this.#shortfall(this.#waiting);
    const ahead = Math.min(REQUESTS_PER_DRAW * all, capUsd === null ? Number.POSITIVE_INFINITY : capUsd * SHARE_OF_CAP);
    for (const amount of new Set([rounded(all + ahead), all, needed])) {
      const limit = capUsd === null ? undefined : limitOf(capUsd, amount);
      // The sum may have fallen since it was read, so the least amount is tried in any case.
      if (limit !== undefined && this.#counted > limit && amount !== needed) continue;
      const sum = await this.#add(amount, limit);
      if (sum !== undefined) {
        this.#counted = sum;
        this.#free += amount;
        return;
      }
      if (!this.#isReachable) return;
    }
    this.#counted = (await this.#add(0)) ?? this.#counted;
  }

  /** What would have to be drawn for so many dollars. */
  #shortfall(usd: number): number {
    return rounded(usd - this.#free);
  }

  /** Whether the money is drawn; where the store fails, whether the request may go on without. */
  #canTake({ usd, capUsd }: OpenReservation): boolean {
    if (this.#options.store === undefined || usd <= this.#free + NOISE) return true;
    return !this.#isReachable && (this.#isKnown || capUsd === null);
  }

  #take(open: OpenReservation): void {
    open.isFunded = true;
    this.#free -= open.usd;
    this.#reserved += open.usd;
  }

  /** @returns false when that was done before */
  #return(open: OpenReservation): boolean {
    if (open.isSettled) return false;
    open.isSettled = true;
    if (open.isFunded) {
      this.#reserved = Math.max(0, this.#reserved - open.usd);
      this.#free += open.usd;
    } else this.#waiting = Math.max(0, this.#waiting - open.usd);
    return true;
  }

  /** @returns the sum; `undefined` when it is over the limit, or the store can't be reached */
  async #add(usd: number, limitUsd?: number): Promise<number | undefined> {
    const { store, provider, month, onProblem } = this.#options;
    if (store === undefined) return undefined;
    try {
      const sum = await store.add(provider, month, usd, limitUsd);
      if (sum !== undefined && (!Number.isFinite(sum) || sum < 0))
        throw new RangeError("the store's sum is no number of dollars");
      this.#isReachable = true;
      this.#isKnown = true;
      return sum;
    } catch (error) {
      if (this.#isReachable) onProblem?.(error instanceof Error ? error.name : "unknown error");
      this.#isReachable = false;
      return undefined;
    }
  }

  #inTurn(write: () => Promise<void>): Promise<void> {
    this.#lastWrite = this.#lastWrite.then(write);
    return this.#lastWrite;
  }
}

class OpenReservation {
  readonly usd: number;
  readonly capUsd: number | null;
  isFunded = false;
  isSettled = false;

  constructor(usd: number, capUsd: number | null) {
    this.usd = usd;
    this.capUsd = capUsd;
  }
}

/** The sum to which so many dollars may be added under a cap. */
function limitOf(capUsd: number, usd: number): number {
  return Number((capUsd - usd).toFixed(DIGITS));
}

/** Upwards, so that no more is spent than was drawn; but what arithmetic has added is not rounded up. */
function rounded(usd: number): number {
  return Math.ceil((usd - NOISE) * 10 ** DIGITS) / 10 ** DIGITS;
}

function roundedDown(usd: number): number {
  return Math.floor((usd + NOISE) * 10 ** DIGITS) / 10 ** DIGITS;
}
