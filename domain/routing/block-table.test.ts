import fc from "fast-check";
import { expect, test } from "vitest";
import { BlockTable } from "./block-table.ts";

const operation = fc.record({
  // Few distinct keys, so that they collide and are removed and added again; neighbours and distant ones.
  key: fc.oneof(
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 0, max: 40 }).map((n) => n * 0x1_0000_0000),
  ),
  slot: fc.integer({ min: 0, max: 1000 }),
  isRemoval: fc.boolean(),
});

test("has the same entries as a map, after any additions and removals", () => {
  void fc.assert(
    fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
      const table = new BlockTable(8);
      const map = new Map<number, number>();
      for (const { key, slot, isRemoval } of operations) {
        if (isRemoval) table.delete(key);
        else table.set(key, slot);
        if (isRemoval) map.delete(key);
        else map.set(key, slot);
      }
      expect(table.size).toBe(map.size);
      for (const { key } of operations) expect(table.get(key)).toBe(map.get(key) ?? -1);
    }),
  );
});

test("grows to twice its entries and no further", () => {
  const table = new BlockTable(8);
  for (let key = 0; key < 1000; key++) table.set(key * 7919, key);
  expect(table.bytes).toBe(2048 * 12);
});
