import { randomUUID } from "node:crypto";
import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import { QueueBudget } from "../../domain/admission/queue-budget.ts";
import { FailedKeys } from "../../domain/keys/failed-keys.ts";
import { KeyUses } from "../../domain/keys/key-uses.ts";
import { SharedSlots } from "../../domain/targets/shared-slots.ts";
import { ThreadCounts } from "../../domain/thread-counts.ts";
import { type AddressLimitConfig, type AddressLimitMemory, addressLimitMemory } from "../admission/address-limit.ts";
import { MemoryLimitStore } from "../limits/memory-limit-store.ts";
import { threadCount } from "./thread-count.ts";

/** What the threads of one gateway process count together. */
export interface SharedMemory {
  /** Tells this process from the others. */
  readonly process: string;
  readonly addresses: AddressLimitMemory;
  /** Requests in progress of each thread. */
  readonly inFlight: SharedArrayBuffer;
  /** Requests at each provider, and how many of its rate limit are left. */
  readonly slots: SharedArrayBuffer;
  /** Requests that wait, and their bytes. */
  readonly queue: SharedArrayBuffer;
  /** Keys that were refused, by client address. */
  readonly failedKeys: SharedArrayBuffer;
  /** Keys whose use was stored within the minute. */
  readonly keyUses: SharedArrayBuffer;
  /** How often cached API keys were dropped. */
  readonly keyDrops: SharedArrayBuffer;
  /** How often a thread's cache was cleared. */
  readonly cacheClears: SharedArrayBuffer;
  /** Limits of subjects that this process counts. */
  readonly limits: SharedArrayBuffer;
}

/** Addresses whose refused keys are counted at once: 16 MB if they all come in one minute. */
export const MAX_FAILING_ADDRESSES = 100_000;

export function createSharedMemory(config: AddressLimitConfig & Pick<GatewayConfig, "threads">): SharedMemory {
  const threads = threadCount(config);
  return {
    process: randomUUID().slice(0, 8),
    addresses: addressLimitMemory(config),
    inFlight: ThreadCounts.memory(threads),
    slots: SharedSlots.memory(threads),
    queue: QueueBudget.memory(threads),
    failedKeys: FailedKeys.memory(MAX_FAILING_ADDRESSES),
    keyUses: KeyUses.memory(),
    keyDrops: new SharedArrayBuffer(4),
    cacheClears: new SharedArrayBuffer(4),
    limits: MemoryLimitStore.memory(threads),
  };
}
