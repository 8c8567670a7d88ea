import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SpendStore } from "./spend-account.ts";
import { SpendLedger } from "./spend-ledger.ts";

class SharedStore implements SpendStore {
  readonly sums = new Map<string, number>();
  isBroken = false;

  async add(provider: string, month: string, usd: number): Promise<number> {
    if (this.isBroken) throw new Error("gone");
    const key = `${provider} ${month}`;
    const sum = (this.sums.get(key) ?? 0) + usd;
    this.sums.set(key, sum);
    return sum;
  }
}

const november = () => Date.parse("2026-11-30T23:59:00Z");

describe("the spend of providers", () => {
  test("stops at the cap, and begins anew with the month", () => {
    let now = november();
    const ledger = new SpendLedger({ wallClock: () => now });
    ledger.spend("openai", 9.5);
    expect(ledger.hasRoom("openai", 10, 0.4)).toBe(true);
    expect(ledger.hasRoom("openai", 10, 0.6)).toBe(false);
    expect(ledger.hasRoom("openai", null, 1e9)).toBe(true);
    now += 120_000;
    expect(ledger.spentUsd("openai")).toBe(0);
    expect(ledger.hasRoom("openai", 10, 0.6)).toBe(true);
  });

  test("requests that come together can't pass the cap together", () => {
    void fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))),
        (requests) => {
          const ledger = new SpendLedger({ wallClock: november });
          const open: (() => void)[] = [];
          for (const [bound, share] of requests) {
            if (!ledger.hasRoom("openai", 10, bound)) continue;
            const money = ledger.reserve("openai", 10, bound);
            open.push(() => money.settle(bound * share));
            if (open.length > 3) open.shift()?.();
          }
          for (const settle of open) settle();
          expect(ledger.spentUsd("openai")).toBeLessThanOrEqual(10 + 1e-9);
        },
      ),
    );
  });

  // documented: spend-of-all-gateways
  test("is that of all gateways after each has written to the store", async () => {
    const store = new SharedStore();
    const ledgers = [1, 2].map(() => new SpendLedger({ wallClock: november, store }));
    ledgers[0]!.spend("openai", 4);
    ledgers[1]!.spend("openai", 5);
    for (const ledger of [...ledgers, ...ledgers]) await ledger.flush(["openai"]);
    expect(ledgers.map((ledger) => ledger.spentUsd("openai"))).toEqual([9, 9]);
  });

  // documented: spend-table-gone
  test("is not lost while the store can't be reached", async () => {
    const store = new SharedStore();
    const problems: string[] = [];
    const ledger = new SpendLedger({ wallClock: november, store, onProblem: (provider) => problems.push(provider) });
    store.isBroken = true;
    ledger.spend("openai", 2);
    await ledger.flush(["openai"]);
    expect([ledger.spentUsd("openai"), problems]).toEqual([2, ["openai"]]);
    store.isBroken = false;
    await ledger.flush(["openai"]);
    expect(store.sums.get("openai 2026-11")).toBe(2);
  });
});
