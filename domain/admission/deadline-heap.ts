/**
 * Items by deadline, the earliest first: a binary heap that knows where each item is, so that any of them can leave in
 * O(log n).
 */
export class DeadlineHeap<T extends { readonly deadline: number }> {
  readonly #items: T[] = [];
  readonly #places = new Map<T, number>();

  get size(): number {
    return this.#items.length;
  }

  /** The item with the earliest deadline. */
  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    this.#put(item, this.#items.length);
    this.#rise(item, this.#items.length - 1);
  }

  /** @returns whether it was here */
  delete(item: T): boolean {
    const place = this.#places.get(item);
    const last = this.#items.pop();
    if (place === undefined || last === undefined) {
      if (last !== undefined) this.#items.push(last);
      return false;
    }
    this.#places.delete(item);
    if (last === item) return true;
    this.#put(last, place);
    this.#rise(last, place);
    this.#sink(last, this.#places.get(last) ?? place);
    return true;
  }

  #put(item: T, place: number): void {
    this.#items[place] = item;
    this.#places.set(item, place);
  }

  #rise(item: T, from: number): void {
    let place = from;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = this.#items[parentPlace];
      if (parent === undefined || parent.deadline <= item.deadline) return;
      this.#put(parent, place);
      this.#put(item, parentPlace);
      place = parentPlace;
    }
  }

  #sink(item: T, from: number): void {
    let place = from;
    for (;;) {
      const left = this.#items[2 * place + 1];
      const right = this.#items[2 * place + 2];
      const isRight = left !== undefined && right !== undefined && right.deadline < left.deadline;
      const child = isRight ? right : left;
      if (child === undefined || child.deadline >= item.deadline) return;
      this.#put(child, place);
      place = 2 * place + (isRight ? 2 : 1);
      this.#put(item, place);
    }
  }
}
