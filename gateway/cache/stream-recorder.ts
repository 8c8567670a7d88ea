/** Bytes that all streams being recorded may hold together. */
export class RecordingBudget {
  readonly #limitBytes: number;
  #usedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** @returns whether the budget had that many bytes left; if so they have to be released */
  take(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.#limitBytes) return false;
    this.#usedBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#usedBytes -= bytes;
  }
}

const FIRST_BYTES = 4096;

/**
 * Copies a stream's bytes as they pass. A stream that becomes too long, or exceeds the budget, is dropped from the
 * recording; its client is not affected.
 */
export class StreamRecorder {
  readonly #budget: RecordingBudget;
  readonly #limitBytes: number;
  /** The chunks themselves can't be held: each is a small part of a read buffer of 64 KiB, which would stay with it. */
  #buffer = Buffer.alloc(0);
  #length = 0;
  #isOver = false;

  constructor(budget: RecordingBudget, limitBytes: number) {
    this.#budget = budget;
    this.#limitBytes = limitBytes;
  }

  push(chunk: Buffer): void {
    if (this.#isOver) return;
    const length = this.#length + chunk.length;
    if (length > this.#buffer.length && !this.#grow(length)) return this.drop();
    chunk.copy(this.#buffer, this.#length);
    this.#length = length;
  }

  /** Ends the recording. @returns all bytes of the stream; `undefined` when it was forgotten */
  finish(): Buffer | undefined {
    const bytes = this.#isOver ? undefined : this.#buffer.subarray(0, this.#length);
    this.drop();
    return bytes;
  }

  /** Ends the recording and forgets it. */
  drop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#budget.release(this.#buffer.length);
    this.#buffer = Buffer.alloc(0);
  }

  #grow(length: number): boolean {
    if (length > this.#limitBytes) return false;
    const size = Math.min(this.#limitBytes, Math.max(FIRST_BYTES, this.#buffer.length * 2, length));
    if (!this.#budget.take(size)) return false;
    const larger = Buffer.allocUnsafeSlow(size);
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#budget.release(this.#buffer.length);
    this.#buffer = larger;
    return true;
  }
}
