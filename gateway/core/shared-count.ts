/** A number that all threads of a process change. */
export class SharedCount {
  readonly #cell: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#cell = new Int32Array(memory);
  }

  get value(): number {
    return Atomics.load(this.#cell, 0);
  }

  /** @returns the new value */
  add(difference: number): number {
    return Atomics.add(this.#cell, 0, difference) + difference;
  }
}
