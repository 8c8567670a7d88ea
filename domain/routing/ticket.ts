import type { Replica, RequestInHand } from "./replica.ts";

export interface TicketOptions {
  readonly replica: Replica;
  /** Milliseconds of the gateway's clock. */
  readonly startedAt: number;
  /** Prompt tokens that the replica must compute for it. */
  readonly uncachedTokens: number;
  /** Whether `firstToken` will be called: the moment can be observed in a stream only. */
  readonly isStream: boolean;
}

/** One request at a replica. Call `end` once it is over, whatever the reason. */
export class Ticket implements RequestInHand {
  readonly startedAt: number;
  readonly uncachedTokens: number;
  readonly isStream: boolean;
  readonly aheadTokens: number;
  readonly decodingAtStart: number;
  isQueued = true;
  prefilledAt = 0;
  readonly #replica: Replica;
  #isOver = false;

  constructor({ replica, startedAt, uncachedTokens, isStream }: TicketOptions) {
    this.#replica = replica;
    this.startedAt = startedAt;
    this.uncachedTokens = uncachedTokens;
    this.isStream = isStream;
    this.aheadTokens = replica.pendingTokens(startedAt);
    this.decodingAtStart = replica.decoding;
    replica.started(this);
  }

  /** The first byte of the response has arrived. */
  firstToken(now: number): void {
    if (this.#isOver || !this.isQueued) return;
    this.#replica.measured(this, now);
    this.#replica.prefilled(this, now);
  }

  /** The response is complete, interrupted, or not needed any more. A second call does nothing. */
  end(now: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#replica.ended(this, now);
  }
}
