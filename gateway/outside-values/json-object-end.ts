const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);

/** Follows JSON that comes in pieces, so that it is known when its object is whole. None of it is stored. */
export class JsonObjectEnd {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #hasBegun = false;
  #hasText = false;

  /** Whether anything but white space has come. */
  get hasText(): boolean {
    return this.#hasText;
  }

  /** Whether an object has begun and ended. */
  get isWhole(): boolean {
    return this.#hasBegun && this.#depth === 0;
  }

  push(text: string): void {
    if (!this.#hasText) this.#hasText = text.trim() !== "";
    for (let at = 0; at < text.length; at++) this.#take(text.charCodeAt(at));
  }

  #take(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (this.#isInString) {
      if (code === BACKSLASH) this.#isEscaped = true;
      else if (code === QUOTE) this.#isInString = false;
    } else if (code === QUOTE) this.#isInString = true;
    else if (OPEN.has(code)) {
      this.#depth++;
      this.#hasBegun = true;
    } else if (CLOSE.has(code)) this.#depth--;
  }
}
