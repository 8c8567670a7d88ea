import { describe, expect, test } from "vitest";
import type { AuthMode } from "../../contracts/processes/auth.ts";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { completion, errorOf, post, startTestGateway } from "../test/test-gateway.ts";

async function withKey(auth: AuthMode) {
  const test = await startTestGateway({ config: { auth } });
  const key = newApiKey();
  const item = { keyId: key.keyId, hash: key.hash, name: "a", plan: "standard", createdAt: "2026-01-01T00:00:00Z" };
  test.keys.set(key.keyId, item);
  const send = (authorization?: string) =>
    post(test.url, "/v1/completions", completion(), authorization === undefined ? {} : { authorization });
  return { ...test, key, item, send };
}

describe("keys", () => {
  // documented: key-accepted
  test("required: the right key passes, and its id is in the log, the key itself is not", async () => {
    const { send, key, requestLine, logText, engines } = await withKey("required");
    expect((await send(`Bearer ${key.secret}`)).status).toBe(200);
    expect(await requestLine()).toMatchObject({ keyId: key.keyId });
    expect(logText()).not.toContain(key.secret.slice(18));
    expect(engines[0]?.received[0]?.headers.authorization).toBeUndefined();
  });

  test.each([undefined, "", "Bearer", "Bearer   "])("required: %j is 401 missing_api_key", async (header) => {
    const { send } = await withKey("required");
    const response = await send(header);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    await errorOf(response, 401, "missing_api_key");
  });

  test.each(["required", "optional"] as const)("%s: a wrong key is 401 invalid_api_key", async (mode) => {
    const { send, key } = await withKey(mode);
    const changed = key.secret.slice(0, -1) + (key.secret.endsWith("A") ? "B" : "A");
    for (const header of [
      `Bearer ${changed}`,
      `Bearer ${newApiKey().secret}`,
      "Bearer none",
      "Basic YTpi",
      key.secret,
    ]) {
      const response = await send(header);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      await errorOf(response, 401, "invalid_api_key");
    }
  });

  test("required: a revoked key is 401", async () => {
    const { send, key, keys, item } = await withKey("required");
    keys.set(key.keyId, { ...item, revokedAt: "2026-02-01T00:00:00Z" });
    await errorOf(await send(`Bearer ${key.secret}`), 401, "invalid_api_key");
  });

  // documented: keys-optional
  test("optional: no key is fine", async () => {
    const { send, key } = await withKey("optional");
    expect((await send()).status).toBe(200);
    expect((await send(`Bearer ${key.secret}`)).status).toBe(200);
  });

  test("off: whatever is sent is ignored", async () => {
    const { send } = await withKey("off");
    expect((await send("Bearer nonsense")).status).toBe(200);
  });

  test("required: every path under /v1 needs the key, /health does not", async () => {
    const { url } = await withKey("required");
    for (const path of ["/v1/models", "/v1/models/tiny"])
      await errorOf(await fetch(url + path), 401, "missing_api_key");
    await errorOf(await post(url, "/v1/chat/completions", "not even JSON"), 401, "missing_api_key");
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  // documented: key-check-fails
  test("a key that can't be checked is refused: 503 with Retry-After", async () => {
    const { url } = await startTestGateway({
      config: { auth: "optional" },
      keys: { get: async () => Promise.reject(new Error("table is gone")) },
    });
    const response = await post(url, "/v1/completions", completion(), {
      authorization: `Bearer ${newApiKey().secret}`,
    });
    expect(response.headers.get("retry-after")).toBe("2");
    await errorOf(response, 503, "auth_unavailable");
    expect((await post(url, "/v1/completions", completion())).status).toBe(200);
  });
});
