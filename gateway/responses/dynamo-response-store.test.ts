import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import { startDynamoTable } from "../test/dynamo-table.ts";
import { DynamoResponseStore } from "./dynamo-response-store.ts";

async function start() {
  const document = await startDynamoTable("responses", "tenant", "id");
  const clock = { ms: 1_000_000 };
  const options = { client: document, tableName: "responses", ttlSeconds: 60, now: () => clock.ms };
  return { document, clock, store: new DynamoResponseStore(options), other: new DynamoResponseStore(options) };
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

  test.each(["", "x".repeat(1025), "é".repeat(513)])(
    "are none for an id that no item can have, case %#",
    async (id) => {
      const { store } = await start();
      expect(await store.get("a", id)).toBeUndefined();
      expect(await store.delete("a", id)).toBe(false);
    },
  );

  test("are there for their own gateway while they are written", async () => {
    const { store } = await start();
    const writing = store.put("a", "resp_1", stored("A"));
    expect(await store.get("a", "resp_1")).toEqual(stored("A"));
    await writing;
  });

  test("of who is held do not expire and can't be deleted, in all their parts", async () => {
    const { store, other, clock } = await start();
    const large = stored(randomBytes(1_000_000).toString("base64"));
    await store.put("a", "resp_1", large, async () => ({ heldBy: ["proj_1"] }));
    clock.ms += 61_000;
    await expect(other.delete("a", "resp_1")).rejects.toMatchObject({ code: "legal_hold" });
    expect(await other.get("a", "resp_1")).toEqual(large);
  });

  test("that are not marked yet can't be deleted by who is held, and those that are not there are still not found", async () => {
    const { store } = await start();
    await store.put("a", "resp_1", stored("A"));
    await expect(store.delete("a", "resp_1", ["user-1"])).rejects.toThrow("legal hold on 'user-1'");
    expect(await store.delete("a", "resp_2", ["user-1"])).toBe(false);
    expect(await store.delete("a", "resp_1")).toBe(true);
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

  test("of over 8 MiB with their input are not stored, however well they are packed", async () => {
    const { store } = await start();
    await expect(store.put("a", "resp_1", stored("0".repeat(9_000_000)))).rejects.toThrow(/over the size/);
    expect(await store.get("a", "resp_1")).toBeUndefined();
  });

  test("that an earlier version stored and that are larger are a refusal with a remedy, and can be deleted", async () => {
    const { document, store } = await start();
    const packed = gzipSync(JSON.stringify(stored("0".repeat(9_000_000))));
    const own = { tenant: "a", expiresAt: 9_999_999_999, stored: packed };
    for (const item of [
      { ...own, id: "resp_1", parts: 1 },
      { ...own, id: "resp_2", parts: 60 },
    ]) {
      await document.send(new PutCommand({ TableName: "responses", Item: item }));
      const error = await store.get("a", item.id).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "invalid_request", message: expect.stringContaining("start a new conv") });
    }
    expect(await store.delete("a", "resp_1")).toBe(true);
  });

  test("are no more than 64 MiB while they are written: the next one is not stored", async () => {
    const { store } = await start();
    const large = stored("0".repeat(8_000_000));
    const writing = Array.from({ length: 9 }, async (_, index) => await store.put("a", `resp_${index}`, large));
    const results = (await Promise.allSettled(writing)).map(({ status }) => status);
    expect(results).toEqual([...Array<string>(8).fill("fulfilled"), "rejected"]);
    await store.put("a", "resp_9", large);
  });
});
