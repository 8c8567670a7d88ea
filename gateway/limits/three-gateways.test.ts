import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { UseLimit } from "../../contracts/limits/use-limit.ts";
import { createKey } from "../../domain/keys/key-item.ts";
import { appliedLimit } from "../../domain/limits/applied-limits.ts";
import { noRedisServer, startRedisServer } from "../../test-support/redis-server.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { LIMIT_PRICE, storedLimits } from "../test/limited-gateway.ts";
import { chat, post, startTestGateway } from "../test/test-gateway.ts";
import { ValkeyLimitStore } from "./valkey-limit-store.ts";

const PROJECT = { scope: "project", subject: "proj_1" } as const;
const CONCURRENT = 50;
/** Of a completion; the engine counts 7 for each prompt. */
const COMPLETION_TOKENS = 20;

/** Three gateways with one Valkey and a key of the project at each, whose engines stop at the bound of a request. */
async function start(limit: UseLimit) {
  const server = await startRedisServer();
  // All of them share one busy process: no response is taken for a slow one.
  const stores = [1, 2, 3].map(() => new ValkeyLimitStore({ url: server.url, commandTimeoutMs: 10_000 }));
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.stop();
  });
  const limits = [storedLimits(PROJECT, [limit])];
  const gateways = await Promise.all(
    stores.map(async (limitStore) => {
      const gateway = await startTestGateway({
        config: { auth: "required", requestsPerMinutePerIp: 1_000_000 },
        model: { price: LIMIT_PRICE },
        engines: [{ tokens: COMPLETION_TOKENS, obeysMaxTokens: true, firstByteMs: 10 }],
        limitStore,
      });
      const { item, secret } = createKey({ name: "k", plan: "standard", createdAt: new Date(), projectId: "proj_1" });
      gateway.keys.set(item.keyId, { ...item, limits });
      return { url: gateway.url, headers: { authorization: `Bearer ${secret}` } };
    }),
  );
  const used = async () => {
    const { name } = appliedLimit(PROJECT, limit);
    const max = Number.MAX_SAFE_INTEGER;
    // The one that is asked has its own settlements behind it; the others' are sent within milliseconds.
    const outcome = await stores[0]!.reserve([{ name, max, amount: 0, windowSeconds: 3600 }], 1000);
    if (outcome === undefined || !outcome.isGranted) throw new Error("The store did not respond.");
    return max - (outcome.left[0] ?? 0);
  };
  return { gateways, used };
}

beforeEach(({ skip }) => skip(noRedisServer !== undefined, noRedisServer));

// documented: three-gateways-exact
test.each([
  ["requests", 300, 1],
  ["output_tokens", 4000, COMPLETION_TOKENS],
  ["tokens", 6000, 7 + COMPLETION_TOKENS],
  ["nano_usd", 8_000_000, 1000 * 7 + 2000 * COMPLETION_TOKENS],
] as const)(
  "of a limit of %s, three gateways with 50 requests at once each use 95 percent at least, and never more than all",
  { timeout: 60_000 },
  async (metric, max, each) => {
    const { gateways, used } = await start({ metric, window: "hour", max });
    let spent = 0;
    const client = async ({ url, headers }: (typeof gateways)[number]) => {
      // Until the limit is used, but for what the last requests could not have had.
      for (let tries = 0; tries < 100 && spent < 0.99 * max; tries++) {
        const response = await post(url, "/v1/chat/completions", chat({ max_tokens: COMPLETION_TOKENS }), headers);
        const body = (await response.json()) as { usage?: { completion_tokens: number } };
        if (body.usage === undefined) {
          await sleep(10);
          continue;
        }
        const tokens = body.usage.completion_tokens;
        const amounts = { requests: 1, output_tokens: tokens, tokens: 7 + tokens, nano_usd: 7000 + 2000 * tokens };
        spent += amounts[metric];
      }
    };
    await Promise.all(gateways.flatMap((gateway) => Array.from({ length: CONCURRENT }, () => client(gateway))));
    expect(spent).toBeLessThanOrEqual(max);
    expect(spent).toBeGreaterThanOrEqual(0.95 * max);
    expect(spent).toBeGreaterThan(10 * each);
    // Settlements of the last requests are sent after their responses.
    await eventually(async () => expect(await used()).toBe(spent));
  },
);
