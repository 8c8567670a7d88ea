/** An engine's own report, of all gateways' requests together. */
export interface EngineReport {
  /** Milliseconds of the gateway's clock. */
  readonly at: number;
  readonly running: number;
  readonly waiting: number;
  /** From 0 to 1. */
  readonly kvCacheUsage: number;
}

/** A report older than three polls (2 s each) is out of date. */
export const STALE_AFTER_MS = 7000;
/** Seconds added without a fresh report: as much as a queue of some prompts. */
const STALE_SECONDS = 1;
/**
 * Seconds that each request in an engine counts, beside its prompt. A decoding request adds about 0.1 ms to each of the
 * engine's steps (`(36.4 - 12.5) / 255` for Llama-3-8B on an A100, roofline estimate), for some hundred steps. On the
 * replay with decoding (bench/prefix-routing.ts) values from 0 to 8 ms differ by less than 2 %; 4 ms also evens out
 * requests with short prompts and long completions.
 */
export const SEQUENCE_SECONDS = 0.004;
/** Above this share of the KV cache vLLM begins to queue or to preempt requests. */
const KV_FULL = 0.95;
/** Weight of one measurement in the running means. */
const LEARNING = 0.1;
/** Prompts below it measure the fixed cost of a step, not the speed. */
const MIN_MEASURED_TOKENS = 1024;
/** One measurement changes the mean by at most this factor: the prefix may not have been cached as expected. */
const MAX_SURPRISE = 4;

/** A request at an engine. */
export interface RequestInHand {
  /** Milliseconds of the gateway's clock. */
  readonly startedAt: number;
  /** Prompt tokens that the replica must compute for it. */
  readonly uncachedTokens: number;
  readonly isStream: boolean;
  /** Prompt tokens that were before it. */
  readonly aheadTokens: number;
  readonly decodingAtStart: number;
  /** Whether its prompt is not yet computed. Only the replica changes it, like the next field. */
  isQueued: boolean;
  prefilledAt: number;
}

/** One engine for routing: its work and its speed. */
export class Replica {
  /** The same in every gateway, and after a restart. */
  readonly id: string;
  /** Its number in the prefix index. */
  readonly number: number;
  readonly seed: number;
  /** Time of its discovery; milliseconds of the gateway's clock. */
  readonly since: number;
  prefillTokensPerSecond: number;
  /** From a request's first token to its end. */
  #meanDecodeSeconds = 5;
  #meanUncachedTokens = 512;
  #report: EngineReport | undefined;
  #ownAtReport = 0;
  /** Requests whose prompt it computes, in the order of sending; those before `#head` are done. */
  readonly #queue: RequestInHand[] = [];
  #head = 0;
  #pendingTokens = 0;
  #prefilling = 0;
  #decoding = 0;
  /** Estimated time at which it began to work on the first of them. */
  #workingSince = 0;

  constructor(options: { id: string; number: number; seed: number; since: number; prefillTokensPerSecond: number }) {
    this.id = options.id;
    this.number = options.number;
    this.seed = options.seed;
    this.since = options.since;
    this.prefillTokensPerSecond = options.prefillTokensPerSecond;
  }

  /** This gateway's requests that it has not finished. */
  get inFlight(): number {
    return this.#prefilling + this.#decoding;
  }

  get decoding(): number {
    return this.#decoding;
  }

  report(report: EngineReport): void {
    this.#report = report;
    this.#ownAtReport = this.inFlight;
  }

  /** This gateway's prompt tokens that it has not computed, less those that it must have computed since the last first token. */
  pendingTokens(now: number): number {
    for (;;) {
      const head = this.#queue[this.#head];
      if (head === undefined) return 0;
      const done = (Math.max(0, now - this.#workingSince) / 1000) * this.prefillTokensPerSecond;
      if (done < head.uncachedTokens || head.isStream) return this.#pendingTokens - Math.min(done, head.uncachedTokens);
      // The first token of a response that is not streamed can't be observed.
      const seconds = head.uncachedTokens / this.prefillTokensPerSecond;
      this.prefilled(head, this.#workingSince + seconds * 1000);
    }
  }

  /** Predicted seconds from now to the first token of a request with so many tokens to compute. */
  predictSeconds(uncachedTokens: number, now: number): number {
    const report = this.#report;
    const isFresh = report !== undefined && now - report.at <= STALE_AFTER_MS;
    const others = isFresh ? Math.max(0, report.running + report.waiting - this.#ownAtReport) : 0;
    const othersWaiting = isFresh ? Math.min(others, report.waiting) : 0;
    const tokens = this.pendingTokens(now) + othersWaiting * this.#meanUncachedTokens + uncachedTokens;
    let seconds = tokens / this.prefillTokensPerSecond + (this.inFlight + others) * SEQUENCE_SECONDS;
    if (!isFresh) seconds += STALE_SECONDS;
    // Every slot is in use: one becomes free when a decoding request ends.
    else if (report.waiting > 0 && report.kvCacheUsage >= KV_FULL)
      seconds += ((report.waiting + 1) * this.#meanDecodeSeconds) / Math.max(1, report.running);
    return seconds;
  }

  /** A request was sent. */
  started(request: RequestInHand): void {
    if (this.#prefilling === 0) this.#workingSince = request.startedAt;
    this.#queue.push(request);
    this.#prefilling++;
    this.#pendingTokens += request.uncachedTokens;
    this.#meanUncachedTokens += LEARNING * (request.uncachedTokens - this.#meanUncachedTokens);
  }

  /** Its prompt is computed: the first token has arrived, or should have. */
  prefilled(request: RequestInHand, at: number): void {
    if (!this.#leaveQueue(request)) return;
    this.#decoding++;
    this.#workingSince = Math.max(this.#workingSince, at);
    request.prefilledAt = at;
  }

  /** Updates the means by the measured time of a first token. */
  measured(request: RequestInHand, now: number): void {
    const tokens = request.aheadTokens + request.uncachedTokens;
    const seconds = (now - request.startedAt) / 1000 - request.decodingAtStart * SEQUENCE_SECONDS;
    if (tokens < MIN_MEASURED_TOKENS || seconds <= 0) return;
    const known = this.prefillTokensPerSecond;
    const seen = Math.min(Math.max(tokens / seconds, known / MAX_SURPRISE), known * MAX_SURPRISE);
    this.prefillTokensPerSecond = known + LEARNING * (seen - known);
  }

  /** Its response is complete, or its client has disconnected. */
  ended(request: RequestInHand, now: number): void {
    if (this.#leaveQueue(request)) {
      this.#workingSince = Math.max(this.#workingSince, now);
      return;
    }
    this.#decoding--;
    const seconds = (now - request.prefilledAt) / 1000;
    if (seconds > 0) this.#meanDecodeSeconds += LEARNING * (seconds - this.#meanDecodeSeconds);
  }

  /** @returns false if it was not in the queue any more */
  #leaveQueue(request: RequestInHand): boolean {
    if (!request.isQueued) return false;
    request.isQueued = false;
    this.#prefilling--;
    this.#pendingTokens -= request.uncachedTokens;
    while (this.#head < this.#queue.length && this.#queue[this.#head]?.isQueued === false) this.#head++;
    // As many moves as there were additions, at most.
    if (this.#head > 32 && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return true;
  }
}
