/** More chunks than this are written together: a client may send each byte in one of its own, which takes 100 times as much. */
const MAX_CHUNKS = 256;
const EMPTY = Buffer.alloc(0);

/** Bytes that come in chunks, up to a limit; they take at most about twice their size, in whatever chunks they come. */
export class BoundedBytes {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  /** Where chunks are written together once there are many, and how much of it is used. */
  #together: Buffer = EMPTY;
  #used = 0;
  #size = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** @returns false when this chunk goes beyond the limit; it is dropped then */
  push(chunk: Buffer): boolean {
    this.#size += chunk.length;
    if (this.#size > this.#limit) return false;
    this.#chunks.push(chunk);
    if (this.#chunks.length >= MAX_CHUNKS) this.#writeTogether();
    return true;
  }

  /** All of it. A single chunk is not copied. */
  whole(): Buffer {
    if (this.#used > 0) {
      this.#writeTogether();
      return this.#together.subarray(0, this.#used);
    }
    const [first] = this.#chunks;
    return this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
  }

  #writeTogether(): void {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    if (this.#used + bytes.length > this.#together.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.#used + bytes.length));
      this.#together.copy(larger, 0, 0, this.#used);
      this.#together = larger;
    }
    bytes.copy(this.#together, this.#used);
    this.#used += bytes.length;
  }
}
