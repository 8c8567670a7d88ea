import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { checkKey } from "../../domain/keys/check-key.ts";
import { MAX_FAILED_KEYS_PER_MINUTE } from "../../domain/keys/failed-keys.ts";
import { createKey } from "../../domain/keys/key-item.ts";
import { errorOf, startTestGateway, type TestGatewayOptions } from "../test/test-gateway.ts";

const CLIENT_IP = "x-sluice-client-ip";
const NOW = Date.now();

/** A gateway that counts the reads of its keys table; `list` lists the models with a key, from an address. */
async function start(options: TestGatewayOptions = {}) {
  const items = new Map<string, ApiKeyItem>();
  const reads: string[] = [];
  const clock = { now: 1_000_000 };
  const gateway = await startTestGateway({
    ...options,
    config: { auth: "required", ...options.config },
    clock: () => clock.now,
    keys: {
      get: async (keyId) => {
        reads.push(keyId);
        return items.get(keyId);
      },
    },
  });
  const add = (change: Partial<ApiKeyItem> = {}) => {
    const { secret, item } = createKey({ name: "k", plan: "standard", createdAt: new Date(NOW) });
    items.set(item.keyId, { ...item, ...change });
    return secret;
  };
  const list = (secret: string, address = "203.0.113.7") =>
    fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${secret}`, [CLIENT_IP]: address } });
  const failTimes = async (count: number, address?: string) => {
    for (let index = 0; index < count; index++)
      await errorOf(await list(newApiKey().secret, address), 401, "invalid_api_key");
  };
  return { ...gateway, add, list, failTimes, reads, clock };
}

describe("keys that are not valid", () => {
  // documented: failed-keys-throttled
  test("too many of one address in a minute are 429 without a look at the table, those of others stay 401", async () => {
    const { list, failTimes, reads, clock } = await start();
    await failTimes(MAX_FAILED_KEYS_PER_MINUTE);
    expect(reads).toHaveLength(MAX_FAILED_KEYS_PER_MINUTE);
    for (const secret of [newApiKey().secret, "sk-mistyped"]) {
      const response = await list(secret);
      expect(response.headers.get("retry-after")).toBe("60");
      await errorOf(response, 429, "rate_limit_exceeded");
    }
    expect(reads).toHaveLength(MAX_FAILED_KEYS_PER_MINUTE);
    await failTimes(1, "203.0.113.8");
    clock.now += 60_000;
    await failTimes(1);
  });

  test("count mistyped, wrong, revoked and expired keys alike", async () => {
    const { add, list } = await start();
    const past = new Date(NOW - 1000).toISOString();
    const valid = add();
    const wrong = newApiKey(undefined, valid.slice(6, 18)).secret;
    const kinds = [add({ revokedAt: past }), add({ expiresAt: past }), wrong, "sk-mistyped", newApiKey().secret];
    for (let index = 0; index < MAX_FAILED_KEYS_PER_MINUTE; index++)
      expect((await list(kinds[index % kinds.length]!)).status).toBe(401);
    for (const secret of kinds) expect((await list(secret)).status).toBe(429);
  });

  test("do not take the access of a key that works at the same address, but a key that is new there waits", async () => {
    const { add, list, failTimes } = await start();
    const [used, unused] = [add(), add()];
    expect((await list(used)).status).toBe(200);
    await failTimes(MAX_FAILED_KEYS_PER_MINUTE);
    expect((await list(used)).status).toBe(200);
    expect((await list(unused)).status).toBe(429);
    expect((await list(unused, "203.0.113.9")).status).toBe(200);
  });

  test("are not counted at trusted addresses", async () => {
    const { failTimes } = await start({ config: { trustedAddresses: ["203.0.113.0/24"] } });
    await failTimes(MAX_FAILED_KEYS_PER_MINUTE + 5);
  });

  // documented: keys-told-apart
  test("unknown, wrong, revoked and expired ones get one body, after one read of the table each", async () => {
    const { add, list, reads } = await start();
    const past = new Date(NOW - 1000).toISOString();
    const wrong = newApiKey(undefined, add().slice(6, 18)).secret;
    const bodies = new Set<string>();
    for (const secret of [newApiKey().secret, wrong, add({ revokedAt: past }), add({ expiresAt: past })]) {
      reads.length = 0;
      bodies.add(await (await list(secret)).text());
      expect(reads).toEqual([secret.slice(6, 18)]);
    }
    expect(bodies.size).toBe(1);
  });

  test("unknown, wrong, revoked and expired ones take the same work to check: one hash, and two comparisons of hashes", () => {
    const { secret, item } = createKey({ name: "k", plan: "standard", createdAt: new Date(NOW) });
    const past = new Date(NOW - 1000).toISOString();
    const cases: readonly (ApiKeyItem | undefined)[] = [
      undefined,
      { ...item, hash: "f".repeat(64) },
      { ...item, revokedAt: past },
      { ...item, expiresAt: past },
    ];
    const [hash, equal] = [vi.spyOn(crypto, "hash"), vi.spyOn(crypto, "timingSafeEqual")];
    onTestFinished(() => {
      for (const spy of [hash, equal]) spy.mockRestore();
      syncBuiltinESMExports();
    });
    syncBuiltinESMExports();
    for (const stored of cases) {
      hash.mockClear();
      equal.mockClear();
      expect(checkKey(secret, stored, {}, NOW)).toBe("invalid");
      expect(hash.mock.calls).toEqual([["sha256", secret]]);
      expect(equal.mock.calls.map((sides) => sides.map(({ byteLength }) => byteLength))).toEqual([
        [64, 64],
        [64, 64],
      ]);
    }
  });
});
