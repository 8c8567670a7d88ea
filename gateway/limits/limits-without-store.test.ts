import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { noRedisServer, startRedisServer } from "../../test-support/redis-server.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { createLimitStore } from "./create-limit-store.ts";
import type { LimitCounter, LimitStore } from "./limit-store.ts";
import { LimitsWithoutStore } from "./limits-without-store.ts";
import { MemoryLimitStore } from "./memory-limit-store.ts";
import { ValkeyLimitStore } from "./valkey-limit-store.ts";

const LEASE_MS = 600_000;
const TOKENS: LimitCounter = { name: "project:a:tokens", max: 1000, amount: 10, windowSeconds: 2 ** 30 };
const IN_PROGRESS: LimitCounter = { name: "user:c:concurrency", max: 10, amount: 1, windowSeconds: 0 };

/** A gateway of so many. */
function open(gateways: number): LimitStore {
  const memory = MemoryLimitStore.memory(1);
  const config = { valkeyUrl: null, gateways };
  return createLimitStore({ config, memory, threads: 1, thread: 0, onChange: () => undefined });
}

/** How many of so many requests at once are granted. */
async function granted(store: LimitStore, count: number, ...counters: readonly LimitCounter[]): Promise<number> {
  const outcomes = await Promise.all(Array.from({ length: count }, () => store.reserve(counters, LEASE_MS)));
  return outcomes.filter((outcome) => outcome?.isGranted).length;
}

describe("limits of an environment without a shared store", () => {
  test("hold as a whole for its only gateway", async () => {
    expect(await granted(open(1), 200, TOKENS)).toBe(100);
    expect(await granted(open(1), 200, IN_PROGRESS)).toBe(10);
  });

  test("are divided among its gateways, and rounded up", async () => {
    expect(await granted(open(3), 200, TOKENS)).toBe(33); // 334 tokens
    expect(await granted(open(3), 200, IN_PROGRESS)).toBe(4);
    expect(await granted(open(64), 200, IN_PROGRESS)).toBe(1);
    expect(await granted(open(64), 200, { ...TOKENS, max: 0 })).toBe(0);
  });
});

describe("limits of an environment with a shared store", () => {
  beforeEach(({ skip }) => skip(noRedisServer !== undefined, noRedisServer));

  // documented: limits-without-store
  test("hold for all gateways together, and by their shares while the store does not respond", async () => {
    const server = await startRedisServer();
    onTestFinished(async () => {
      server.thaw();
      await server.stop();
    });
    // What a test waits for a server that stands still; a busy machine is faster.
    const stores = [0, 1, 2].map(() => new ValkeyLimitStore({ url: server.url, commandTimeoutMs: 1000 }));
    const gateways = stores.map(
      (store) => new LimitsWithoutStore({ store, local: new MemoryLimitStore(), gateways: 3 }),
    );
    const areAvailable = () => expect(stores.every(({ isAvailable }) => isAvailable)).toBe(true);
    onTestFinished(async () => void (await Promise.all(gateways.map((gateway) => gateway.close()))));
    await eventually(areAvailable);
    const [first] = gateways;
    const before = await first?.reserve([IN_PROGRESS], LEASE_MS);
    const early = await first?.reserve([{ ...TOKENS, name: "other", amount: 300 }], LEASE_MS);
    if (early?.isGranted) early.settle([200]);
    server.freeze();
    // All of these end while no call of the store does: the server stands still.
    const alone = await Promise.all(gateways.map((gateway) => granted(gateway, 200, TOKENS, IN_PROGRESS)));
    // The first one has one in progress already.
    expect(alone).toEqual([3, 4, 4]);
    // 334 tokens of each, of which the first one has used 200 already.
    const more = await Promise.all(gateways.map((gateway) => granted(gateway, 200, { ...TOKENS, name: "other" })));
    expect(more).toEqual([13, 33, 33]);
    server.thaw();
    await eventually(areAvailable);
    // The store has forgotten the requests that went on without it: what was in progress before still is.
    await eventually(async () => {
      const rest = await first?.reserve([{ ...IN_PROGRESS, amount: 9 }], LEASE_MS);
      expect(rest).toMatchObject({ isGranted: true });
    });
    expect(await first?.reserve([IN_PROGRESS], LEASE_MS)).toMatchObject({ isGranted: false });
    if (before?.isGranted) before.settle([1]);
    await eventually(async () =>
      expect(await first?.reserve([IN_PROGRESS], LEASE_MS)).toMatchObject({ isGranted: true }),
    );
  });
});
