import { expect, test } from "vitest";
import { LineGate } from "./line-gate.ts";

/** Takes a place and says whether it came at once. */
async function isFree(gate: LineGate): Promise<boolean> {
  let came = false;
  void gate.acquire().then(() => {
    came = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return came;
}

test("lets no more lines out than its limit, and the next one when one is over", async () => {
  const gate = new LineGate(2);
  expect([await isFree(gate), await isFree(gate), await isFree(gate)]).toEqual([true, true, false]);
  gate.release("answered");
  expect(gate.inFlight).toBe(2);
});

test("asks for less when the service is full, down to one line, and for more while it answers, up to its maximum", async () => {
  const gate = new LineGate(8);
  const one = async (outcome: "answered" | "full") => {
    await gate.acquire();
    gate.release(outcome);
  };
  expect(gate.limit).toBe(4);
  await one("full");
  expect(gate.limit).toBe(2);
  for (let index = 0; index < 5; index++) await one("full");
  expect(gate.limit).toBe(1);
  for (let index = 0; index < 100; index++) await one("answered");
  expect(gate.limit).toBe(8);
});
