import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { LEASE_MS, LONG, STORES, settle } from "../test/limits/limit-stores.ts";
import type { LimitCounter, LimitGrant } from "./limit-store.ts";

describe.each(STORES)("the %s limit store", (_name, missing, open) => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test("agrees with a model in any history of reservations and settlements", async () => {
    const stores = await open(2);
    let histories = 0;
    const counter = fc.record({
      counter: fc.integer({ min: 0, max: 3 }),
      max: fc.integer({ min: 0, max: 60 }),
      amount: fc.integer({ min: 0, max: 30 }),
      least: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
    });
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.uniqueArray(counter, { minLength: 1, maxLength: 4, selector: (of) => of.counter }) },
      { weight: 2, arbitrary: fc.record({ settle: fc.nat(30), used: fc.array(fc.integer({ min: 0, max: 40 })) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const model = new Model();
        const history = histories++;
        const open: { readonly grant: LimitGrant; readonly settle: (used: readonly number[]) => void }[] = [];
        for (const [index, next] of steps.entries()) {
          // One of two gateways: what one has settled may reach the store after the other one's next call.
          const store = stores[history % 2];
          if ("settle" in next) {
            const one = open[next.settle % Math.max(1, open.length)];
            if (one === undefined) continue;
            await settle(one.grant, next.used);
            one.settle(next.used);
            continue;
          }
          const counters = next.map(({ counter: of, amount, least, max }) => ({
            name: `${history}:${of}`,
            max,
            amount,
            least: least === undefined ? undefined : Math.min(least, amount),
            windowSeconds: of === 0 ? 0 : LONG,
          }));
          const expected = model.reserve(counters);
          const actual = await store?.reserve(counters, LEASE_MS);
          if (actual?.isGranted !== true || expected === undefined) {
            expect(`${index}: ${actual?.isGranted}`).toBe(`${index}: ${expected !== undefined}`);
            continue;
          }
          expect({ amounts: actual.amounts, left: actual.left }).toEqual({
            amounts: expected.amounts,
            left: expected.left,
          });
          open.push({ grant: actual, settle: expected.settle });
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** What a store should do, without threads, servers or time. */
class Model {
  readonly #used = new Map<string, number>();

  reserve(counters: readonly LimitCounter[]) {
    const left = counters.map(({ name, max }) => Math.max(0, max - (this.#used.get(name) ?? 0)));
    const amounts = counters.map(({ amount }, index) => Math.min(amount, left[index] ?? 0));
    const least = ({ amount, least: of = amount, windowSeconds }: LimitCounter) => (windowSeconds === 0 ? amount : of);
    if (counters.some((counter, index) => (amounts[index] ?? 0) < least(counter))) return undefined;
    for (const [index, { name }] of counters.entries()) this.#add(name, amounts[index] ?? 0);
    let isSettled = false;
    return {
      amounts,
      left: left.map((of, index) => of - (amounts[index] ?? 0)),
      settle: (used: readonly number[]) => {
        if (isSettled) return;
        isSettled = true;
        for (const [index, { name, windowSeconds }] of counters.entries()) {
          const amount = amounts[index] ?? 0;
          this.#add(name, (windowSeconds === 0 ? 0 : (used[index] ?? amount)) - amount);
        }
      },
    };
  }

  #add(name: string, difference: number): void {
    this.#used.set(name, (this.#used.get(name) ?? 0) + difference);
  }
}
