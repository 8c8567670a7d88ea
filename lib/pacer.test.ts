import { expect, test } from "vitest";
import { Pacer } from "./pacer.ts";

test("other work has a turn after so many units, and only then", async () => {
  const pacer = new Pacer(10);
  expect(pacer.spend(9)).toBe(undefined);
  let isTurn = false;
  setImmediate(() => {
    isTurn = true;
  });
  await pacer.spend(1);
  expect(isTurn).toBe(true);
  expect(pacer.spend(9)).toBe(undefined);
});
