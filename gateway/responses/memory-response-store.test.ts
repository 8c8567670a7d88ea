import { describe, expect, test } from "vitest";
import { MemoryResponseStore } from "./memory-response-store.ts";

function start(maxBytes = 10_000) {
  const clock = { ms: 1000 };
  const store = new MemoryResponseStore({ maxBytes, ttlSeconds: 60, now: () => clock.ms });
  return { clock, store };
}
const stored = (text: string) => ({ response: { id: "resp_1", text }, input: [{ type: "message" }] });

describe("responses in memory", () => {
  test("are their tenant's alone", async () => {
    const { store } = start();
    await store.put("a", "resp_1", stored("A"));
    await store.put("b", "resp_1", stored("B"));
    expect(await store.get("a", "resp_1")).toEqual(stored("A"));
    expect(await store.get("c", "resp_1")).toBeUndefined();
    expect(await store.delete("c", "resp_1")).toBe(false);
    expect(await store.delete("a", "resp_1")).toBe(true);
    expect(await store.get("a", "resp_1")).toBeUndefined();
    expect(await store.get("b", "resp_1")).toEqual(stored("B"));
  });

  test("are not found when their time is over", async () => {
    const { store, clock } = start();
    await store.put("a", "resp_1", stored("A"));
    clock.ms = 60_999;
    expect(await store.get("a", "resp_1")).toBeDefined();
    clock.ms = 61_002;
    expect(await store.get("a", "resp_1")).toBeUndefined();
  });

  test("are evicted for new ones, the longest unused first, and none is stored that is over the whole bound", async () => {
    const { store } = start();
    for (const id of ["1", "2", "3"]) await store.put("a", id, stored("x".repeat(2800)));
    await store.get("a", "1");
    await store.put("a", "4", stored("x".repeat(2800)));
    expect(await Promise.all(["1", "2", "3", "4"].map(async (id) => (await store.get("a", id)) !== undefined))).toEqual(
      [true, false, true, true],
    );
    await expect(store.put("a", "5", stored("x".repeat(20_000)))).rejects.toThrow(/over the size/);
    expect(await store.get("a", "5")).toBeUndefined();
  });
});
