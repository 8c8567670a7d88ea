/** Why a call is ended: another call of the same request was faster. */
export class HedgedAway extends Error {
  constructor() {
    super("another call was faster");
    this.name = "HedgedAway";
  }
}

/** Resolves with `undefined` when it failed and another one may do better; rejects when the request is over with it. */
export type RacingCall<T> = (signal: AbortSignal) => Promise<T | undefined>;

export interface HedgeOptions<T> {
  /** Milliseconds without a response of the first call after which the second one starts. */
  readonly afterMs: number;
  /** The request's own abort: ends both. */
  readonly whole: AbortSignal;
  /** Started at once, before anything is waited for. */
  readonly first: RacingCall<T>;
  /** @returns the call to race against; `undefined` when there is none */
  readonly second: () => RacingCall<T> | undefined;
  /** Ends a response that came too late. */
  readonly discard: (late: T) => void;
}

const LATE = Symbol("late");
const FAILED = Symbol("failed");

/**
 * Runs the first call, and a second one beside it when the first is slow. The first response wins and the other call is
 * aborted with `HedgedAway`; while one of them runs, a failure of the other does not end the request.
 * @returns the response; `undefined` when no call has one and none has ended the request
 * @throws what the first call threw, else the second
 */
export async function hedge<T>({ afterMs, whole, first, second, discard }: HedgeOptions<T>): Promise<T | undefined> {
  const leader = new Runner(first, whole);
  const late = Promise.withResolvers<typeof LATE>();
  const timer = setTimeout(late.resolve, afterMs, LATE);
  const early = await Promise.race([leader.result, late.promise]).finally(() => clearTimeout(timer));
  if (early !== LATE) return early;
  const call = whole.aborted ? undefined : second();
  if (call === undefined) return await leader.result;
  const runners = [leader, new Runner(call, whole)];
  try {
    const winner = await Promise.any(runners.map((runner) => runner.settled()));
    for (const runner of runners) if (runner !== winner.runner) runner.cancel(discard);
    return winner.value;
  } catch (error) {
    const reasons: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    const ended = reasons.find((reason) => reason !== FAILED);
    if (ended === undefined) return undefined;
    throw ended;
  }
}

/** One of the calls that race. */
class Runner<T> {
  readonly result: Promise<T | undefined>;
  readonly #own = new AbortController();

  constructor(call: RacingCall<T>, whole: AbortSignal) {
    this.result = call(AbortSignal.any([whole, this.#own.signal]));
  }

  /** Rejects with `FAILED`, or with what ended the request. */
  async settled(): Promise<{ readonly runner: Runner<T>; readonly value: T }> {
    const value = await this.result;
    if (value === undefined) throw FAILED;
    return { runner: this, value };
  }

  cancel(discard: (late: T) => void): void {
    this.#own.abort(new HedgedAway());
    const discardLate = (value: T | undefined) => value !== undefined && discard(value);
    this.result.then(discardLate, () => undefined); // a failure was settled by the call itself
  }
}
