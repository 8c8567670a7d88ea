import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FairBand } from "./fair-band.ts";
import type { QueueShare } from "./weighted-shares.ts";

/** Tenants of one project. */
const share = { id: "project", weight: 1 };

interface Item {
  readonly tenant: string;
  readonly share: QueueShare;
  readonly tokens: number;
  readonly order: number;
}

const MAX_TOKENS = 5000;
/** Each tenant's requests, so many that no tenant runs out. */
const backlogs = fc.array(fc.array(fc.integer({ min: 1, max: MAX_TOKENS }), { minLength: 1, maxLength: 10 }), {
  minLength: 2,
  maxLength: 6,
});

describe("a fair band", () => {
  test("never serves one waiting tenant more than another by more than a quantum and a request", () => {
    void fc.assert(
      fc.property(backlogs, fc.integer({ min: 50, max: 4000 }), (tenants, quantum) => {
        const band = new FairBand<Item>(quantum);
        const served = tenants.map(() => 0);
        const waiting = tenants.map(() => 0);
        let order = 0;
        const add = (index: number) => {
          const sizes = tenants[index] ?? [];
          band.add({ share, tenant: String(index), tokens: sizes[order % sizes.length] ?? 1, order: order++ });
          waiting[index] = (waiting[index] ?? 0) + 1;
        };
        for (const index of tenants.keys()) {
          add(index);
          add(index);
        }
        for (let round = 0; round < 200; round++) {
          const item = band.take();
          if (item === undefined) throw new Error("no request was served, though all tenants wait");
          const index = Number(item.tenant);
          served[index] = (served[index] ?? 0) + item.tokens;
          add(index);
          expect(Math.max(...served) - Math.min(...served)).toBeLessThanOrEqual(quantum + MAX_TOKENS);
        }
      }),
    );
  });

  test("serves each tenant's requests in the order they came, and each of them once", () => {
    const item = fc.record({ tenant: fc.constantFrom("a", "b", "c"), tokens: fc.integer({ min: 1, max: MAX_TOKENS }) });
    void fc.assert(
      fc.property(fc.array(item, { maxLength: 60 }), (requests) => {
        const band = new FairBand<Item>(1024);
        const items = requests.map((request, order) => ({ ...request, share, order }));
        for (const one of items) band.add(one);
        const out: Item[] = [];
        for (let one = band.take(); one !== undefined; one = band.take()) out.push(one);
        expect(band.size).toBe(0);
        for (const tenant of ["a", "b", "c"])
          expect(out.filter((one) => one.tenant === tenant)).toEqual(items.filter((one) => one.tenant === tenant));
      }),
    );
  });

  test("a tenant with a hundred requests waits as long as one with a single request", () => {
    const band = new FairBand<Item>(100);
    for (let order = 0; order < 100; order++) band.add({ share, tenant: "many", tokens: 100, order });
    band.add({ share, tenant: "one", tokens: 100, order: 100 });
    expect([band.take()?.tenant, band.take()?.tenant]).toEqual(["many", "one"]);
  });

  test("a request of a million tokens takes as few steps as any other, and costs its tenant later turns", () => {
    const band = new FairBand<Item>(1);
    band.add({ share, tenant: "large", tokens: 1_000_000, order: 0 });
    band.add({ share, tenant: "larger", tokens: 2_000_000, order: 1 });
    for (let order = 2; order < 20; order++) band.add({ share, tenant: "small", tokens: 100_000, order });
    const tenants = Array.from({ length: 12 }, () => band.take()?.tenant);
    expect(tenants.filter((tenant) => tenant === "small")).toHaveLength(11);
    expect(tenants.indexOf("large")).toBeGreaterThan(8);
  });

  test("a request that was put back is the next, before turns and once", () => {
    const band = new FairBand<Item>(100);
    for (let order = 0; order < 4; order++) band.add({ share, tenant: order < 2 ? "a" : "b", tokens: 100, order });
    const first = band.take()!;
    band.putBack(first);
    expect(band.size).toBe(4);
    expect(band.take()).toBe(first);
    expect(band.delete(first)).toBe(false);
    expect(band.take()?.tenant).toBe("b");
  });

  test("a tenant without waiting requests saves no turns up", () => {
    const band = new FairBand<Item>(1000);
    const item = { share, tenant: "a", tokens: 1, order: 0 };
    for (let round = 0; round < 50; round++) {
      band.add(item);
      expect(band.take()).toBe(item);
    }
    for (let order = 1; order < 100; order++) {
      band.add({ share, tenant: "a", tokens: 100, order });
      band.add({ share, tenant: "b", tokens: 100, order });
    }
    const tenants = Array.from({ length: 20 }, () => band.take()?.tenant);
    expect(tenants.filter((tenant) => tenant === "a")).toHaveLength(10);
  });
});
