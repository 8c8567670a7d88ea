import { expect, test } from "vitest";
import { roundRobin } from "./round-robin.ts";

const queue = ["a1", "a2", "a3", "b1", "c1", "c2"].map((id) => ({ owner: id[0] ?? "", id, createdAt: 0 }));
const order = (lastOwner?: string) => roundRobin(queue, lastOwner).map(({ id }) => id);

test("owners take turns, each with its oldest first", () => {
  expect(order()).toEqual(["a1", "b1", "c1", "a2", "c2", "a3"]);
});

test("the owner behind the one served last is first", () => {
  expect(order("a").slice(0, 3)).toEqual(["b1", "c1", "a1"]);
  expect(order("c").slice(0, 3)).toEqual(["a1", "b1", "c1"]);
  expect(order("gone").slice(0, 3)).toEqual(["a1", "b1", "c1"]);
});

test("an empty queue has no turns", () => {
  expect(roundRobin([], "a")).toEqual([]);
});
