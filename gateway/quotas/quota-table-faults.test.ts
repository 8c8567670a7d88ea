import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { LimitGrant } from "../limits/limit-store.ts";
import { Clock, granted, quotaStores, SECOND, TODAY, tokens } from "../test/quota-stores.ts";
import { SharedQuotaTable } from "../test/shared-quota-table.ts";
import type { QuotaTable } from "./quota-table.ts";

const storeOf = quotaStores();

describe("a table that fails", () => {
  // documented: quota-table-gone
  test.each(["refuse", "allow"] as const)(
    "leaves what is drawn; beyond it, money is refused and tokens are as the setting says: %s",
    async (whenTableIsGone) => {
      const table = new SharedQuotaTable();
      const problems: string[] = [];
      const store = storeOf(table, new Clock(), { whenTableIsGone, onProblem: (problem) => problems.push(problem) });
      const both = (amount: number) => [tokens(amount), tokens(amount, { name: "m", isMoney: true })] as const;
      (await granted(store, ...both(1_000))).settle([900, 900]);
      table.state = "broken";
      (await granted(store, ...both(100))).settle([100, 100]);
      expect(await store.reserve([tokens(500, { name: "m", isMoney: true })])).toBeUndefined();
      expect((await store.reserve([tokens(500)]))?.isGranted).toBe(whenTableIsGone === "allow" ? true : undefined);
      expect(problems.length).toBe(2);
    },
  );

  test("keeps a request waiting for no longer than a tenth of a second where something is drawn", async () => {
    const table = new SharedQuotaTable();
    const store = storeOf(table);
    (await granted(store, tokens(100))).settle([20]);
    table.state = "hanging";
    expect((await granted(store, tokens(1_000, { least: 1 }))).amounts).toEqual([80]);
    const waits = store.reserve([tokens(1_000, { least: 500, isMoney: true })]);
    table.letGo();
    expect((await waits)?.isGranted).toBe(true);
  });

  test("is not asked to draw until it responds again: what arrives without response stays counted", async () => {
    const table = new SharedQuotaTable();
    const clock = new Clock();
    const store = storeOf(table, clock);
    table.state = "silent";
    for (let second = 0; second < 30; second++) {
      expect(await store.reserve([tokens(1_000)])).toBeUndefined();
      clock.ms += SECOND;
      await store.tend();
    }
    expect(table.drawn.get(TODAY)).toBe(1_000);
    table.state = "up";
    clock.ms += SECOND;
    await store.tend();
    expect((await granted(store, tokens(9_000))).amounts).toEqual([9_000]);
  });

  test("gets no return twice when its response was lost", async () => {
    const table = new SharedQuotaTable();
    const clock = new Clock();
    const store = storeOf(table, clock);
    const [first] = [await granted(store, tokens(4_000)), await granted(store, tokens(5_500))];
    table.state = "silent";
    first.settle([0]);
    await setImmediate();
    table.state = "up";
    for (let round = 0; round < 3; round++) {
      clock.ms += 6 * SECOND;
      await store.tend();
    }
    await store.close();
    expect(table.drawn.get(TODAY)).toBeGreaterThanOrEqual(5_500);
  });
});

// documented: quota-table-slow
test("a table that takes two seconds for each call delays no request of a steady load", async () => {
  const clock = new Clock();
  const table = new SharedQuotaTable();
  let latencyMs = 5;
  const calls: { readonly dueMs: number; readonly go: () => void }[] = [];
  const later = async <T>(call: () => Promise<T>): Promise<T> => {
    if (latencyMs > 0) await new Promise<void>((go) => calls.push({ dueMs: clock.ms + latencyMs, go }));
    return await call();
  };
  const slow: QuotaTable = {
    add: (...args) => later(() => table.add(...args)),
    read: (...args) => later(() => table.read(...args)),
    report: (...args) => later(() => table.report(...args)),
  };
  const store = storeOf(slow, clock);
  const open: { readonly endMs: number; readonly grant: LimitGrant }[] = [];
  let waited = 0;
  const second = async () => {
    for (let step = 0; step < 50; step++) {
      clock.ms += SECOND / 50;
      for (const { go } of takeWhile(calls, ({ dueMs }) => dueMs <= clock.ms)) go();
      for (const { grant } of takeWhile(open, ({ endMs }) => endMs <= clock.ms)) grant.settle([600]);
      let isDecided = false;
      void store.reserve([tokens(1_500, { max: 1e9 })]).then((decision) => {
        isDecided = true;
        if (decision?.isGranted) open.push({ endMs: clock.ms + 3 * SECOND, grant: decision });
      });
      await setImmediate();
      if (!isDecided) waited++;
    }
    void store.tend();
  };
  for (let index = 0; index < 20; index++) await second();
  latencyMs = 2 * SECOND;
  waited = 0;
  for (let index = 0; index < 60; index++) await second();
  expect(waited).toBe(0);
  expect(open.length).toBeGreaterThan(100);
  latencyMs = 0;
  for (const { go } of calls) go();
});

/** Takes from a list's begin what passes the check. */
function takeWhile<T>(list: T[], check: (one: T) => boolean): readonly T[] {
  const end = list.findIndex((one) => !check(one));
  return list.splice(0, end === -1 ? list.length : end);
}
