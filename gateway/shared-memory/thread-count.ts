import { availableParallelism } from "node:os";
import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";

/** Threads of a gateway process that serve. */
export function threadCount({ threads }: Pick<GatewayConfig, "threads">): number {
  return threads === "per-core" ? availableParallelism() : threads;
}
