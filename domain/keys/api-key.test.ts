import { describe, expect, test } from "vitest";
import { apiKeyId, bearerCredential, hashApiKey, isApiKeyValid, newApiKey } from "./api-key.ts";

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
