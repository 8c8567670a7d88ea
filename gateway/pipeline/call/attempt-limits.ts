import { ClientGone } from "../../core/gateway-error.ts";
import { UpstreamFailure } from "../../core/upstream-failure.ts";
import type { AttemptOptions } from "./attempt.ts";

/**
 * Time limits of one attempt beside those of the whole request, which it follows too: but for a client that has left, where a
 * provider bills its whole response all the same. That is read until `over` is aborted.
 */
export class AttemptLimits {
  /** Aborted with an `UpstreamFailure` of kind `slow`, or with the request's own reason. */
  readonly signal: AbortSignal;
  readonly #whole: AbortSignal;
  readonly #follow: (() => void) | undefined;
  /** Ends a call whose client has left. */
  readonly #over: AbortSignal | undefined;
  readonly #onOver: (() => void) | undefined;
  #firstByte: NodeJS.Timeout | undefined;
  #total: NodeJS.Timeout | undefined;
  /** Whether a time that is over says nothing of the upstream: long output takes long. */
  #isOutput: boolean;

  constructor({ signal, over, generation, lease, firstByteMs }: AttemptOptions) {
    this.#whole = signal;
    this.#isOutput = !generation.stream;
    const { totalMs } = lease.target;
    const limit = generation.stream ? firstByteMs : undefined;
    if (limit === undefined && totalMs === undefined && over === undefined) {
      this.signal = this.#whole;
      return;
    }
    const own = new AbortController();
    this.signal = own.signal;
    const isSlow = () => {
      own.abort(new UpstreamFailure("slow", undefined, { health: this.#isOutput ? "none" : "bad" }));
    };
    if (limit !== undefined) this.#firstByte = setTimeout(isSlow, limit);
    if (totalMs !== undefined) this.#total = setTimeout(isSlow, totalMs);
    this.#over = over;
    this.#onOver = () => own.abort(this.#whole.reason);
    this.#follow = () => {
      const isReadOn = over?.aborted === false && lease.isReadWithoutClient && this.#whole.reason instanceof ClientGone;
      if (!isReadOn) own.abort(this.#whole.reason);
    };
    this.#whole.addEventListener("abort", this.#follow);
    over?.addEventListener("abort", this.#onOver);
  }

  firstByteCame(): void {
    this.#isOutput = true;
    clearTimeout(this.#firstByte);
  }

  /** Whether the client has left and the response is read for its usage alone. */
  get isReadWithoutClient(): boolean {
    return this.#whole.aborted && !this.signal.aborted;
  }

  end(): void {
    clearTimeout(this.#firstByte);
    clearTimeout(this.#total);
    if (this.#follow !== undefined) this.#whole.removeEventListener("abort", this.#follow);
    if (this.#onOver !== undefined) this.#over?.removeEventListener("abort", this.#onOver);
  }
}
