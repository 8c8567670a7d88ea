import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import type { Machine } from "../tools/machine.ts";
import { installPackages } from "../tools/npm-packages.ts";

/**
 * The kit's continuation and its AWS provider, the newest versions of November 2026; `constructs` is the newest that both
 * accept (their peer dependency is `>=10.6.0 <10.8.0`).
 */
const CONTINUATION = ["cdktn@0.24.0", "@cdktn/provider-aws@25.7.0", "constructs@10.7.2"] as const;
/** Other packages of the synthesis, in the project's own versions. */
const OTHERS = ["zod", "eventsource-parser", "ipaddr.js", "jose", "temporal-polyfill"] as const;

/** Installs the packages with which the stacks are synthesized by cdktn. @throws MissingTool without npm or network */
export async function installCdktn({ cache, ...machine }: Machine): Promise<string> {
  const others = OTHERS.map((name) => `${name}@${manifest.dependencies[name]}`);
  return installPackages(machine, join(cache, "packages"), [...CONTINUATION, ...others]);
}
