/** Chunks in their order until somebody takes them together. Most often there is one, and then there is no list. */
export class HeldChunks {
  /** The first chunk; `undefined` where there is none. */
  first: Buffer | undefined = undefined;
  #more: Buffer[] | undefined = undefined;
  /** How many there are. */
  chunks = 0;
  /** Their bytes together. */
  bytes = 0;

  push(chunk: Buffer): void {
    this.chunks++;
    this.bytes += chunk.length;
    if (this.first === undefined) this.first = chunk;
    else if (this.#more === undefined) this.#more = [chunk];
    else this.#more.push(chunk);
  }

  /** Removes all chunks. @returns their bytes; `undefined` where there was none. One chunk is returned as it is */
  take(): Buffer | undefined {
    const { first } = this;
    const more = this.#more;
    if (first === undefined) return undefined;
    const { bytes } = this;
    this.first = undefined;
    this.#more = undefined;
    this.chunks = 0;
    this.bytes = 0;
    return more === undefined ? first : Buffer.concat([first, ...more], bytes);
  }
}
