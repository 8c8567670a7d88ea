import { expect, test } from "vitest";
import { seededRandom } from "../lib/seeded-random.ts";
import { shuffled } from "./shuffled.ts";

test("each item is there once, and each of them is first at some time", () => {
  const items = Array.from({ length: 10 }, (_, index) => index);
  const random = seededRandom(1);
  const orders = Array.from({ length: 300 }, () => shuffled(items, random));
  for (const order of orders) expect(order.toSorted((a, b) => a - b)).toEqual(items);
  expect(new Set(orders.map(([first]) => first)).size).toBe(items.length);
});
