import { UpstreamFailure } from "../../core/upstream-failure.ts";
import type { AttemptOptions } from "./attempt.ts";

/** Time limits of one attempt beside those of the whole request, which it follows too. */
export class AttemptLimits {
  /** Aborted with an `UpstreamFailure` of kind `slow`, or with the request's own reason. */
  readonly signal: AbortSignal;
  readonly #whole: AbortSignal;
  readonly #follow: (() => void) | undefined;
  #firstByte: NodeJS.Timeout | undefined;
  #total: NodeJS.Timeout | undefined;
  /** Whether a time that is over says nothing of the upstream: long output takes long. */
  #isOutput: boolean;

  constructor({ signal, generation, lease, firstByteMs }: AttemptOptions) {
    this.#whole = signal;
    this.#isOutput = !generation.stream;
    const { totalMs } = lease.target;
    const limit = generation.stream ? firstByteMs : undefined;
    if (limit === undefined && totalMs === undefined) {
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
    this.#follow = () => own.abort(this.#whole.reason);
    this.#whole.addEventListener("abort", this.#follow);
  }

  firstByteCame(): void {
    this.#isOutput = true;
    clearTimeout(this.#firstByte);
  }

  end(): void {
    clearTimeout(this.#firstByte);
    clearTimeout(this.#total);
    if (this.#follow !== undefined) this.#whole.removeEventListener("abort", this.#follow);
  }
}
