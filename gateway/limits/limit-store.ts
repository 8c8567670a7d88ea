/** One counter that a request is counted in. All amounts are integers. */
export interface LimitCounter {
  /** Name of the limit, the same in all gateways: e.g. `project:proj_1:tokens`. The counters of a request differ in name or window. */
  readonly name: string;
  readonly max: number;
  /** What the request may use at most. */
  readonly amount: number;
  /**
   * What it takes where less than `amount` is left: at least this much, else it is refused. What is in progress is granted
   * whole or not at all. @default - `amount`
   */
  readonly least?: number | undefined;
  /** Length of the window in seconds, which begin at multiples of it since 1970; 0 counts what is in progress now. */
  readonly windowSeconds: number;
}

/** What a request was granted; each is of the counter at the same index. */
export interface LimitGrant {
  readonly isGranted: true;
  readonly amounts: readonly number[];
  /** Of each counter, what is left of its `max` after this request. */
  readonly left: readonly number[];
  /** Milliseconds until each window ends; 0 for what is in progress. */
  readonly resetMs: readonly number[];
  /** Counts what was used in the place of what was granted, and ends what is in progress. A second call does nothing. Never rejects. */
  settle(used: readonly number[]): void;
}

/** Why a request was refused: nothing is counted then. */
export interface LimitRefusal {
  readonly isGranted: false;
  /** Index of the counter that has too little left; of several, the one whose window ends last. */
  readonly counter: number;
  readonly left: number;
  readonly resetMs: number;
}

/** Counts the use of windows of at most an hour, and requests in progress, for all gateways together. */
export interface LimitStore {
  /**
   * Counts the request in all counters or in none, in one step.
   * @param leaseMs after which a request that was never settled (its process is gone) no longer counts as in progress
   * @returns undefined when the store can't be reached in time
   */
  reserve(counters: readonly LimitCounter[], leaseMs: number): Promise<LimitGrant | LimitRefusal | undefined>;
  /** Ends its connections and timers. */
  close(): Promise<void>;
}
