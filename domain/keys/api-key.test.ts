import { describe, expect, test } from "vitest";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { apiKeyId, bearerCredential, hashApiKey, keyChecksum, newApiKey } from "./api-key.ts";
import { checkKey } from "./check-key.ts";

const isApiKeyValid = (secret: string, key: ApiKeyItem) => checkKey(secret, key, {}, Date.now()) === undefined;

const item = (key: { keyId: string; hash: string }) => ({
  keyId: key.keyId,
  hash: key.hash,
  name: "test",
  plan: "standard",
  createdAt: "2026-01-01T00:00:00Z",
});

describe("API keys", () => {
  test("a new key contains its id, and its stored form does not contain the secret", () => {
    const key = newApiKey();
    expect(apiKeyId(key.secret)).toBe(key.keyId);
    expect(JSON.stringify(item(key))).not.toContain(key.secret.slice(20));
  });

  test("accepts the key itself and refuses one with a changed last character", () => {
    const key = newApiKey();
    const changed = key.secret.slice(0, -1) + (key.secret.endsWith("A") ? "B" : "A");
    expect(isApiKeyValid(key.secret, item(key))).toBe(true);
    expect(isApiKeyValid(changed, item(key))).toBe(false);
  });

  test("refuses a revoked key", () => {
    const key = newApiKey();
    expect(isApiKeyValid(key.secret, { ...item(key), revokedAt: "2026-01-02T00:00:00Z" })).toBe(false);
  });

  test("a new key ends with the CRC-32 of all before it, in base 62", () => {
    // The figure of gzip's specification for this text: 0xcbf43926.
    expect(keyChecksum("123456789")).toBe("3jZRME");
    const { secret } = newApiKey();
    expect(secret).toMatch(/^sk-sl-[a-z2-7]{12}-[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/);
    expect(secret.slice(-6)).toBe(keyChecksum(secret.slice(0, -6)));
  });

  test("a key with any one character mistyped has no id, so that it is refused without a look at the table", () => {
    const { secret } = newApiKey();
    for (let position = 6; position < secret.length; position++) {
      const other = secret[position] === "a" ? "b" : "a";
      expect(apiKeyId(secret.slice(0, position) + other + secret.slice(position + 1))).toBeUndefined();
    }
  });

  test("a key that was made before keys had a checksum has its id", () => {
    expect(apiKeyId(`sk-sl-abcdefghijkl-${"a".repeat(43)}`)).toBe("abcdefghijkl");
  });

  test("a new secret for a key has the key's id", () => {
    expect(newApiKey(undefined, "abcdefghijkl")).toMatchObject({ keyId: "abcdefghijkl" });
  });

  test("two keys differ in id and secret", () => {
    expect(newApiKey().secret).not.toBe(newApiKey().secret);
  });

  test("the hash is SHA-256 in hex", () => {
    expect(hashApiKey("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  test.each([
    ["", undefined],
    ["sk-other", undefined],
    [`sk-sl-UPPERCASE000-${"a".repeat(43)}`, undefined],
    [`sk-sl-abcdefghijkl-${"a".repeat(42)}`, undefined],
  ])("text that is not a key has no id: %s", (text, expected) => {
    expect(apiKeyId(text)).toBe(expected);
  });

  test.each([
    [undefined, undefined],
    ["", undefined],
    ["Basic abc", undefined],
    ["Bearer ", undefined],
    ["Bearer abc", "abc"],
    ["bearer  abc ", "abc"],
  ])("reads the bearer credential of %j as %j", (header, expected) => {
    expect(bearerCredential(header)).toBe(expected);
  });
});
