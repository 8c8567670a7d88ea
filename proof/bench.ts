import { createWriteStream, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { AMENDMENTS } from "./amendments/table.ts";
import { type FrontDoor, startFrontDoor } from "./front-door/front-door.ts";
import { installEmulators, startEmulators } from "./tools/emulators.ts";
import type { Machine } from "./tools/machine.ts";
import { type ProviderSchema, providerSchema } from "./tools/provider-schema.ts";
import { findTofu, type Tofu } from "./tools/tofu.ts";

/** AWS on this machine, as far as applies go, and the OpenTofu that applies to it. */
export interface Bench {
  readonly tofu: Tofu;
  readonly schema: ProviderSchema;
  readonly frontDoor: FrontDoor;
  /** Folder of this run: prepared stacks and logs. */
  readonly folder: string;
  stop(): Promise<void>;
}

/**
 * Sets up what is missing and starts everything.
 * @throws MissingTool where OpenTofu, a provider or Python is missing
 */
export async function startBench(machine: Machine, folder: string): Promise<Bench> {
  const { variables, cache, children } = machine;
  const tofu = findTofu(machine);
  const programs = await installEmulators(machine);
  const schema = await providerSchema(tofu, cache);
  mkdirSync(folder, { recursive: true });
  const ports = await startEmulators({
    programs,
    // MiniStack runs functions by the first node on PATH: let it be this one.
    path: `${dirname(process.execPath)}${delimiter}${variables.PATH ?? ""}`,
    nodeModules: join(import.meta.dirname, "../node_modules"),
    home: variables.HOME || homedir(),
    folder,
    children,
  });
  const log = createWriteStream(join(folder, "calls.log"), { flags: "a" });
  const frontDoor = await startFrontDoor({
    ports,
    amendments: AMENDMENTS.flatMap((make) => make()),
    log: (record) => log.write(`${JSON.stringify(record)}\n`),
  });
  return {
    tofu: tofu.at(frontDoor.url),
    schema,
    frontDoor,
    folder,
    stop: async () => {
      children.stopAll();
      await frontDoor.stop();
      await new Promise((resolve) => log.end(resolve));
    },
  };
}
