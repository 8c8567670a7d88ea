import { describe, expect, test } from "vitest";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { emptyRegistry } from "../test/empty-registry.ts";

const item = (letter: string, createdAt = "2026-01-01T00:00:00.000Z"): ApiKeyItem => ({
  keyId: letter.repeat(12),
  hash: "0".repeat(64),
  name: `key ${letter}`,
  plan: "standard",
  createdAt,
});

describe("keys in DynamoDB", () => {
  test("are listed in the order of their creation, not in the table's", async () => {
    const keys = await emptyRegistry();
    const made = [item("a", "2026-03-01T00:00:00.000Z"), item("b", "2026-01-01T00:00:00.000Z"), item("c")];
    for (const each of made) await keys.add(each);
    expect((await keys.list()).map(({ createdAt }) => createdAt.slice(5, 7))).toEqual(["01", "01", "03"]);
    expect(await keys.list()).toContainEqual(made[0]);
  });

  test("that a newer version wrote are listed without the fields that this version does not have", async () => {
    const keys = await emptyRegistry();
    const newer = { ...item("a"), limits: { requestsPerMinute: 5 }, scopes: ["admin", "billing"] };
    await keys.add(newer as unknown as ApiKeyItem);
    expect(await keys.list()).toEqual([{ ...item("a"), scopes: ["admin"] }]);
  });

  test("are never overwritten by one of the same id", async () => {
    const keys = await emptyRegistry();
    await keys.add(item("a"));
    await expect(keys.add({ ...item("a"), hash: "f".repeat(64) })).rejects.toThrow("conditional request failed");
    expect(await keys.list()).toEqual([item("a")]);
  });

  test("revoking sets the date, and a second call does not change it", async () => {
    const keys = await emptyRegistry();
    await keys.add(item("a"));
    expect(await keys.revoke("a".repeat(12), new Date("2026-05-01T00:00:00Z"))).toBe(true);
    expect(await keys.revoke("a".repeat(12), new Date("2026-06-01T00:00:00Z"))).toBe(true);
    expect((await keys.list())[0]?.revokedAt).toBe("2026-05-01T00:00:00.000Z");
  });

  test("revoking an unknown key returns false and creates nothing", async () => {
    const keys = await emptyRegistry();
    expect(await keys.revoke("b".repeat(12), new Date())).toBe(false);
    expect(await keys.list()).toEqual([]);
  });

  test("a list longer than one page of DynamoDB's is complete", async () => {
    const keys = await emptyRegistry();
    const id = (index: number) =>
      Array.from(String(index).padStart(12, "0"), (digit) => "abcdefghij"[Number(digit)]).join("");
    const long = { ...item("a"), name: "n".repeat(100), plan: "p".repeat(60_000) };
    await Promise.all(Array.from({ length: 25 }, (_, index) => keys.add({ ...long, keyId: id(index) })));
    expect(await keys.list()).toHaveLength(25);
  });
});
