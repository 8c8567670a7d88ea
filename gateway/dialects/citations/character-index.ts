import { heldBytes } from "../../outside-values/held-bytes.ts";

/** Characters between two entries: a look-up passes over no more. */
const STEP = 1024;

/** Finds characters of a growing text by their bytes in UTF-8, each look-up in about the same time however long the text is. */
export class CharacterIndex {
  #text = "";
  #heldBytes = 0;
  /** Bytes before each `STEP`th character. */
  readonly #bytesBefore: number[] = [];
  /** Of all entries, and of the text so far. */
  #bytes = 0;

  constructor(text = "") {
    this.push(text);
  }

  /** Bytes of memory that the text takes. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  push(text: string): void {
    if (text === "") return;
    for (let at = 0; at < text.length; at++) {
      if ((this.#text.length + at) % STEP === 0) this.#bytesBefore.push(this.#bytes);
      this.#bytes += bytesOf(text.charCodeAt(at));
    }
    this.#text += text;
    this.#heldBytes += heldBytes(text);
  }

  /** @returns how many characters begin before this byte */
  charactersBefore(byte: number): number {
    if (byte >= this.#bytes) return this.#text.length;
    const step = this.#stepBefore(byte);
    let bytes = this.#bytesBefore[step] ?? 0;
    let at = step * STEP;
    while (at < this.#text.length && bytes < byte) bytes += bytesOf(this.#text.charCodeAt(at++));
    return at;
  }

  /** The last entry that is not behind this byte. */
  #stepBefore(byte: number): number {
    let [low, high] = [0, this.#bytesBefore.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#bytesBefore[middle] ?? 0) <= byte) low = middle;
      else high = middle - 1;
    }
    return Math.max(low, 0);
  }
}

/** A pair of surrogates has four bytes, two for each of them. */
function bytesOf(code: number): number {
  if (code < 0x80) return 1;
  return code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3;
}
