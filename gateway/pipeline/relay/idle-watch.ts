export interface IdleWatchOptions {
  readonly idleMs: number;
  /** Milliseconds of the gateway's clock. */
  readonly now: () => number;
  /** Nothing has happened for `idleMs`. May not throw. */
  readonly onIdle: () => void;
}

/** Looks for the silence of a stream. A timer that each event set back would cost more than the event. */
export class IdleWatch {
  readonly #options: IdleWatchOptions;
  #lastActiveAt: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: IdleWatchOptions) {
    this.#options = options;
    this.#lastActiveAt = options.now();
    this.#schedule(options.idleMs);
  }

  /** When something happened last, in milliseconds of the gateway's clock. */
  get lastActiveAt(): number {
    return this.#lastActiveAt;
  }

  /** Something happened. */
  active(): void {
    this.#lastActiveAt = this.#options.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(milliseconds: number): void {
    const { idleMs, now, onIdle } = this.#options;
    this.#timer = setTimeout(() => {
      const left = idleMs - (now() - this.#lastActiveAt);
      if (left > 0) this.#schedule(left);
      else onIdle();
    }, milliseconds);
  }
}
