import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OrderedHeap } from "./ordered-heap.ts";

describe("an ordered heap, here of deadlines,", () => {
  test("its first is always the earliest, while any item may be deleted", () => {
    const step = fc.record({ deadline: fc.integer({ min: 0, max: 50 }), leaves: fc.option(fc.nat()) });
    void fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const heap = new OrderedHeap<{ readonly deadline: number }>((a, b) => a.deadline < b.deadline);
        const items: { readonly deadline: number }[] = [];
        for (const { deadline, leaves } of steps) {
          const item = { deadline };
          heap.add(item);
          items.push(item);
          if (leaves !== null) {
            const [left] = items.splice(leaves % items.length, 1);
            expect(heap.delete(left!)).toBe(true);
            expect(heap.delete(left!)).toBe(false);
          }
          expect(heap.size).toBe(items.length);
          expect(heap.first?.deadline).toBe(
            items.length === 0 ? undefined : Math.min(...items.map((it) => it.deadline)),
          );
        }
      }),
    );
  });
});
