import { expect, onTestFinished } from "vitest";
import { noRedisServer, startRedisServer } from "../../../test-support/redis-server.ts";
import { eventually } from "../../../test-support/waits/eventually.ts";
import type { LimitGrant, LimitRefusal, LimitStore } from "../../limits/limit-store.ts";
import { MemoryLimitStore } from "../../limits/memory-limit-store.ts";
import { ValkeyLimitStore } from "../../limits/valkey-limit-store.ts";

/** Opens the stores of so many gateways, or of so many threads of one. */
type Open = (count: number) => Promise<readonly LimitStore[]>;

/** The limit stores, each with why its tests are skipped here, if they are. */
export const STORES: readonly (readonly [name: string, missing: string | undefined, open: Open])[] = [
  ["memory", undefined, openMemory],
  ["Valkey", noRedisServer, openValkey],
];

async function openMemory(threads: number): Promise<readonly LimitStore[]> {
  const memory = MemoryLimitStore.memory(threads);
  return Array.from({ length: threads }, (_, thread) => new MemoryLimitStore({ memory, threads, thread }));
}

async function openValkey(count: number): Promise<readonly LimitStore[]> {
  const server = await startRedisServer();
  // The wait belongs to the tests of slowness.
  const stores = Array.from(
    { length: count },
    () => new ValkeyLimitStore({ url: server.url, commandTimeoutMs: 10_000 }),
  );
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.stop();
  });
  await eventually(() => expect(stores.every(({ isAvailable }) => isAvailable)).toBe(true));
  return stores;
}

/** No test runs across the end of such a window: it is decades long. */
export const LONG = 2 ** 30;
export const LEASE_MS = 600_000;

/** Settles; the store is called in the same turn of the event loop. */
export async function settle(grant: LimitGrant, used: readonly number[]): Promise<void> {
  grant.settle(used);
  await new Promise<void>((resolve) => setImmediate(resolve));
}

export async function granted(outcome: Promise<LimitGrant | LimitRefusal | undefined>): Promise<LimitGrant> {
  const grant = await outcome;
  if (grant?.isGranted !== true) throw new Error(`refused: ${JSON.stringify(grant)}`);
  return grant;
}

export async function refused(outcome: Promise<LimitGrant | LimitRefusal | undefined>): Promise<LimitRefusal> {
  const refusal = await outcome;
  if (refusal?.isGranted !== false) throw new Error(`granted: ${JSON.stringify(refusal)}`);
  return refusal;
}
