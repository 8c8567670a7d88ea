import { describe, expect, test } from "vitest";
import { ApiKeyItem, NO_HASH, StoredApiKey } from "../../contracts/processes/auth.ts";
import { hashApiKey, newApiKey } from "./api-key.ts";
import { checkKey } from "./check-key.ts";
import { createKey, hasScope, type KeyRestrictions, restrict, rotate, scopesOf } from "./key-item.ts";
import { isValidBeforeRestrictions, KeyBeforeRestrictions } from "./test/release-before-restrictions.ts";

const NOW = new Date("2026-06-01T12:00:00.000Z");
const make = (restrictions: KeyRestrictions = {}) =>
  createKey({ name: "test", plan: "standard", createdAt: NOW, ...restrictions });

const RESTRICTIONS: readonly KeyRestrictions[] = [
  { expiresAt: "2026-07-01T00:00:00.000Z" },
  { models: ["tiny"] },
  { addresses: ["10.0.0.0/8", "2001:db8::/32"] },
  { scopes: ["read"] },
  { scopes: ["admin"] },
];

describe("a new key's item", () => {
  test.each([{}, ...RESTRICTIONS])("has the written form with %j", (restrictions) => {
    const { item } = make(restrictions);
    expect(ApiKeyItem.parse(item)).toEqual(item);
    expect(StoredApiKey.parse(item)).toEqual(item);
    expect(item).toMatchObject(restrictions);
  });

  test("generates without administering unless other scopes are given", () => {
    const scopes = (input?: KeyRestrictions["scopes"]) => {
      const { item } = make({ scopes: input });
      return (["read", "generate", "observe", "logs", "admin"] as const).filter((scope) => hasScope(item, scope));
    };
    expect(scopes()).toEqual(["read", "generate"]);
    expect(scopes(["generate"])).toEqual(["read", "generate"]);
    expect(scopes(["read"])).toEqual(["read"]);
    expect(scopes(["observe"])).toEqual(["observe"]);
    expect(scopes(["logs"])).toEqual(["observe", "logs"]);
    expect(scopes(["admin"])).toEqual(["read", "observe", "logs", "admin"]);
    expect(scopes(["generate", "admin"])).toEqual(["read", "generate", "observe", "logs", "admin"]);
    expect(scopes([])).toEqual([]);
  });

  test("of an administrator that was made before scopes were exact still generates", () => {
    const { item } = make();
    expect(scopesOf({ ...item, scopes: ["admin"] })).toEqual(["generate", "admin"]);
  });
});

describe("two releases on one table", () => {
  test("the release before restrictions accepts a key without any, and refuses one that has one", () => {
    const free = make();
    expect(isValidBeforeRestrictions(hashApiKey(free.secret), free.item)).toBe(true);
    for (const restrictions of RESTRICTIONS) {
      const { secret, item } = make(restrictions);
      expect(KeyBeforeRestrictions.safeParse(item).success).toBe(true);
      expect(isValidBeforeRestrictions(hashApiKey(secret), item)).toBe(false);
    }
  });

  test("a key that the release before restrictions made is read and works as it did", () => {
    const { keyId, hash, secret } = newApiKey();
    const stored = { keyId, hash, name: "old", plan: "standard", createdAt: "2026-01-01T00:00:00Z", scopes: ["admin"] };
    const item = StoredApiKey.parse(stored);
    for (const scope of ["read", "generate", "admin"] as const)
      expect(checkKey(secret, item, { scope, address: "", model: "tiny" }, NOW.getTime())).toBeUndefined();
  });

  test.each([
    ["expiresAt", "next year"],
    ["expiresAt", null],
    ["models", "tiny"],
    ["models", [5]],
    ["addresses", ["10.0.0.0/8", "the office"]],
    ["addresses", {}],
    ["revokedAt", 5],
    ["owner", "user"],
    ["projectId", 5],
    ["scopes", "read"],
    ["restrictedHash", "none"],
    ["requires", ["keyOfTheMoon"]],
    ["requires", "everything"],
  ])("a key whose %s is %j, which this release can't read, counts as none", (field, value) => {
    const { item } = make({ models: ["tiny"] });
    expect(StoredApiKey.safeParse({ ...item, [field]: value }).success).toBe(false);
  });

  test("an unknown scope, an unreadable previous secret and an unknown field give no rights", () => {
    const { item } = make({ scopes: ["read"] });
    const stored = { ...item, scopes: ["read", "launch"], previous: "abc", limits: { requests: 5 } };
    expect(StoredApiKey.parse(stored)).toEqual({ ...item, previous: undefined });
  });

  test("a name in requires that this release knows is no obstacle", () => {
    const { item } = make({ models: ["tiny"] });
    expect(StoredApiKey.safeParse({ ...item, requires: ["models"] }).success).toBe(true);
  });
});

describe("changing a key", () => {
  test("restrictions replace those before, and a key that has lost its last one is still refused by older releases", () => {
    const { secret, item } = make({ models: ["tiny"] });
    const other = restrict(item, { addresses: ["10.0.0.0/8"] });
    expect(other.models).toBeUndefined();
    const free = restrict(other, {});
    expect(checkKey(secret, free, { address: "1.1.1.1", model: "any" }, NOW.getTime())).toBeUndefined();
    expect(free.hash).toBe(NO_HASH);
    expect(restrict(make().item, {})).not.toHaveProperty("restrictedHash");
  });

  test.each([{}, { models: ["tiny"] }])("rotation keeps the id and the restrictions: %j", (restrictions) => {
    const before = make(restrictions);
    const next = newApiKey(undefined, before.item.keyId);
    const item = rotate(before.item, next.hash, new Date(NOW.getTime() + 1000));
    expect(ApiKeyItem.parse(item)).toMatchObject({ keyId: before.item.keyId, ...restrictions });
    expect(checkKey(next.secret, item, {}, NOW.getTime())).toBeUndefined();
    expect(item.restrictedHash === undefined).toBe(before.item.restrictedHash === undefined);
  });
});
