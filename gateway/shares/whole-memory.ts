import { GatewayError } from "../core/gateway-error.ts";
import { ByteBudget, type ByteHolder, HeldBytes } from "./byte-budget.ts";

/**
 * Bytes of all whole responses that one thread reads at a time: the largest one that is read at all, or 32 of the largest that
 * are parsed. Beyond it, the one that has the most ends.
 */
const MAX_WHOLES_BYTES = 256 * 1024 * 1024;

/** What the whole responses hold that one thread reads at a time. */
export class WholeMemory {
  readonly #budget: ByteBudget;

  /** @param limitBytes of all together. @default 268435456 */
  constructor(limitBytes = MAX_WHOLES_BYTES) {
    this.#budget = new ByteBudget(limitBytes);
  }

  /** Bytes held by all. */
  get total(): number {
    return this.#budget.total;
  }

  /** @param onFull called once, when this response has to end for the others, with the error of its caller */
  open(onFull: (error: GatewayError) => void): WholeHold {
    return new WholeHold(this.#budget, onFull);
  }
}

/** What one whole response holds while it is read. */
export class WholeHold implements ByteHolder {
  readonly held = new HeldBytes();
  readonly #budget: ByteBudget;
  readonly #onFull: (error: GatewayError) => void;
  #isOver = false;

  constructor(budget: ByteBudget, onFull: (error: GatewayError) => void) {
    this.#budget = budget;
    this.#onFull = onFull;
  }

  /** So many more bytes have come. May end this response, or another one. */
  add(bytes: number): void {
    if (!this.#isOver) this.#budget.hold(this, bytes);
  }

  evict(): void {
    this.end();
    this.#onFull(
      new GatewayError("upstream_error", {
        message:
          "The responses that the gateway reads at this time are too large together. Send the request again after some seconds, or request less output.",
      }),
    );
  }

  /** The response is read, or given up. */
  end(): void {
    this.#isOver = true;
    this.#budget.forget(this);
  }
}
