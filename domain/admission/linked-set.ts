interface Node<T> {
  readonly item: T;
  before: Node<T> | undefined;
  after: Node<T> | undefined;
}

/**
 * Items in an order, each at most once; every operation is O(1). (A `Set` keeps an order too, but finding its first
 * item passes over deleted entries, and it has no access to its last one.)
 */
export class LinkedSet<T> {
  readonly #nodes = new Map<T, Node<T>>();
  #first: Node<T> | undefined;
  #last: Node<T> | undefined;

  get size(): number {
    return this.#nodes.size;
  }

  get first(): T | undefined {
    return this.#first?.item;
  }

  get last(): T | undefined {
    return this.#last?.item;
  }

  has(item: T): boolean {
    return this.#nodes.has(item);
  }

  /** Adds at the end. An item that is in the set already moves there. */
  push(item: T): void {
    this.delete(item);
    const node: Node<T> = { item, before: this.#last, after: undefined };
    if (this.#last === undefined) this.#first = node;
    else this.#last.after = node;
    this.#last = node;
    this.#nodes.set(item, node);
  }

  /** @returns whether it was in the set */
  delete(item: T): boolean {
    const node = this.#nodes.get(item);
    if (node === undefined) return false;
    if (node.before === undefined) this.#first = node.after;
    else node.before.after = node.after;
    if (node.after === undefined) this.#last = node.before;
    else node.after.before = node.before;
    return this.#nodes.delete(item);
  }

  /** From the first to the last. */
  *[Symbol.iterator](): Generator<T> {
    for (let node = this.#first; node !== undefined; node = node.after) yield node.item;
  }

  /** From the last to the first. */
  *fromLast(): Generator<T> {
    for (let node = this.#last; node !== undefined; node = node.before) yield node.item;
  }
}
