import { BlockLru, copied } from "./block-lru.ts";
import { BlockTable } from "./block-table.ts";

/** Replicas in one word of a block's set. */
const WORD_BITS = 32;
const FIRST_BLOCKS = 1024;
/** Decay of a block's uses: a use counts for a third after a minute. */
const HEAT_SECONDS = 60;

export interface BlockUse {
  readonly key: number;
  /** Seconds of a clock that all gateways share. */
  readonly usedAt: number;
}

/**
 * An approximate index of the prompt blocks in each replica's cache: for each replica the blocks that were sent there most
 * recently, and for each block the set of replicas as bits, so that one pass over a request's blocks covers the whole
 * fleet. It is approximate because it does not know which blocks an engine has evicted.
 */
export class PrefixIndex {
  readonly #table = new BlockTable(FIRST_BLOCKS * 2);
  readonly #replicas: (BlockLru | undefined)[] = [];
  #count = 0;
  #words = 1;
  /** `#words` words for each block slot. */
  #bits = new Int32Array(FIRST_BLOCKS);
  readonly #freeSlots: number[] = [];
  #nextSlot = 0;
  #alive = new Int32Array(1);
  /** Uses of each block slot in the last minute or so, and when that was counted. */
  #heat = new Float32Array(FIRST_BLOCKS);
  #heatAt = new Float64Array(FIRST_BLOCKS);

  /** Blocks that at least one replica holds. */
  get size(): number {
    return this.#table.size;
  }

  /** @param capacity blocks that are stored of it @returns the replica's number, the smallest that is free */
  add(capacity: number): number {
    const free = this.#replicas.indexOf(undefined);
    const replica = free < 0 ? this.#replicas.length : free;
    if (replica >= this.#words * WORD_BITS) this.#widen();
    this.#replicas[replica] = new BlockLru(capacity, (key) => this.#unset(key, replica));
    this.#count++;
    return replica;
  }

  /** Forgets the replica and releases its number. */
  remove(replica: number): void {
    if (this.#replicas[replica] === undefined) return;
    this.clear(replica);
    this.#replicas[replica] = undefined;
    this.#count--;
  }

  /** Forgets the replica's blocks: it has restarted, or its cache was reset. */
  clear(replica: number): void {
    const blocks = this.#replicas[replica];
    if (blocks === undefined) return;
    for (const { key } of blocks.entries()) this.#unset(key, replica);
    this.#replicas[replica] = new BlockLru(blocks.capacity, (key) => this.#unset(key, replica));
  }

  setCapacity(replica: number, capacity: number): void {
    const blocks = this.#replicas[replica];
    if (blocks !== undefined && blocks.capacity !== capacity) blocks.capacity = capacity;
  }

  /** Number of stored blocks of the replica. */
  sizeOf(replica: number): number {
    return this.#replicas[replica]?.size ?? 0;
  }

  /** From the newest to the oldest. */
  entriesOf(replica: number): Iterable<BlockUse> {
    return this.#replicas[replica]?.entries() ?? [];
  }

  /**
   * How many of the request's blocks, from the first on, each replica holds.
   * @param matched gets the count at each replica's number; it must be long enough for all of them
   */
  match(keys: Float64Array, matched: Int32Array): void {
    matched.fill(0);
    const words = this.#words;
    const alive = this.#alive;
    alive.fill(-1);
    for (let block = 0; block < keys.length; block++) {
      const slot = this.#table.get(keys[block] ?? 0);
      if (slot < 0) return settle(alive, block, matched);
      let isAnyAlive = 0;
      for (let word = 0; word < words; word++) {
        const before = alive[word] ?? 0;
        if (before === 0) continue;
        const after = before & (this.#bits[slot * words + word] ?? 0);
        if (after !== before) settleWord(before & ~after, word, block, matched);
        alive[word] = after;
        isAnyAlive |= after;
      }
      if (isAnyAlive === 0) return;
    }
    settle(alive, keys.length, matched);
  }

  /**
   * Cost of prefilling from each of the request's blocks to the end, in blocks: `costs[matched]` for a replica that holds
   * `matched` blocks. A block that many requests share costs less than one, because a replica that computes it once will
   * use it again: so a prefix of many requests spreads over the fleet, and does not wait at the first replica that had it.
   * @param costs gets one value for each block and a 0 at the end
   */
  readingCosts(keys: Float64Array, now: number, costs: Float64Array): void {
    const replicas = Math.max(1, this.#count);
    costs[keys.length] = 0;
    for (let block = keys.length - 1; block >= 0; block--) {
      const slot = this.#table.get(keys[block] ?? 0);
      const cost = slot < 0 ? 1 : 1 / (1 + this.#heatOf(slot, now) / replicas);
      costs[block] = (costs[block + 1] ?? 0) + cost;
    }
  }

  #heatOf(slot: number, now: number): number {
    const seconds = now - (this.#heatAt[slot] ?? 0);
    const heat = this.#heat[slot] ?? 0;
    return seconds <= 0 ? heat : heat * Math.exp(-seconds / HEAT_SECONDS);
  }

  /** The replica got a request with these blocks. */
  use(replica: number, keys: Float64Array, now: number): void {
    const blocks = this.#replicas[replica];
    if (blocks === undefined) return;
    // The last block first: the beginning of a prompt is the most useful part and is evicted last, as in the engines.
    for (let block = Math.min(keys.length, blocks.capacity) - 1; block >= 0; block--) {
      const key = keys[block] ?? 0;
      if (blocks.use(key, now)) this.#set(key, replica);
      const slot = this.#table.get(key);
      this.#heat[slot] = this.#heatOf(slot, now) + 1;
      this.#heatAt[slot] = now;
    }
  }

  /** Merges blocks of the replica from another gateway, or from this one before its restart; newest first. */
  merge(replica: number, blocks: Iterable<BlockUse>): void {
    for (const key of this.#replicas[replica]?.merge(blocks) ?? []) this.#set(key, replica);
  }

  #set(key: number, replica: number): void {
    let slot = this.#table.get(key);
    if (slot < 0) {
      slot = this.#freeSlots.pop() ?? this.#nextSlot++;
      if (slot >= this.#heat.length) this.#grow();
      this.#heat[slot] = 0;
      this.#table.set(key, slot);
    }
    const at = slot * this.#words + (replica >>> 5);
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (replica & 31));
  }

  #unset(key: number, replica: number): void {
    const slot = this.#table.get(key);
    if (slot < 0) return;
    const from = slot * this.#words;
    const at = from + (replica >>> 5);
    this.#bits[at] = (this.#bits[at] ?? 0) & ~(1 << (replica & 31));
    for (let word = 0; word < this.#words; word++) if (this.#bits[from + word] !== 0) return;
    this.#table.delete(key);
    this.#freeSlots.push(slot);
  }

  #grow(): void {
    this.#bits = copied(this.#bits, new Int32Array(this.#bits.length * 2));
    this.#heat = copied(this.#heat, new Float32Array(this.#heat.length * 2));
    this.#heatAt = copied(this.#heatAt, new Float64Array(this.#heatAt.length * 2));
  }

  /** Adds bits for 32 more replicas. */
  #widen(): void {
    const words = this.#words + 1;
    const wider = new Int32Array(this.#heat.length * words);
    for (let slot = 0; slot < this.#nextSlot; slot++)
      for (let word = 0; word < this.#words; word++)
        wider[slot * words + word] = this.#bits[slot * this.#words + word] ?? 0;
    this.#bits = wider;
    this.#words = words;
    this.#alive = new Int32Array(words);
  }
}

function settle(alive: Int32Array, count: number, matched: Int32Array): void {
  for (let word = 0; word < alive.length; word++) settleWord(alive[word] ?? 0, word, count, matched);
}

function settleWord(bits: number, word: number, count: number, matched: Int32Array): void {
  for (let rest = bits; rest !== 0; rest &= rest - 1) {
    const replica = word * WORD_BITS + 31 - Math.clz32(rest & -rest);
    if (replica < matched.length) matched[replica] = count;
  }
}
