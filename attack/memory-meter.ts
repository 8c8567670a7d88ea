const EVERY_MS = 20;
const MEBIBYTE = 1024 * 1024;

/** Measures how far the memory of this thread grows: its heap, and the buffers that it holds. */
export class MemoryMeter {
  readonly #timer = setInterval(() => this.#look(), EVERY_MS);
  #before = heldBytes();
  #most = this.#before;

  /** @returns the growth since the last call, at its height, in MiB */
  take(): number {
    this.#look();
    const grown = (this.#most - this.#before) / MEBIBYTE;
    this.#before = heldBytes();
    this.#most = this.#before;
    return grown;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#most = Math.max(this.#most, heldBytes());
  }
}

function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
