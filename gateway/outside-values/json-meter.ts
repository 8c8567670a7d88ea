const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
/** Bytes of a string after which a search of the runtime's finds its end sooner than a loop. */
const SEARCH_FROM_BYTES = 64;

/**
 * Measures JSON that comes in pieces, before any of it is parsed: how deep it is, and how many fields, lists and values it
 * has. It looks at each byte once, 1 ms for a megabyte, and stores nothing. What is no JSON has a measure too.
 */
export class JsonMeter {
  /** Levels of the deepest object or list. */
  deepest = 0;
  /** Fields of all objects, and lists. */
  fields = 0;
  /** Values behind another one in its object or list. */
  commas = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#isInString ? this.#passString(chunk, at) : this.#passValues(chunk, at);
  }

  /** @returns the position behind the quote that opens a string, or the end of the chunk */
  #passValues(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      switch (chunk[at]) {
        case QUOTE:
          this.#isInString = true;
          return at + 1;
        case COMMA:
          this.commas++;
          break;
        case COLON:
          this.fields++;
          break;
        case OPENING_BRACKET:
          this.fields++;
          this.#open();
          break;
        case OPENING_BRACE:
          this.#open();
          break;
        case CLOSING_BRACKET:
        case CLOSING_BRACE:
          this.#depth--;
      }
    }
    return chunk.length;
  }

  #open(): void {
    if (++this.#depth > this.deepest) this.deepest = this.#depth;
  }

  /** @returns the position behind the quote that closes the string, or the end of the chunk */
  #passString(chunk: Buffer, start: number): number {
    let from = start;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      from++;
    }
    const searchFrom = Math.min(chunk.length, start + SEARCH_FROM_BYTES);
    for (; from < searchFrom; from++) {
      if (chunk[from] === BACKSLASH) from++;
      else if (chunk[from] === QUOTE) return this.#close(from);
    }
    // The last backslash may have escaped what comes next.
    if (from > chunk.length) this.#isEscaped = true;
    if (from >= chunk.length) return chunk.length;
    const quote = chunk.indexOf(QUOTE, from);
    const end = quote === -1 ? chunk.length : quote;
    let slashes = 0;
    while (end - 1 - slashes >= from && chunk[end - 1 - slashes] === BACKSLASH) slashes++;
    const isEscaped = slashes % 2 === 1;
    if (quote === -1) {
      this.#isEscaped = isEscaped;
      return chunk.length;
    }
    return isEscaped ? quote + 1 : this.#close(quote);
  }

  #close(quote: number): number {
    this.#isInString = false;
    return quote + 1;
  }
}
