/** Marks a free place: a block key is never negative. */
const FREE = -1;

/**
 * A hash table from block keys (integers from 0 below 2^48, well mixed) to slots (integers), in typed arrays: 12 bytes
 * a place, no garbage, and a lookup that costs one or two cache misses. Linear probing; a removal shifts the followers
 * back, so there are no tombstones to clean up.
 */
export class BlockTable {
  #keys: Float64Array;
  #slots: Int32Array;
  #mask: number;
  #size = 0;

  /** @param places rounded up to a power of two; the table doubles when it is more than half full */
  constructor(places = 64) {
    const rounded = 2 ** Math.ceil(Math.log2(Math.max(places, 8)));
    this.#keys = new Float64Array(rounded).fill(FREE);
    this.#slots = new Int32Array(rounded);
    this.#mask = rounded - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes that the table holds. */
  get bytes(): number {
    return this.#keys.byteLength + this.#slots.byteLength;
  }

  /** @returns the key's slot, or -1 */
  get(key: number): number {
    const place = this.#place(key);
    return this.#keys[place] === key ? (this.#slots[place] ?? -1) : -1;
  }

  set(key: number, slot: number): void {
    let place = this.#place(key);
    if (this.#keys[place] !== key) {
      if ((this.#size + 1) * 2 > this.#keys.length) {
        this.#grow();
        place = this.#place(key);
      }
      this.#keys[place] = key;
      this.#size++;
    }
    this.#slots[place] = slot;
  }

  delete(key: number): void {
    let hole = this.#place(key);
    if (this.#keys[hole] !== key) return;
    this.#size--;
    for (let place = (hole + 1) & this.#mask; this.#keys[place] !== FREE; place = (place + 1) & this.#mask) {
      const follower = this.#keys[place] ?? FREE;
      // It may move back only as far as where its own probing begins.
      if (((place - homeOf(follower, this.#mask)) & this.#mask) < ((place - hole) & this.#mask)) continue;
      this.#keys[hole] = follower;
      this.#slots[hole] = this.#slots[place] ?? 0;
      hole = place;
    }
    this.#keys[hole] = FREE;
  }

  /** Where the key is, or where it would go. */
  #place(key: number): number {
    const keys = this.#keys;
    let place = homeOf(key, this.#mask);
    for (let found = keys[place]; found !== FREE && found !== key; found = keys[place])
      place = (place + 1) & this.#mask;
    return place;
  }

  #grow(): void {
    const keys = this.#keys;
    const slots = this.#slots;
    this.#keys = new Float64Array(keys.length * 2).fill(FREE);
    this.#slots = new Int32Array(keys.length * 2);
    this.#mask = this.#keys.length - 1;
    for (const [index, key] of keys.entries()) {
      if (key === FREE) continue;
      const place = this.#place(key);
      this.#keys[place] = key;
      this.#slots[place] = slots[index] ?? 0;
    }
  }
}

/** Keys are hashes in the gateway, but small neighbours in a trace: one multiplication spreads both. */
function homeOf(key: number, mask: number): number {
  const mixed = Math.imul((key >>> 0) ^ (key / 0x1_0000_0000), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) & mask;
}
