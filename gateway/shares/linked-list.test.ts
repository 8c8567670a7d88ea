import fc from "fast-check";
import { expect, test } from "vitest";
import { type LinkedEntry, LinkedList } from "./linked-list.ts";

test("a list has what was added and not removed, in the order of its addition, as an array would", () => {
  const Step = fc.record({ adds: fc.boolean(), at: fc.nat() });
  fc.assert(
    fc.property(fc.array(Step, { maxLength: 60 }), (steps) => {
      const list = new LinkedList<number>();
      const entries: LinkedEntry<number>[] = [];
      let expected: number[] = [];
      for (const [number, { adds, at }] of steps.entries()) {
        if (adds) {
          entries.push(list.add(number));
          expected.push(number);
        } else if (entries.length > 0) {
          const entry = entries[at % entries.length];
          if (entry === undefined) continue;
          expect(list.remove(entry)).toBe(expected.includes(entry.value));
          expected = expected.filter((each) => each !== entry.value);
        }
        expect([list.values(), list.size]).toEqual([expected, expected.length]);
      }
    }),
  );
});

test("the values of a moment stay the same while entries are removed", () => {
  const list = new LinkedList<string>();
  const entries = ["a", "b", "c"].map((each) => list.add(each));
  const seen: string[] = [];
  for (const value of list.values()) {
    seen.push(value);
    for (const entry of entries) list.remove(entry);
  }
  expect([seen, list.values(), list.size]).toEqual([["a", "b", "c"], [], 0]);
});
