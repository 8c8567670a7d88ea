import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LimitGrant } from "../limits/limit-store.ts";
import type { QuotaCounter } from "../limits/quota-store.ts";
import { Clock, granted, NOON, quotaStores, refused, SECOND, TODAY, tokens } from "../test/quota-stores.ts";
import { SharedQuotaTable } from "../test/shared-quota-table.ts";

const storeOf = quotaStores();

describe("quotas are drawn before they are used", () => {
  test("up to the last token: the last request is granted what is left, the next one is refused with the time of the reset", async () => {
    const table = new SharedQuotaTable();
    const store = storeOf(table);
    (await granted(store, tokens(9_000))).settle([9_000]);
    const last = await granted(store, tokens(4_000, { least: 1 }));
    expect([last.amounts, last.left]).toEqual([[1_000], [0]]);
    const refusal = await refused(store, tokens(4_000, { least: 1 }));
    expect(refusal).toEqual({ isGranted: false, counter: 0, left: 0, resetMs: 12 * 3600 * SECOND });
    last.settle([400]);
    expect((await granted(store, tokens(600))).amounts).toEqual([600]);
  });

  // documented: quota-debt
  test("and what was used beyond a quota counts in the next window", async () => {
    const table = new SharedQuotaTable();
    const clock = new Clock();
    const store = storeOf(table, clock);
    (await granted(store, tokens(10_000))).settle([10_300]);
    await store.tend();
    expect(await refused(store, tokens(1))).toMatchObject({ left: 0 });
    clock.ms += 12 * 3600 * SECOND;
    const next = await granted(store, tokens(10_000, { least: 1 }));
    expect(next.amounts).toEqual([9_700]);
    next.settle([0]);
  });

  test("of all counters or of none", async () => {
    const table = new SharedQuotaTable();
    const store = storeOf(table);
    const money = (max: number): QuotaCounter =>
      tokens(700, { name: "org:o:nano_usd:month", window: "month", max, isMoney: true });
    const refusal = await refused(store, tokens(5_000), money(600));
    expect([refusal.counter, refusal.left]).toEqual([1, 600]);
    expect((await granted(store, tokens(10_000), money(700))).amounts).toEqual([10_000, 700]);
  });

  test("and of several that refuse, the one whose window ends last is named", async () => {
    const store = storeOf(new SharedQuotaTable());
    const none = { max: 10 };
    const lifetime = tokens(50, { name: "l", window: "lifetime", ...none });
    const refusal = await refused(
      store,
      tokens(50, none),
      lifetime,
      tokens(50, { name: "m", window: "month", ...none }),
    );
    expect([refusal.counter, refusal.resetMs]).toEqual([1, Number.POSITIVE_INFINITY]);
  });

  test("for several requests at once: not each of them waits for the table", async () => {
    const table = new SharedQuotaTable();
    const store = storeOf(table);
    const large = (amount: number) => tokens(amount, { max: 10_000_000 });
    await Promise.all(Array.from({ length: 50 }, () => granted(store, large(100))));
    expect(table.calls).toBeLessThanOrEqual(2);
    for (let request = 0; request < 1000; request++) (await granted(store, large(100))).settle([100]);
    expect(table.calls).toBeLessThanOrEqual(200);
  });

  test("and what was not needed is returned: at once near the end, after some seconds else", async () => {
    const table = new SharedQuotaTable();
    const clock = new Clock();
    const store = storeOf(table, clock);
    const grant = await granted(store, tokens(2_000));
    grant.settle([50]);
    grant.settle([50]);
    await setImmediate();
    expect(table.drawn.get(TODAY)).toBeLessThanOrEqual(50 + 100);
    clock.ms += 6 * SECOND;
    await store.tend();
    expect([table.drawn.get(TODAY), table.used.get(TODAY)]).toEqual([50, 50]);
    (await granted(store, tokens(9_900))).settle([9_000]);
    await setImmediate();
    expect([table.drawn.get(TODAY), table.used.get(TODAY)]).toEqual([9_050, 9_050]);
  });

  test("and what was used beyond it is written at once", async () => {
    const table = new SharedQuotaTable();
    const store = storeOf(table);
    (await granted(store, tokens(100))).settle([3_000]);
    await setImmediate();
    expect(table.drawn.get(TODAY)).toBe(3_000);
  });

  test("and a request counts in the window in which it began", async () => {
    const table = new SharedQuotaTable();
    const clock = new Clock();
    const store = storeOf(table, clock);
    const grant = await granted(store, tokens(5_000));
    clock.ms += 12 * 3600 * SECOND;
    expect((await granted(store, tokens(10_000))).amounts).toEqual([10_000]);
    grant.settle([4_000]);
    clock.ms += 6 * SECOND;
    await store.tend();
    await store.tend();
    expect([table.drawn.get(TODAY), table.drawn.get("key:k:tokens:day 2026-11-30")]).toEqual([4_000, 10_000]);
    expect(store.size).toBe(1);
  });

  test("and a limit that is changed counts with the next request", async () => {
    const store = storeOf(new SharedQuotaTable());
    (await granted(store, tokens(10_000))).settle([10_000]);
    await refused(store, tokens(1));
    await granted(store, tokens(5_000, { max: 15_000 }));
    await refused(store, tokens(1, { max: 10 }));
  });

  test("by the local calendar: the day of a time zone ends at its midnight, also when clocks change", async () => {
    const table = new SharedQuotaTable();
    const clock = new Clock();
    // 23:59:59 in Havana, whose clocks go back an hour at 01:00 of the 1st of November.
    clock.ms = Date.parse("2026-11-01T03:59:59Z") - NOON;
    const store = storeOf(table, clock);
    const local = (amount: number) => tokens(amount, { timeZone: "America/Havana" });
    (await granted(store, local(10_000))).settle([10_000]);
    expect((await refused(store, local(1))).resetMs).toBe(SECOND);
    clock.ms += SECOND;
    (await granted(store, local(10_000))).settle([10_000]);
    expect((await refused(store, local(1))).resetMs).toBe(25 * 3600 * SECOND);
  });

  test("but what only reports refuses nothing, and is written once a second", async () => {
    const table = new SharedQuotaTable();
    const store = storeOf(table);
    const alert = tokens(8_000, { isAlert: true, max: 100_000 });
    for (let request = 0; request < 5; request++) (await granted(store, alert)).settle([8_000]);
    await store.tend();
    expect([table.used.get("key:k:tokens:day alert 2026-11-29"), table.calls]).toEqual([40_000, 1]);
  });
});

test("accounts without use are forgotten, and nothing is lost with them", async () => {
  const table = new SharedQuotaTable();
  const clock = new Clock();
  const store = storeOf(table, clock);
  for (let key = 0; key < 300; key++) (await granted(store, tokens(100, { name: `key ${key}` }))).settle([60]);
  clock.ms += 61 * SECOND;
  for (let second = 0; second < 3; second++) await store.tend();
  expect(store.size).toBe(0);
  expect([...table.drawn.values()].every((drawn) => drawn === 60)).toBe(true);
});

/** One step of a history: which of three gateways, what happens, how much is wanted and used. */
const Step = fc.record({
  gateway: fc.nat(2),
  action: fc.constantFrom(
    "reserve",
    "reserve",
    "reserve",
    "reserve",
    "settle",
    "settle",
    "tend",
    "wait",
    "kill",
    "lose",
    "break",
  ),
  amount: fc.integer({ min: 1, max: 3_000 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});

// documented: quota-never-passed
test("whatever is killed and whatever responses are lost, no more is used than the quota, and the table counts no less than is used", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { maxLength: 80 }), async (steps) => {
      const table = new SharedQuotaTable();
      const clock = new Clock();
      const start = () => ({ store: storeOf(table, clock), open: [] as { grant: LimitGrant; use: number }[] });
      const gateways = Array.from({ length: 3 }, start);
      const pending: Promise<unknown>[] = [];
      let used = 0;
      for (const { gateway: index, action, amount, share } of steps) {
        const gateway = gateways[index] ?? start();
        const { store, open } = gateway;
        if (action === "reserve")
          pending.push(
            store.reserve([tokens(amount, { least: Math.ceil(amount * share) })]).then((decision) => {
              if (!decision?.isGranted) return;
              const [most = 0] = decision.amounts;
              expect(most).toBeLessThanOrEqual(amount);
              open.push({ grant: decision, use: Math.floor(most * share) });
            }),
          );
        else if (action === "settle") {
          const one = open.shift();
          used += one?.use ?? 0;
          one?.grant.settle([one.use]);
        } else if (action === "tend") {
          clock.ms += 6 * SECOND;
          await store.tend();
        } else if (action === "kill") {
          await Promise.all(pending.splice(0));
          // What its requests have cost until then was used.
          for (const { use } of open.splice(0)) used += use;
          gateways[index] = start();
        } else if (action === "lose" || action === "break") table.state = action === "lose" ? "silent" : "broken";
        else {
          await Promise.all(pending.splice(0));
          table.state = "up";
        }
        expect(used).toBeLessThanOrEqual(10_000);
        expect(table.drawn.get(TODAY) ?? 0).toBeGreaterThanOrEqual(used);
        expect(table.drawn.get(TODAY) ?? 0).toBeLessThanOrEqual(10_000);
      }
      await Promise.all(pending);
    }),
    { numRuns: 3000 },
  );
});
