import { expect, test } from "vitest";
import { ByteBudget, HeldBytes } from "./byte-budget.ts";

function holderOf(budget: ByteBudget) {
  const holder = {
    held: new HeldBytes(),
    evictions: 0,
    evict() {
      holder.evictions++;
      budget.forget(holder);
    },
  };
  return holder;
}

test("the holder of the most is evicted when all together are over the limit, and the rest stay", () => {
  const budget = new ByteBudget(100);
  const [small, large, last] = [holderOf(budget), holderOf(budget), holderOf(budget)];
  budget.hold(small, 20);
  budget.hold(large, 60);
  budget.hold(last, 20);
  expect([small.evictions, large.evictions, last.evictions, budget.total]).toEqual([0, 0, 0, 100]);
  budget.hold(last, 1);
  expect([small.evictions, large.evictions, last.evictions, budget.total]).toEqual([0, 1, 0, 41]);
});

test("bytes that are released twice, or by a holder that was removed, leave the total right", () => {
  const budget = new ByteBudget(100);
  const [one, other] = [holderOf(budget), holderOf(budget)];
  budget.hold(one, 30);
  budget.hold(other, 30);
  expect(budget.isTight).toBe(true);
  budget.release(one, 30);
  budget.release(one, 30);
  budget.forget(other);
  budget.release(other, 30);
  expect([budget.total, budget.isTight]).toEqual([0, false]);
});
