import { describe, expect, test } from "vitest";
import { type ApiKeyItem, KEY_CHANGES_ID } from "../../contracts/processes/auth.ts";
import { archivedProjectId } from "../../domain/keys/archived-project.ts";
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

  // documented: key-sent-again
  test("are added and revoked where the response is cut off and the command is sent again", async () => {
    const cut = new Set<string>();
    const keys = await emptyRegistry(undefined, (operation) => {
      const isFirst = /^(Put|Transact)/.test(operation) && !cut.has(operation);
      return isFirst && cut.add(operation) !== undefined;
    });
    await keys.add(item("a"));
    expect(await keys.revoke("a".repeat(12), new Date("2026-05-01T00:00:00Z"))).toBe(true);
    expect([...cut]).toEqual(["PutItem", "TransactWriteItems"]);
    expect((await keys.list())[0]?.revokedAt).toBe("2026-05-01T00:00:00.000Z");
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

  // documented: key-change-counted-with-it
  test.each([0, 1, 2])(
    "a revocation whose writer is cut off after %i writes is made and counted, or neither",
    async (writes) => {
      let made = Number.NEGATIVE_INFINITY;
      const isWrite = (operation: string) => /^(Put|Update|Transact)/.test(operation);
      const keys = await emptyRegistry((operation) => isWrite(operation) && made++ >= writes);
      await keys.add(item("a"));
      made = 0;
      await keys.revoke("a".repeat(12), new Date()).catch(() => undefined);
      const count = (await keys.item(KEY_CHANGES_ID))?.changes;
      expect((await keys.list())[0]?.revokedAt === undefined ? 0 : 1).toBe(count ?? 0);
      expect(count ?? 0).toBe(writes === 0 ? 0 : 1);
    },
  );

  test("twenty keys revoked at once are all revoked, and each is counted", async () => {
    const keys = await emptyRegistry();
    const ids = Array.from({ length: 20 }, (_, index) => `${"a".repeat(11)}${"abcdefghijklmnopqrst"[index]}`);
    for (const keyId of ids) await keys.add({ ...item("a"), keyId });
    expect(await Promise.all(ids.map((keyId) => keys.revoke(keyId, new Date())))).toEqual(Array(20).fill(true));
    expect((await keys.item(KEY_CHANGES_ID))?.changes).toBe(20);
  });

  test("a change that is not made is not counted", async () => {
    const keys = await emptyRegistry();
    expect(await keys.revoke("b".repeat(12), new Date())).toBe(false);
    expect(await keys.item(KEY_CHANGES_ID)).toBeUndefined();
  });

  test("a list longer than one page of DynamoDB's is complete", async () => {
    const keys = await emptyRegistry();
    const id = (index: number) =>
      Array.from(String(index).padStart(12, "0"), (digit) => "abcdefghij"[Number(digit)]).join("");
    const long = { ...item("a"), name: "n".repeat(100), plan: "p".repeat(60_000) };
    await Promise.all(Array.from({ length: 25 }, (_, index) => keys.add({ ...long, keyId: id(index) })));
    expect(await keys.list()).toHaveLength(25);
  });

  test("of an archived project are revoked, those of others are not", async () => {
    const keys = await emptyRegistry();
    const revokedAt = "2026-06-01T00:00:00.000Z";
    const archived = { ...item("c"), keyId: archivedProjectId("proj_1"), kind: "archived-project", revokedAt };
    await keys.add(archived);
    await keys.add({ ...item("a"), projectId: "proj_1" });
    await keys.add({ ...item("b"), projectId: "proj_2" });
    expect((await keys.list()).map((key) => [key.keyId[0], key.revokedAt])).toEqual([
      ["a", revokedAt],
      ["b", undefined],
    ]);
    expect(await keys.key("a".repeat(12))).toMatchObject({ revokedAt });
    expect((await keys.key("b".repeat(12)))?.revokedAt).toBeUndefined();
  });
});
