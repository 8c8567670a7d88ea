import { describe, expect, test } from "vitest";
import { adminKeyId, hasHash, newAdminKey, redacted } from "./admin-key.ts";
import { apiKeyId, hashApiKey, newApiKey } from "./api-key.ts";

describe("an admin key", () => {
  test("has its id, 256 random bits and a checksum, and is stored by its hash", () => {
    const { keyId, secret, hash } = newAdminKey();
    expect(secret).toMatch(/^sk-admin-[a-z2-7]{12}-[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/);
    expect([adminKeyId(secret), hashApiKey(secret)]).toEqual([keyId, hash]);
    expect([hasHash(secret, hash), hasHash(newAdminKey().secret, hash)]).toEqual([true, false]);
  });

  test("is no key for models, and a key for models is no admin key", () => {
    expect(apiKeyId(newAdminKey().secret)).toBeUndefined();
    expect(adminKeyId(newApiKey().secret)).toBeUndefined();
  });

  test("with another character at any place of the checked part has no id", () => {
    const { secret } = newAdminKey();
    for (let index = 9; index < secret.length; index++) {
      const other = secret[index] === "b" ? "c" : "b";
      expect(adminKeyId(secret.slice(0, index) + other + secret.slice(index + 1))).toBeUndefined();
    }
  });

  test("is shown by its id and its last four characters", () => {
    const { keyId, secret } = newAdminKey();
    expect(redacted(secret)).toBe(`sk-admin-${keyId}...${secret.slice(-4)}`);
  });
});
