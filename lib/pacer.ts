import { setImmediate as nextTurn } from "node:timers/promises";

/** Work between two turns, in bytes of text that is read and looked at: well under a millisecond. */
const UNITS_PER_TURN = 64 * 1024;

/** Lets the thread's other work run between the pieces of a long loop over bytes from outside. */
export class Pacer {
  readonly #perTurn: number;
  #spent = 0;

  /** @param perTurn units of work between two turns of the event loop; @default 65536 */
  constructor(perTurn = UNITS_PER_TURN) {
    this.#perTurn = perTurn;
  }

  /**
   * @param units of work that were done since the last call
   * @returns what to wait for before the next piece, or `undefined` when the thread may go on
   */
  spend(units: number): Promise<void> | undefined {
    this.#spent += units;
    if (this.#spent < this.#perTurn) return undefined;
    this.#spent = 0;
    return nextTurn();
  }
}
