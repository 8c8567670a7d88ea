/**
 * Finds stop strings in a text that comes in pieces. Text that may be the beginning of a stop string is held back until
 * the next piece decides.
 */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = "";

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== "");
  }

  /** Takes a piece; returns the text that may be sent now, and whether a stop string ended the text (it is not part of it). */
  push(piece: string): { readonly text: string; readonly stopped: boolean } {
    const text = this.#held + piece;
    let at = -1;
    for (const stop of this.#stops) {
      const found = text.indexOf(stop);
      if (found >= 0 && (at < 0 || found < at)) at = found;
    }
    if (at >= 0) {
      this.#held = "";
      return { text: text.slice(0, at), stopped: true };
    }
    const held = this.#possibleBeginning(text);
    this.#held = text.slice(text.length - held);
    return { text: text.slice(0, text.length - held), stopped: false };
  }

  /** The text ended for another reason: returns the text that was held back. */
  flush(): string {
    const text = this.#held;
    this.#held = "";
    return text;
  }

  /** Length of the longest end of `text` that begins a stop string. */
  #possibleBeginning(text: string): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length -= 1) {
        if (text.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
