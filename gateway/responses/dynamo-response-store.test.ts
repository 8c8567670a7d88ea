import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { startDynamoTable } from "../test/dynamo-table.ts";
import { DynamoResponseStore } from "./dynamo-response-store.ts";

async function start() {
  const document = await startDynamoTable("responses", "tenant", "id");
  const clock = { ms: 1_000_000 };
  const options = { client: document, tableName: "responses", ttlSeconds: 60, now: () => clock.ms };
  return { clock, store: new DynamoResponseStore(options), other: new DynamoResponseStore(options) };
}

const stored = (text: string) => ({ response: { id: "resp_1", text }, input: [{ type: "message" }] });

describe("responses in DynamoDB", () => {
  test("are their tenant's alone, for every gateway, until they are deleted", async () => {
    const { store, other } = await start();
    await store.put("a", "resp_1", stored("A"));
    await store.put("b", "resp_1", stored("B"));
    expect(await other.get("a", "resp_1")).toEqual(stored("A"));
    expect(await other.get("c", "resp_1")).toBeUndefined();
    expect(await other.delete("c", "resp_1")).toBe(false);
    expect(await other.delete("a", "resp_1")).toBe(true);
    expect(await store.get("a", "resp_1")).toBeUndefined();
    expect(await store.get("b", "resp_1")).toEqual(stored("B"));
  });

  test("are there for their own gateway while they are written", async () => {
    const { store } = await start();
    const writing = store.put("a", "resp_1", stored("A"));
    expect(await store.get("a", "resp_1")).toEqual(stored("A"));
    await writing;
  });

  test("are not found when their time is over, removed or not", async () => {
    const { store, clock } = await start();
    await store.put("a", "resp_1", stored("A"));
    clock.ms += 59_000;
    expect(await store.get("a", "resp_1")).toBeDefined();
    clock.ms += 2_000;
    expect(await store.get("a", "resp_1")).toBeUndefined();
  });

  test("of over 400 KB are stored in parts, found by every gateway, and deleted as a whole", async () => {
    const { store, other } = await start();
    const large = stored(randomBytes(1_500_000).toString("base64"));
    await store.put("a", "resp_1", large);
    expect(await other.get("a", "resp_1")).toEqual(large);
    expect(await other.get("a", "resp_1#1")).toBeUndefined();
    expect(await other.delete("a", "resp_1#1")).toBe(false);
    expect(await other.delete("a", "resp_1")).toBe(true);
    expect(await other.get("a", "resp_1")).toBeUndefined();
    await store.put("a", "resp_1", stored("A"));
    expect(await other.get("a", "resp_1")).toEqual(stored("A"));
  });

  test("of over 24 MB are not stored, which is reported", async () => {
    const { store } = await start();
    await expect(store.put("a", "resp_1", stored(randomBytes(25_000_000).toString("base64")))).rejects.toThrow(
      /over the size/,
    );
    expect(await store.get("a", "resp_1")).toBeUndefined();
  });
});
