import { describe, expect, test } from "vitest";
import { SharedCount } from "../core/shared-count.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { CacheGenerations } from "./cache-generations.ts";

const count = () => new SharedCount(new SharedArrayBuffer(4));
const store = () => new MemoryStore({ maxBytes: 1024 * 1024 });

describe("generations of the cache", () => {
  test("change for one model, or for all", async () => {
    const generations = new CacheGenerations({ store: store(), clears: count(), now: () => 1000 });
    const before = [generations.of("a"), generations.of("b")];
    await generations.next("a");
    expect(generations.of("a")).not.toBe(before[0]);
    expect(generations.of("b")).toBe(before[1]);
    await generations.next();
    expect(generations.of("b")).not.toBe(before[1]);
  });

  test("change in all threads of a process that has no store", async () => {
    const clears = count();
    const [one, two] = [1, 2].map(() => new CacheGenerations({ store: undefined, clears, now: () => 1000 }));
    const before = two?.of("a");
    await one?.next("a");
    expect(two?.of("a")).not.toBe(before);
  });

  // documented: cache-generation-clock
  test("are always new ones, with a clock that stands still or goes back", async () => {
    let now = 1000;
    const generations = new CacheGenerations({ store: undefined, clears: count(), now: () => now });
    const seen = new Set([generations.of("a")]);
    for (let times = 0; times < 5; times++) {
      await generations.next("a");
      seen.add(generations.of("a"));
      now -= 100;
    }
    expect(seen.size).toBe(6);
  });

  test("come to the same at all gateways, whoever clears first and last", async () => {
    const shared = store();
    const [one, two, late] = [5000, 1000, 9000].map(
      (now) => new CacheGenerations({ store: shared, clears: count(), now: () => now }),
    );
    if (one === undefined || two === undefined || late === undefined) throw new Error("three");
    await one.next("a");
    await two.next("b");
    await two.next("a");
    for (const generations of [one, two, late, one]) await generations.exchange();
    expect(new Set([one, two, late].map((generations) => generations.of("a"))).size).toBe(1);
    expect(new Set([one, two, late].map((generations) => generations.of("b"))).size).toBe(1);
  });

  test("come back to a store that lost them, or has another value under their key", async () => {
    const shared = store();
    const one = new CacheGenerations({ store: shared, clears: count(), now: () => 1000 });
    await one.next("a");
    for (const text of ["not JSON", '{"a":1}', '[["a"],[1,2],"b"]']) {
      await shared.set("cache:generations", Buffer.from(text), 60);
      await one.exchange();
      const two = new CacheGenerations({ store: shared, clears: count(), now: () => 1000 });
      await two.exchange();
      expect(two.of("a")).toBe(one.of("a"));
    }
  });
});
