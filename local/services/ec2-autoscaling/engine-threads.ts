import { availableParallelism } from "node:os";
import { ENV } from "../../../contracts/processes/process-environment.ts";
import type { AutoScalingRuntime } from "./runtime.ts";

/** The cores left beside the rest of the machine, shared among the engines: threads = cores collapses under load. */
export function engineThreads(
  { engineCount, groups }: AutoScalingRuntime,
  environment: Readonly<Record<string, string>>,
): number {
  const configured = Number(environment[ENV.engineThreads]);
  if (configured >= 1) return configured;
  // One more than now run, when a group grows; at the start, all that are declared.
  const running = groups.filter(({ role }) => role === "engine").flatMap(({ instances }) => instances).length;
  return Math.max(1, Math.floor((availableParallelism() - 1) / Math.max(1, engineCount, running + 1)));
}
