import type { GatewayOptions } from "../gateway-options.ts";
import type { LimitStore } from "../limits/limit-store.ts";
import { MemoryLimitStore } from "../limits/memory-limit-store.ts";
import { createSharedMemory, type SharedMemory } from "../shared-memory/shared-memory.ts";
import { threadCount } from "../shared-memory/thread-count.ts";

/** What a gateway shares with the other threads of its process, and the clock that they have in common. */
export interface ProcessShare {
  readonly memory: SharedMemory;
  readonly threads: number;
  /** Which of the threads this is, from 0. */
  readonly thread: number;
  /** Milliseconds of a monotonic clock. */
  readonly clock: () => number;
  /** Counts requests and tokens by the limits of their subjects. */
  readonly limitStore: LimitStore;
}

export function processShare({ config, thread = 0, clock, limitStore, ...options }: GatewayOptions): ProcessShare {
  const memory = options.memory ?? createSharedMemory(config);
  const threads = threadCount(config);
  return {
    memory,
    threads,
    thread,
    clock: clock ?? (() => performance.now()),
    limitStore: limitStore ?? new MemoryLimitStore({ memory: memory.limits, threads, thread }),
  };
}
