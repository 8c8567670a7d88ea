import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { noRedisServer, startRedisServer } from "../../test-support/redis-server.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { withGatewayBundle } from "../test/gateway-process.ts";
import { serveLimited } from "../test/limits/serving.ts";
import { completion, post } from "../test/test-gateway.ts";

withGatewayBundle();

/** Each over a connection of its own, which the kernel assigns to any thread. */
const CLOSE = { connection: "close" };
const HOUR_MS = 3_600_000;

/** How many of so many requests at once are served; all others are over the limit. */
async function served(urls: readonly string[], secret: string, count: number): Promise<number> {
  // All of them come in one hour.
  const leftMs = HOUR_MS - (Date.now() % HOUR_MS);
  if (leftMs < 30_000) await sleep(leftMs);
  const headers = { ...CLOSE, authorization: `Bearer ${secret}` };
  const statuses = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const response = await post(urls[index % urls.length] ?? "", "/v1/completions", completion(), headers);
      await response.text();
      return response.status;
    }),
  );
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  return statuses.filter((status) => status === 200).length;
}

// documented: limits-of-processes
test.skipIf(noRedisServer !== undefined)(
  "gateways of several threads that share Valkey serve a key as often as its limit says, all together",
  { timeout: 120_000 },
  async () => {
    const server = await startRedisServer();
    onTestFinished(() => server.stop());
    const gateways = await Promise.all([2, 1].map((threads) => serveLimited(threads, server.url)));
    const sum = (isAvailable: boolean) => gateways.reduce((count, { changes }) => count + changes(isAvailable), 0);
    // A thread of a busy machine may take Valkey for slow, and grant its share: then another key is tried.
    for (let attempt = 1; ; attempt++) {
      await eventually(() => expect(sum(true)).toBe(sum(false) + 3));
      const before = sum(false);
      const key = newApiKey();
      for (const { addKey } of gateways) addKey(key, { metric: "requests", window: "hour", max: 30 });
      const count = await served(
        gateways.map(({ url }) => url),
        key.secret,
        90,
      );
      if (sum(false) > before && attempt < 20) continue;
      return expect(count).toBe(30);
    }
  },
);

test("the threads of a gateway without Valkey serve a key as often as its limit says", {
  timeout: 120_000,
}, async () => {
  const key = newApiKey();
  const { url, addKey } = await serveLimited(3, "");
  addKey(key, { metric: "requests", window: "hour", max: 20 });
  expect(await served([url], key.secret, 60)).toBe(20);
});
