const KEY = Buffer.from('"embedding"');
/** Bytes behind a key in which its value begins, with any usual white space. */
const LOOK_AT_BYTES = 64;
const BEGINS_VALUE = /^\s*:/;
/** A list that begins with a number, or a text in base64. */
const BEGINS_VECTOR = /^\s*:\s*(?:\[\s*-?\d|"[\w+/])/;
const EMPTY = Buffer.alloc(0);

/**
 * Counts the vectors of a response for embeddings that comes in pieces and is too large to be parsed: the fields `embedding`
 * whose value begins as a vector does. Its other numbers are not looked at, so that a megabyte takes a fraction of a millisecond.
 */
export class VectorCount {
  /** Vectors of what has come, but for those in its last bytes. */
  vectors = 0;
  /** Whether a field `embedding` has another value, or an empty one. */
  hasOther = false;
  #rest: Buffer = EMPTY;

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = bytes.indexOf(KEY);
    while (at !== -1 && at + KEY.length + LOOK_AT_BYTES <= bytes.length) {
      this.#take(bytes, at + KEY.length);
      at = bytes.indexOf(KEY, at + KEY.length);
    }
    this.#rest = bytes.subarray(at === -1 ? Math.max(0, bytes.length - KEY.length + 1) : at);
  }

  /** All of it has come. */
  end(): void {
    for (let at = this.#rest.indexOf(KEY); at !== -1; at = this.#rest.indexOf(KEY, at + KEY.length))
      this.#take(this.#rest, at + KEY.length);
    this.#rest = EMPTY;
  }

  #take(bytes: Buffer, from: number): void {
    const text = bytes.toString("latin1", from, from + LOOK_AT_BYTES);
    if (BEGINS_VECTOR.test(text)) this.vectors++;
    // The value of `object` is the same word.
    else if (BEGINS_VALUE.test(text)) this.hasOther = true;
  }
}
