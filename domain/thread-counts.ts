/** A count of each thread of the process. A thread that takes the position of one that failed begins at nothing. */
export class ThreadCounts {
  readonly #cells: Int32Array;
  readonly #thread: number;

  static memory(threads: number): SharedArrayBuffer {
    return new SharedArrayBuffer(threads * Int32Array.BYTES_PER_ELEMENT);
  }

  /** @param thread which of the threads this is, from 0 */
  constructor(memory: SharedArrayBuffer, thread: number) {
    this.#cells = new Int32Array(memory);
    this.#thread = thread;
    Atomics.store(this.#cells, thread, 0);
  }

  /** Of this thread. */
  get own(): number {
    return Atomics.load(this.#cells, this.#thread);
  }

  /** Of all threads. */
  get total(): number {
    let total = 0;
    for (let thread = 0; thread < this.#cells.length; thread++) total += Atomics.load(this.#cells, thread);
    return total;
  }

  /** Changes this thread's count. */
  add(difference: number): void {
    Atomics.add(this.#cells, this.#thread, difference);
  }
}
