import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { startRoutesTable } from "../test/routes-table.ts";
import type { SpendStore } from "./spend-account.ts";
import { SpendLedger } from "./spend-ledger.ts";

const CAP = 10;

/** A table that all gateways share. */
class SharedTable implements SpendStore {
  sum = 0;
  calls = 0;
  /** `broken`: nothing arrives. `silent`: it arrives, and the response is lost. */
  state: "up" | "broken" | "silent" = "up";

  async add(_provider: string, _month: string, usd: number, limitUsd?: number): Promise<number | undefined> {
    this.calls++;
    if (this.state === "broken") throw new Error("gone");
    const isOver = limitUsd !== undefined && this.sum > limitUsd;
    if (!isOver) this.sum = Number((this.sum + usd).toFixed(9));
    if (this.state === "silent") throw new Error("no response");
    return isOver ? undefined : this.sum;
  }
}

const november = () => Date.parse("2026-11-15T00:00:00Z");
const ledgerOf = (store: SpendStore, wallClock = november) => new SpendLedger({ wallClock, store });

/** Reserves and draws, as a call does before it sends its request. */
async function admit(ledger: SpendLedger, usd: number, capUsd: number | null = CAP) {
  if (!ledger.hasRoom("p", capUsd, usd)) return undefined;
  const money = ledger.reserve("p", capUsd, usd);
  if (await money.fund()) return money;
  money.settle(0);
  return undefined;
}

describe("money of a provider is drawn before it is spent", () => {
  test("so that a process that is killed has counted what its requests may cost", async () => {
    const table = new SharedTable();
    const killed = ledgerOf(table);
    for (let request = 0; request < 5; request++) await admit(killed, 1);
    expect(table.sum).toBeGreaterThanOrEqual(5);
    const next = ledgerOf(table);
    await next.flush(["p"]);
    expect(next.spentUsd("p")).toBeGreaterThanOrEqual(5);
    expect(next.hasRoom("p", CAP, 6)).toBe(false);
  });

  test("and at most a two hundredth of the cap more than its requests may cost", async () => {
    const table = new SharedTable();
    const killed = ledgerOf(table);
    await admit(killed, 1);
    expect(table.sum).toBeLessThanOrEqual(1 + CAP / 200);
  });

  test("for several requests at once: not each of them waits for the table", async () => {
    const table = new SharedTable();
    const ledger = ledgerOf(table);
    const money = await Promise.all(Array.from({ length: 40 }, () => admit(ledger, 0.001)));
    expect(money.every((one) => one !== undefined)).toBe(true);
    expect(table.calls).toBeLessThanOrEqual(3);
  });

  test("and what was not needed is returned at the next flush", async () => {
    const table = new SharedTable();
    const ledger = ledgerOf(table);
    const [first, second] = [await admit(ledger, 2), await admit(ledger, 3)];
    first?.settle(0.5);
    await ledger.flush(["p"]);
    expect([table.sum, ledger.spentUsd("p")]).toEqual([3.5, 0.5]);
    second?.settle(1);
    second?.settle(1);
    await ledger.flush(["p"]);
    expect([table.sum, ledger.spentUsd("p")]).toEqual([1.5, 1.5]);
  });

  test("and a request that has cost more than its bound is written at once", async () => {
    const table = new SharedTable();
    const ledger = ledgerOf(table);
    (await admit(ledger, 1))?.settle(3);
    await new Promise(setImmediate);
    expect(table.sum).toBeGreaterThanOrEqual(3);
  });

  test("and money that was drawn in a month that is over does not count in the next one", async () => {
    const table = new SharedTable();
    const sums = new Map<string, number>();
    const clock = { ms: Date.parse("2026-11-30T23:59:59Z") };
    const store: SpendStore = {
      add: async (_provider, month, usd) => {
        sums.set(month, (sums.get(month) ?? 0) + usd);
        return sums.get(month);
      },
    };
    const ledger = ledgerOf(store, () => clock.ms);
    const money = await admit(ledger, 4);
    clock.ms += 2000;
    expect(ledger.spentUsd("p")).toBe(0);
    money?.settle(3);
    await ledger.flush(["p"]);
    expect([ledger.spentUsd("p"), sums.get("2026-12")]).toEqual([3, 3]);
    expect(table.calls).toBe(0);
  });
});

describe("a table that fails", () => {
  test("stops no gateway that has read the month's sum, and is called again at the next flush only", async () => {
    const table = new SharedTable();
    const ledger = ledgerOf(table);
    await ledger.flush(["p"]);
    table.state = "broken";
    const first = await admit(ledger, 6);
    const { calls } = table;
    expect([first !== undefined, (await admit(ledger, 3)) !== undefined, await admit(ledger, 3)]).toEqual([
      true,
      true,
      undefined,
    ]);
    expect(table.calls).toBe(calls);
    table.state = "up";
    await ledger.flush(["p"]);
    expect(table.sum).toBe(9);
  });

  test("lets a gateway that has never read the sum spend nothing under a cap, and as before without one", async () => {
    const table = new SharedTable();
    table.state = "broken";
    const ledger = ledgerOf(table);
    await ledger.flush(["p"]);
    expect(await admit(ledger, 1)).toBeUndefined();
    expect(await admit(ledger, 1, null)).toBeDefined();
  });

  test("gets no money back twice when its response to a return was lost", async () => {
    const table = new SharedTable();
    const ledger = ledgerOf(table);
    const money = [await admit(ledger, 2), await admit(ledger, 2)];
    money[0]?.settle(0);
    table.state = "silent";
    await ledger.flush(["p"]);
    table.state = "up";
    await ledger.flush(["p"]);
    expect(table.sum).toBeGreaterThanOrEqual(2);
  });
});

/** One step of a history: which of three gateways, what it does, and how large. */
const Step = fc.tuple(
  fc.integer({ min: 0, max: 2 }),
  fc.constantFrom("admit", "admit", "admit", "settle", "settle", "flush", "kill", "lose"),
  fc.double({ min: 0.001, max: 3, noNaN: true }),
);

// documented: spend-never-below-use
test("whatever is killed and whatever responses are lost, the table counts no less than was used, and use stays under the cap", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { maxLength: 60 }), async (steps) => {
      const table = new SharedTable();
      const gateways = Array.from({ length: 3 }, () => ({ ledger: ledgerOf(table), open: [] as Admitted[] }));
      let used = 0;
      for (const [index, action, size] of steps) {
        const gateway = gateways[index]!;
        if (action === "admit") {
          const money = await admit(gateway.ledger, size);
          if (money !== undefined) gateway.open.push({ money, use: size * 0.7 });
        } else if (action === "settle") {
          const one = gateway.open.shift();
          used += one?.use ?? 0;
          one?.money.settle(one.use);
        } else if (action === "kill") {
          // Its requests have cost what they were billed for until then.
          for (const { use } of gateway.open) used += use;
          Object.assign(gateway, { ledger: ledgerOf(table), open: [] });
        } else {
          if (action === "lose") table.state = "silent";
          await gateway.ledger.flush(["p"]);
          table.state = "up";
          if (action === "lose") await gateway.ledger.flush(["p"]);
        }
        expect(table.sum).toBeGreaterThanOrEqual(used - 1e-9);
        expect(used).toBeLessThanOrEqual(CAP + 1e-9);
      }
    }),
    { numRuns: 300 },
  );
});

type Admitted = { readonly money: NonNullable<Awaited<ReturnType<typeof admit>>>; readonly use: number };

describe("the table of spend", () => {
  test("adds under a limit in one conditional write, for every gateway", async () => {
    const { spendStore } = await startRoutesTable();
    expect(await spendStore.add("p", "2026-11", 4, 6)).toBe(4);
    const added = await Promise.all(Array.from({ length: 6 }, () => spendStore.add("p", "2026-11", 2, 8)));
    expect(added.filter((sum) => sum !== undefined).toSorted()).toEqual([10, 6, 8].toSorted());
    expect(await spendStore.add("p", "2026-11", -1.5)).toBe(8.5);
    expect(await spendStore.add("q", "2026-11", 5, -1)).toBeUndefined();
  });
});
