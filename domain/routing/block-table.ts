/** Marks a free position: a block key is never negative. */
const FREE = -1;

/**
 * A hash table from block keys (integers from 0 below 2^48, well mixed) to slots (integers), in typed arrays: 12 bytes
 * a position, no garbage, and a lookup that costs one or two cache misses. Linear probing; a removal shifts the followers
 * back, so there are no tombstones to clean up.
 */
export class BlockTable {
  #keys: Float64Array;
  #slots: Int32Array;
  #mask: number;
  #size = 0;

  /** @param positions rounded up to a power of two; the table doubles when it is more than half full */
  constructor(positions = 64) {
    const rounded = 2 ** Math.ceil(Math.log2(Math.max(positions, 8)));
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
    const index = this.#find(key);
    return this.#keys[index] === key ? (this.#slots[index] ?? -1) : -1;
  }

  set(key: number, slot: number): void {
    let index = this.#find(key);
    if (this.#keys[index] !== key) {
      if ((this.#size + 1) * 2 > this.#keys.length) {
        this.#grow();
        index = this.#find(key);
      }
      this.#keys[index] = key;
      this.#size++;
    }
    this.#slots[index] = slot;
  }

  delete(key: number): void {
    let hole = this.#find(key);
    if (this.#keys[hole] !== key) return;
    this.#size--;
    for (let index = (hole + 1) & this.#mask; this.#keys[index] !== FREE; index = (index + 1) & this.#mask) {
      const follower = this.#keys[index] ?? FREE;
      // It may move back only to the position where its own probing begins.
      if (((index - homeOf(follower, this.#mask)) & this.#mask) < ((index - hole) & this.#mask)) continue;
      this.#keys[hole] = follower;
      this.#slots[hole] = this.#slots[index] ?? 0;
      hole = index;
    }
    this.#keys[hole] = FREE;
  }

  /** Position of the key, or the position at which it would be inserted. */
  #find(key: number): number {
    const keys = this.#keys;
    let index = homeOf(key, this.#mask);
    for (let found = keys[index]; found !== FREE && found !== key; found = keys[index])
      index = (index + 1) & this.#mask;
    return index;
  }

  #grow(): void {
    const keys = this.#keys;
    const slots = this.#slots;
    this.#keys = new Float64Array(keys.length * 2).fill(FREE);
    this.#slots = new Int32Array(keys.length * 2);
    this.#mask = this.#keys.length - 1;
    for (const [from, key] of keys.entries()) {
      if (key === FREE) continue;
      const index = this.#find(key);
      this.#keys[index] = key;
      this.#slots[index] = slots[from] ?? 0;
    }
  }
}

/** Keys are hashes in the gateway, but small neighbours in a trace: one multiplication spreads both. */
function homeOf(key: number, mask: number): number {
  const mixed = Math.imul((key >>> 0) ^ (key / 0x1_0000_0000), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) & mask;
}
