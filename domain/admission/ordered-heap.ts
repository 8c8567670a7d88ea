/**
 * Items in an order: a binary heap that stores the position of each item, so that any of them can be deleted in
 * O(log n). What orders an item does not change while it is in the heap.
 */
export class OrderedHeap<T> {
  readonly #items: T[] = [];
  readonly #indexes = new Map<T, number>();
  readonly #isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  /** An item that none is before. */
  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    this.#put(item, this.#items.length);
    this.#rise(item, this.#items.length - 1);
  }

  /** @returns whether it was in the heap */
  delete(item: T): boolean {
    const index = this.#indexes.get(item);
    const last = this.#items.pop();
    if (index === undefined || last === undefined) {
      if (last !== undefined) this.#items.push(last);
      return false;
    }
    this.#indexes.delete(item);
    if (last === item) return true;
    this.#put(last, index);
    this.#rise(last, index);
    this.#sink(last, this.#indexes.get(last) ?? index);
    return true;
  }

  #put(item: T, index: number): void {
    this.#items[index] = item;
    this.#indexes.set(item, index);
  }

  #rise(item: T, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex];
      if (parent === undefined || !this.#isBefore(item, parent)) return;
      this.#put(parent, index);
      this.#put(item, parentIndex);
      index = parentIndex;
    }
  }

  #sink(item: T, from: number): void {
    let index = from;
    for (;;) {
      const left = this.#items[2 * index + 1];
      const right = this.#items[2 * index + 2];
      const isRight = left !== undefined && right !== undefined && this.#isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || !this.#isBefore(child, item)) return;
      this.#put(child, index);
      index = 2 * index + (isRight ? 2 : 1);
      this.#put(item, index);
    }
  }
}
