import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LinkedSet } from "./linked-set.ts";

describe("a linked set", () => {
  test("keeps the same order as a list, whatever is added, moved and removed", () => {
    const step = fc.record({ add: fc.boolean(), item: fc.integer({ min: 0, max: 8 }) });
    void fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const set = new LinkedSet<number>();
        let list: number[] = [];
        for (const { add, item } of steps) {
          const was = list.includes(item);
          list = list.filter((other) => other !== item);
          if (add) {
            list.push(item);
            set.push(item);
          } else expect(set.delete(item)).toBe(was);
          expect([...set]).toEqual(list);
          expect([...set.fromLast()]).toEqual(list.toReversed());
          expect([set.first, set.last, set.size]).toEqual([list[0], list.at(-1), list.length]);
        }
      }),
    );
  });
});
