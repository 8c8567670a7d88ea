import type { CallerSharesOptions, NoShare } from "./caller-shares.ts";

/** A share that is held. */
export interface Transfer {
  /** Bytes have come or gone. */
  progressed(): void;
  /** It is over. May be called more than once, and after it has given way. */
  end(): void;
}

/**
 * Slots for transfers that last as long as their clients like. While all are taken, a caller that has fewer than another takes
 * one of that other's: of the caller with the most, the transfer without a byte for the longest time gives way. So a
 * caller below its fair share always gets a slot, whatever clients do, and no two take slots from each other in turn.
 */
export class TransferShares {
  readonly #options: CallerSharesOptions;
  /** By caller; the one that progressed last is the last. */
  readonly #held = new Map<string, Set<HeldTransfer>>();
  #total = 0;

  constructor(options: CallerSharesOptions) {
    this.#options = options;
  }

  /** Held by all. */
  get total(): number {
    return this.#total;
  }

  /**
   * @param giveWay called at most once, when the slot is another's from now on
   * @returns why there is none where there is none: `caller` for its own share, `all` when nobody has more than it would have
   */
  take(caller: string, giveWay: () => void): Transfer | NoShare {
    const own = this.#held.get(caller)?.size ?? 0;
    if (own >= this.#options.mostPerCaller) return "caller";
    if (this.#total >= this.#options.most && !this.#evictFor(own + 1)) return "all";
    const transfer = { caller, giveWay };
    const transfers = this.#held.get(caller) ?? new Set();
    this.#held.set(caller, transfers.add(transfer));
    this.#total++;
    return {
      progressed: () => {
        if (transfers.delete(transfer)) transfers.add(transfer);
      },
      end: () => void this.#remove(transfer),
    };
  }

  /** @param wanted how many the caller would have, for which one with more gives way */
  #evictFor(wanted: number): boolean {
    const [most] = [...this.#held.values()].sort((one, other) => other.size - one.size);
    const [idle] = most ?? [];
    if (most === undefined || idle === undefined || most.size <= wanted) return false;
    this.#remove(idle);
    idle.giveWay();
    return true;
  }

  #remove(transfer: HeldTransfer): void {
    const transfers = this.#held.get(transfer.caller);
    if (transfers?.delete(transfer) !== true) return;
    this.#total--;
    if (transfers.size === 0) this.#held.delete(transfer.caller);
  }
}

interface HeldTransfer {
  readonly caller: string;
  readonly giveWay: () => void;
}
