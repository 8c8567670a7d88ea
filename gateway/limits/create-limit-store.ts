import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import type { LimitStore } from "./limit-store.ts";
import { LimitsWithoutStore } from "./limits-without-store.ts";
import { MemoryLimitStore } from "./memory-limit-store.ts";
import { ValkeyLimitStore } from "./valkey-limit-store.ts";

export interface CreateLimitStoreOptions {
  readonly config: Pick<GatewayConfig, "valkeyUrl" | "gateways">;
  /** `MemoryLimitStore.memory` of the process. */
  readonly memory: SharedArrayBuffer;
  readonly threads: number;
  /** Which of the threads this is, from 0. */
  readonly thread: number;
  /** Called when the store of all gateways turns slow or is gone, and when it is back. */
  readonly onChange: (isAvailable: boolean) => void;
  /** Called with the server's words when it refuses calls, once in a minute at most. */
  readonly onRefusal?: (failure: string) => void;
}

/** Limits of all gateways in Valkey, where the environment has it; else each gateway grants its share of them. */
export function createLimitStore(options: CreateLimitStoreOptions): LimitStore {
  const { config, memory, threads, thread, onChange, onRefusal } = options;
  const { valkeyUrl, gateways = 1 } = config;
  const local = new MemoryLimitStore({ memory, threads, thread });
  const store =
    valkeyUrl === null
      ? undefined
      : new ValkeyLimitStore({ url: valkeyUrl, onChange, ...(onRefusal === undefined ? {} : { onRefusal }) });
  return new LimitsWithoutStore({ store, local, gateways });
}
