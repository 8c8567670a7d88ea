import type { GatewayOptions } from "../gateway-options.ts";
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
}

export function processShare({ config, memory, thread = 0, clock }: GatewayOptions): ProcessShare {
  return {
    memory: memory ?? createSharedMemory(config),
    threads: threadCount(config),
    thread,
    clock: clock ?? (() => performance.now()),
  };
}
