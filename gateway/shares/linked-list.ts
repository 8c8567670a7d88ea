/** The place of a value in a list. It is one list's alone, and of no use after its removal. */
export interface LinkedEntry<T> {
  readonly value: T;
}

interface Link<T> extends LinkedEntry<T> {
  before: Link<T> | undefined;
  after: Link<T> | undefined;
  isRemoved: boolean;
}

/**
 * Values in the order in which they were added; adding and removing are O(1).
 *
 * For values that come and go with requests, in place of a `Set` or `Map`: V8 makes a new table after some additions, and
 * the old one refers to the new one and to all values of that time. Once such a table is in the old generation, all values
 * since then stay until a full collection (docs/decisions/101). A removed entry refers to its value alone.
 */
export class LinkedList<T> {
  #first: Link<T> | undefined = undefined;
  #last: Link<T> | undefined = undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds at the end, also what is in the list already. */
  add(value: T): LinkedEntry<T> {
    const link: Link<T> = { value, before: this.#last, after: undefined, isRemoved: false };
    if (this.#last === undefined) this.#first = link;
    else this.#last.after = link;
    this.#last = link;
    this.#size++;
    return link;
  }

  /** @param entry that `add` of this list has returned. @returns whether it was in the list */
  remove(entry: LinkedEntry<T>): boolean {
    const link = entry as Link<T>;
    if (link.isRemoved) return false;
    if (link.before === undefined) this.#first = link.after;
    else link.before.after = link.after;
    if (link.after === undefined) this.#last = link.before;
    else link.after.before = link.before;
    link.before = undefined;
    link.after = undefined;
    link.isRemoved = true;
    this.#size--;
    return true;
  }

  /** The values of this moment, first to last. */
  values(): T[] {
    const values: T[] = [];
    for (let link = this.#first; link !== undefined; link = link.after) values.push(link.value);
    return values;
  }
}
