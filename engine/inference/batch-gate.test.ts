import { expect, test } from "vitest";
import { BatchGate } from "./batch-gate.ts";

test("evaluations wait for changes between batches, and two changes never overlap", async () => {
  const gate = new BatchGate();
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const works = [
    gate.between(async () => {
      order.push("first begins");
      await first.promise;
      order.push("first ends");
    }),
    gate.between(async () => order.push("second")),
    gate.pass().then(() => order.push("passed")),
  ];
  await Promise.resolve();
  first.resolve();
  await Promise.all(works);
  expect(order.slice(0, 2)).toEqual(["first begins", "first ends"]);
  expect(order.slice(2).sort()).toEqual(["passed", "second"]);
});

test("a failure opens the gate again", async () => {
  const gate = new BatchGate();
  await expect(gate.between(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await gate.pass();
});
