import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../../test-support/waits/eventually.ts";
import { granted, LEASE_MS, LONG, refused, STORES, settle } from "../test/limits/limit-stores.ts";
import type { LimitCounter, LimitStore } from "./limit-store.ts";

function tokens(max: number, amount: number, least?: number): LimitCounter {
  return { name: "project:a:tokens", max, amount, least, windowSeconds: LONG };
}

function requests(max: number): LimitCounter {
  return { name: "key:b:requests", max, amount: 1, windowSeconds: LONG };
}

function inProgress(max: number, amount = 1): LimitCounter {
  return { name: "user:c:concurrency", max, amount, windowSeconds: 0 };
}

describe.each(STORES)("the %s limit store", (_name, missing, open) => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  async function openOne(): Promise<LimitStore> {
    const [store] = await open(1);
    if (store === undefined) throw new Error("no store");
    return store;
  }

  test("grants what is left, not less than the least, and then refuses with what is left", async () => {
    const store = await openOne();
    expect(await granted(store.reserve([tokens(100, 70, 10)], LEASE_MS))).toMatchObject({ amounts: [70], left: [30] });
    expect(await granted(store.reserve([tokens(100, 70, 10)], LEASE_MS))).toMatchObject({ amounts: [30], left: [0] });
    const refusal = await refused(store.reserve([tokens(100, 70, 10)], LEASE_MS));
    expect(refusal).toMatchObject({ counter: 0, left: 0 });
    expect(refusal.resetMs).toBeGreaterThan(0);
  });

  test("refuses what is not left as a whole where no least amount is named", async () => {
    const store = await openOne();
    await granted(store.reserve([tokens(100, 70)], LEASE_MS));
    expect(await refused(store.reserve([tokens(100, 31)], LEASE_MS))).toMatchObject({ left: 30 });
    expect(await granted(store.reserve([tokens(100, 30)], LEASE_MS))).toMatchObject({ amounts: [30] });
  });

  test("grants nothing of a limit of 0, and an amount of 0 of a limit that is used up", async () => {
    const store = await openOne();
    await refused(store.reserve([tokens(0, 1)], LEASE_MS));
    expect(await granted(store.reserve([tokens(0, 0)], LEASE_MS))).toMatchObject({ amounts: [0], left: [0] });
    expect(await granted(store.reserve([tokens(0, 50, 0)], LEASE_MS))).toMatchObject({ amounts: [0], left: [0] });
  });

  test("counts a request in all of its counters or in none", async () => {
    const store = await openOne();
    await granted(store.reserve([requests(1), inProgress(9)], LEASE_MS));
    const refusal = await refused(store.reserve([tokens(100, 40), inProgress(9), requests(1)], LEASE_MS));
    expect(refusal.counter).toBe(2);
    const grant = await granted(store.reserve([tokens(100, 40), inProgress(9)], LEASE_MS));
    expect(grant.left).toEqual([60, 7]);
  });

  test("names of several exhausted counters the one whose window ends last", async () => {
    const store = await openOne();
    const counters = [inProgress(0), { ...requests(0), windowSeconds: 3600 }, requests(0), inProgress(0, 2)];
    expect(await refused(store.reserve(counters, LEASE_MS))).toMatchObject({ counter: 2 });
  });

  test("counts windows of different lengths apart, and tells when each ends", async () => {
    const store = await openOne();
    const counters = [3600, 86_400].map((windowSeconds) => ({ ...requests(5), windowSeconds }));
    const before = Date.now();
    const { resetMs, left } = await granted(store.reserve(counters, LEASE_MS));
    const after = Date.now();
    expect(left).toEqual([4, 4]);
    for (const [index, { windowSeconds }] of counters.entries()) {
      const windowMs = 1000 * windowSeconds;
      const ends = resetMs[index] ?? 0;
      expect(ends).toBeGreaterThan(0);
      expect(ends).toBeLessThanOrEqual(windowMs);
      // Some time between the two, in whole milliseconds, it was a multiple of the window.
      const span = (after + ends) % windowMs;
      expect(Math.min(span, windowMs - span)).toBeLessThanOrEqual(after - before + 2);
    }
  });

  test("counts what was used in the place of what was granted, and a second settlement does nothing", async () => {
    const store = await openOne();
    const grant = await granted(store.reserve([tokens(100, 70)], LEASE_MS));
    await settle(grant, [20]);
    await settle(grant, [0]);
    expect(await granted(store.reserve([tokens(100, 10)], LEASE_MS))).toMatchObject({ left: [70] });
    const over = await granted(store.reserve([tokens(100, 10)], LEASE_MS));
    await settle(over, [75]); // more than was granted
    expect(await refused(store.reserve([tokens(100, 1)], LEASE_MS))).toMatchObject({ left: 0 });
  });

  test("takes a use that is no integer for the next one, and one that is no number for what was granted", async () => {
    const store = await openOne();
    await settle(await granted(store.reserve([tokens(1000, 100)], LEASE_MS)), [1.2]);
    await settle(await granted(store.reserve([tokens(1000, 100)], LEASE_MS)), [Number.NaN]);
    await settle(await granted(store.reserve([tokens(1000, 100)], LEASE_MS)), []);
    await settle(await granted(store.reserve([tokens(1000, 100)], LEASE_MS)), [-5]);
    expect(await granted(store.reserve([tokens(1000, 0)], LEASE_MS))).toMatchObject({ left: [1000 - 202] });
    await settle(await granted(store.reserve([tokens(1000, 100)], LEASE_MS)), [Number.POSITIVE_INFINITY]);
    await refused(store.reserve([tokens(1000, 1)], LEASE_MS));
  });

  test("counts amounts beyond 32 bits to the last digit", async () => {
    const store = await openOne();
    const max = Number.MAX_SAFE_INTEGER;
    const grant = await granted(store.reserve([tokens(max, max - 3)], LEASE_MS));
    expect(grant.left).toEqual([3]);
    await settle(grant, [max - 5]);
    expect(await granted(store.reserve([tokens(max, 10, 1)], LEASE_MS))).toMatchObject({ amounts: [5], left: [0] });
  });

  test("begins anew with each window, and a settlement does not reach into the next one", async () => {
    const store = await openOne();
    const short = (amount: number) => store.reserve([{ ...tokens(100, amount), windowSeconds: 1 }], LEASE_MS);
    const shown = await eventually(async () => {
      const earlier = await granted(short(0));
      await sleep(earlier.resetMs[0] ?? 0);
      const over = await granted(short(100));
      await sleep(over.resetMs[0] ?? 0);
      const next = await granted(short(60));
      await settle(over, [0]);
      const last = await short(60);
      if (last === undefined) throw new Error("not reached");
      const lastMs = last.isGranted ? (last.resetMs[0] ?? 0) : last.resetMs;
      expect(lastMs, "the window is over").toBeLessThanOrEqual(next.resetMs[0] ?? 0);
      return { isGranted: last.isGranted, left: last.left };
    });
    expect(shown).toEqual({ isGranted: false, left: 40 });
  });

  // documented: limit-debt
  test("counts what was used beyond a limit in the next window, and what a request of a window that is over used beyond its grant", async () => {
    const store = await openOne();
    const short = (amount: number) => store.reserve([{ ...tokens(100, amount), windowSeconds: 1 }], LEASE_MS);
    const shown = await eventually(async () => {
      const earlier = await granted(short(0));
      await sleep(earlier.resetMs[0] ?? 0);
      const long = await granted(short(60));
      await settle(long, [130]);
      await sleep((long.resetMs[0] ?? 0) + 2);
      const next = await granted(short(10));
      const late = await granted(short(20));
      await sleep((next.resetMs[0] ?? 0) + 2);
      const after = await granted(short(10));
      await settle(late, [25]);
      const last = await granted(short(0));
      expect(last.resetMs[0], "the window is over").toBeLessThanOrEqual(after.resetMs[0] ?? 0);
      return [next.left, after.left, last.left];
    });
    expect(shown).toEqual([[60], [90], [85]]);
  });

  test("never has more in progress than the limit, and frees a slot with its settlement", async () => {
    const store = await openOne();
    const first = await granted(store.reserve([inProgress(3)], LEASE_MS));
    await granted(store.reserve([inProgress(3)], LEASE_MS));
    expect(await refused(store.reserve([inProgress(3, 2)], LEASE_MS))).toMatchObject({ left: 1, resetMs: 0 });
    await settle(first, [1]);
    await settle(first, [1]);
    const both = await granted(store.reserve([inProgress(3, 2)], LEASE_MS));
    expect(both).toMatchObject({ amounts: [2], left: [0], resetMs: [0] });
    await settle(both, []);
    expect(await granted(store.reserve([inProgress(3)], LEASE_MS))).toMatchObject({ left: [1] });
  });

  test("grants what is in progress whole or not at all", async () => {
    const store = await openOne();
    expect(await refused(store.reserve([{ ...inProgress(3, 4), least: 1 }], LEASE_MS))).toMatchObject({ left: 3 });
  });

  test("frees the slots of a request that was never settled when its lease ends, and not twice", async () => {
    const store = await openOne();
    const lost = await granted(store.reserve([inProgress(2)], 60));
    await granted(store.reserve([inProgress(2)], LEASE_MS));
    await refused(store.reserve([inProgress(2)], LEASE_MS));
    await eventually(async () => granted(store.reserve([inProgress(2)], LEASE_MS)));
    await settle(lost, [1]);
    await refused(store.reserve([inProgress(2)], LEASE_MS));
  });

  test("admits exactly the limit of the requests that come to several gateways at once", async () => {
    const stores = await open(3);
    const counters = [tokens(1000, 10), inProgress(70), requests(200)];
    const outcomes = await Promise.all(
      Array.from({ length: 300 }, (_, index) => stores[index % 3]?.reserve(counters, LEASE_MS)),
    );
    const grants = outcomes.filter((outcome) => outcome?.isGranted === true);
    expect(grants).toHaveLength(70);
    for (const grant of grants) grant.settle([10, 1, 1]);
    // Settlements of the others may take a moment.
    await eventually(async () => {
      const probe = await stores[0]?.reserve([inProgress(70)], LEASE_MS);
      if (probe?.isGranted === true) probe.settle([1]);
      expect(probe).toMatchObject({ isGranted: true, left: [69] });
    });
    const more = await Promise.all(
      Array.from({ length: 60 }, (_, index) => stores[index % 3]?.reserve(counters, LEASE_MS)),
    );
    expect(more.filter((outcome) => outcome?.isGranted === true)).toHaveLength(30);
  });
});
