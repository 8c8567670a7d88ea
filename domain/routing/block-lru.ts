import { BlockTable } from "./block-table.ts";

const NONE = -1;
const FIRST_CAPACITY = 256;

/**
 * The blocks of the requests that one replica got most recently, at most `capacity` of them, each with the time of its last use.
 * At most 36 bytes a block, in typed arrays that grow with use.
 */
export class BlockLru {
  readonly #evicted: (key: number) => void;
  readonly #table = new BlockTable(FIRST_CAPACITY * 2);
  #capacity: number;
  #keys = new Float64Array(FIRST_CAPACITY);
  #usedAt = new Uint32Array(FIRST_CAPACITY);
  #newer = new Int32Array(FIRST_CAPACITY);
  #older = new Int32Array(FIRST_CAPACITY);
  #newest = NONE;
  #oldest = NONE;
  /** Released entries, chained by `older`. */
  #free = NONE;
  #allocated = 0;

  /** @param evicted is called with each block that is evicted at capacity */
  constructor(capacity: number, evicted: (key: number) => void) {
    this.#capacity = capacity;
    this.#evicted = evicted;
  }

  get size(): number {
    return this.#table.size;
  }

  get capacity(): number {
    return this.#capacity;
  }

  set capacity(capacity: number) {
    this.#capacity = capacity;
    while (this.size > capacity) this.#evictOldest();
  }

  has(key: number): boolean {
    return this.#table.get(key) !== NONE;
  }

  /** Makes the block the newest one. @returns whether it was added */
  use(key: number, now: number): boolean {
    const known = this.#table.get(key);
    if (known !== NONE) {
      this.#usedAt[known] = now;
      if (known !== this.#newest) {
        this.#unlink(known);
        this.#linkBefore(known, this.#newest);
      }
      return false;
    }
    if (this.size >= this.#capacity) this.#evictOldest();
    this.#linkBefore(this.#allocate(key, now), this.#newest);
    return true;
  }

  /**
   * Merges blocks of another gateway, newest first, by their time among the own ones.
   * One pass over both lists. @returns the added keys
   */
  merge(blocks: Iterable<{ readonly key: number; readonly usedAt: number }>): readonly number[] {
    const added: number[] = [];
    let successor = this.#newest;
    for (const { key, usedAt } of blocks) {
      while (successor !== NONE && (this.#usedAt[successor] ?? 0) >= usedAt) successor = this.#older[successor] ?? NONE;
      if (successor === NONE && this.size >= this.#capacity) break;
      const known = this.#table.get(key);
      if (known !== NONE && (this.#usedAt[known] ?? 0) >= usedAt) continue;
      if (known !== NONE) {
        if (successor === known) {
          this.#usedAt[known] = usedAt;
          continue;
        }
        this.#unlink(known);
        this.#usedAt[known] = usedAt;
        this.#linkBefore(known, successor);
        continue;
      }
      if (this.size >= this.#capacity) {
        if (successor === this.#oldest) successor = NONE;
        this.#evictOldest();
      }
      this.#linkBefore(this.#allocate(key, usedAt), successor);
      added.push(key);
    }
    return added.filter((key) => this.has(key));
  }

  /** From the newest to the oldest. */
  *entries(): Generator<{ readonly key: number; readonly usedAt: number }> {
    for (let entry = this.#newest; entry !== NONE; entry = this.#older[entry] ?? NONE)
      yield { key: this.#keys[entry] ?? 0, usedAt: this.#usedAt[entry] ?? 0 };
  }

  #evictOldest(): void {
    const entry = this.#oldest;
    if (entry === NONE) return;
    const key = this.#keys[entry] ?? 0;
    this.#unlink(entry);
    this.#table.delete(key);
    this.#older[entry] = this.#free;
    this.#free = entry;
    this.#evicted(key);
  }

  #allocate(key: number, now: number): number {
    let entry = this.#free;
    if (entry === NONE) {
      if (this.#allocated === this.#keys.length) this.#grow();
      entry = this.#allocated++;
    } else this.#free = this.#older[entry] ?? NONE;
    this.#keys[entry] = key;
    this.#usedAt[entry] = now;
    this.#table.set(key, entry);
    return entry;
  }

  /** @param successor the entry that becomes the next older one; none: at the oldest end */
  #linkBefore(entry: number, successor: number): void {
    const newer = successor === NONE ? this.#oldest : (this.#newer[successor] ?? NONE);
    this.#newer[entry] = newer;
    this.#older[entry] = successor;
    if (newer === NONE) this.#newest = entry;
    else this.#older[newer] = entry;
    if (successor === NONE) this.#oldest = entry;
    else this.#newer[successor] = entry;
  }

  #unlink(entry: number): void {
    const newer = this.#newer[entry] ?? NONE;
    const older = this.#older[entry] ?? NONE;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
  }

  #grow(): void {
    const length = Math.min(this.#keys.length * 2, Math.max(this.#capacity, this.#keys.length + 1));
    this.#keys = copied(this.#keys, new Float64Array(length));
    this.#usedAt = copied(this.#usedAt, new Uint32Array(length));
    this.#newer = copied(this.#newer, new Int32Array(length));
    this.#older = copied(this.#older, new Int32Array(length));
  }
}

/** @returns `to`, with the values of `from` at its beginning */
export function copied<Values extends { set(from: Values): void }>(from: Values, to: Values): Values {
  to.set(from);
  return to;
}
