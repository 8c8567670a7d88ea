import { describe, expect, test } from "vitest";
import { newApiKey } from "./api-key.ts";
import { checkKey, checkUse, type KeyUse } from "./check-key.ts";
import { createKey, type KeyRestrictions, rotate } from "./key-item.ts";

const NOW = Date.parse("2026-06-01T12:00:00.000Z");
const make = (restrictions: KeyRestrictions = {}) =>
  createKey({ name: "test", plan: "standard", createdAt: new Date(NOW), ...restrictions });
const at = (ms: number) => new Date(NOW + ms).toISOString();

describe("the check of a key", () => {
  test("unknown, wrong, revoked and expired keys are refused for the same reason", () => {
    const { secret, item } = make();
    expect(checkKey(secret, item, {}, NOW)).toBeUndefined();
    expect(checkKey(secret, undefined, {}, NOW)).toBe("invalid");
    expect(checkKey(newApiKey().secret, item, {}, NOW)).toBe("invalid");
    expect(checkKey(secret, { ...item, revokedAt: at(-1) }, {}, NOW)).toBe("invalid");
    expect(checkKey(secret, { ...item, expiresAt: at(-1) }, {}, NOW)).toBe("invalid");
  });

  test("a key works until its expiry and not at it", () => {
    const { secret, item } = make({ expiresAt: at(1000) });
    expect(checkKey(secret, item, {}, NOW + 999)).toBeUndefined();
    expect(checkKey(secret, item, {}, NOW + 1000)).toBe("invalid");
    expect(checkUse(item, {}, NOW + 1000)).toBe("invalid");
  });

  test("a date that is none counts as passed", () => {
    const { secret, item } = make();
    expect(checkKey(secret, { ...item, expiresAt: "soon" }, {}, NOW)).toBe("invalid");
  });

  test("the secret before a rotation works until the end of its overlap, the new one from the start", () => {
    const { secret, item } = make();
    const next = newApiKey(undefined, item.keyId);
    const rotated = rotate(item, next.hash, new Date(NOW + 1000));
    expect(checkKey(next.secret, rotated, {}, NOW)).toBeUndefined();
    expect(checkKey(secret, rotated, {}, NOW + 999)).toBeUndefined();
    expect(checkKey(secret, rotated, {}, NOW + 1000)).toBe("invalid");
    expect(checkKey(secret, rotate(item, next.hash, new Date(NOW)), {}, NOW)).toBe("invalid");
  });

  test("a second rotation ends the first secret, whatever its overlap was", () => {
    const { secret, item } = make();
    const [second, third] = [newApiKey(undefined, item.keyId), newApiKey(undefined, item.keyId)];
    const once = rotate(item, second.hash, new Date(NOW + 5000));
    const twice = rotate(once, third.hash, new Date(NOW + 5000));
    expect(checkKey(secret, twice, {}, NOW)).toBe("invalid");
    expect(checkKey(second.secret, twice, {}, NOW)).toBeUndefined();
    expect(checkKey(third.secret, twice, {}, NOW)).toBeUndefined();
  });

  test.each<[KeyRestrictions, KeyUse, string | undefined]>([
    [{}, { scope: "generate", address: "", model: "any" }, undefined],
    [{ scopes: ["read"] }, { scope: "read" }, undefined],
    [{ scopes: ["read"] }, { scope: "generate" }, "scope"],
    [{ scopes: ["admin"] }, { scope: "generate" }, "scope"],
    [{}, { scope: "admin" }, "scope"],
    [{ models: ["tiny"] }, { model: "tiny" }, undefined],
    [{ models: ["tiny"] }, { model: "Tiny" }, "model"],
    [{ models: [] }, { model: "tiny" }, "model"],
    [{ addresses: ["10.0.0.0/8"] }, { address: "10.255.0.1" }, undefined],
    [{ addresses: ["10.0.0.0/8"] }, { address: "::ffff:10.255.0.1" }, undefined],
    [{ addresses: ["10.0.0.0/8"] }, { address: "11.0.0.1" }, "address"],
    [{ addresses: ["2001:db8::/32"] }, { address: "2001:db8::1" }, undefined],
    [{ addresses: ["2001:db8::/32"] }, { address: "2001:db9::1" }, "address"],
    [{ addresses: ["10.0.0.0/8"] }, { address: "" }, "address"],
    [{ addresses: [] }, { address: "10.0.0.1" }, "address"],
  ])("a key with %j used for %j is refused for %s", (restrictions, use, refusal) => {
    const { secret, item } = make(restrictions);
    expect(checkKey(secret, item, use, NOW)).toBe(refusal);
    expect(checkUse(item, use, NOW)).toBe(refusal);
  });
});
