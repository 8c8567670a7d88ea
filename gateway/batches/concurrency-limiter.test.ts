import { expect, test } from "vitest";
import { ConcurrencyLimiter } from "./concurrency-limiter.ts";

/** Takes a slot. @returns whether it was free at once */
async function isFree(limiter: ConcurrencyLimiter): Promise<boolean> {
  let came = false;
  void limiter.acquire().then(() => {
    came = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return came;
}

test("lets no more requests out than its limit, and the next one when one is over", async () => {
  const limiter = new ConcurrencyLimiter(2);
  expect([await isFree(limiter), await isFree(limiter), await isFree(limiter)]).toEqual([true, true, false]);
  limiter.release("served");
  expect(limiter.inFlight).toBe(2);
});

// documented: batch-concurrency
test("sends fewer requests at once when the service is full, down to one, and more while it responds, up to its maximum", async () => {
  const limiter = new ConcurrencyLimiter(8);
  const one = async (outcome: "served" | "full") => {
    await limiter.acquire();
    limiter.release(outcome);
  };
  expect(limiter.limit).toBe(4);
  await one("full");
  expect(limiter.limit).toBe(2);
  for (let index = 0; index < 5; index++) await one("full");
  expect(limiter.limit).toBe(1);
  for (let index = 0; index < 100; index++) await one("served");
  expect(limiter.limit).toBe(8);
});
