import { createWriteStream, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Emulator } from "./aws-calls/routes.ts";
import { type AwsProxy, startAwsProxy } from "./aws-proxy/aws-proxy.ts";
import { EMULATOR_PATCHES } from "./emulator-patches/table.ts";
import { RequestRecorder } from "./permissions/request-recorder.ts";
import { installEmulators, startEmulators } from "./tools/emulators.ts";
import type { Machine } from "./tools/machine.ts";
import { type ProviderSchema, providerSchema } from "./tools/provider-schema.ts";
import { findTofu, type Tofu } from "./tools/tofu.ts";

/** Emulated AWS on this machine, for applies, and the OpenTofu that applies to it. */
export interface Testbed {
  readonly tofu: Tofu;
  readonly schema: ProviderSchema;
  readonly awsProxy: AwsProxy;
  /** The requests of OpenTofu that IAM would decide about. */
  readonly requests: RequestRecorder;
  /** Folder of this run: prepared stacks and logs. */
  readonly folder: string;
  /** Region of the environment, and of the calls of the acceptance run itself. */
  readonly region: string;
  stop(): Promise<void>;
}

/** Tools of testbeds, found and installed once. */
export interface Workshop {
  readonly tofu: Tofu;
  readonly schema: ProviderSchema;
  readonly programs: Readonly<Record<Emulator, string>>;
  readonly machine: Machine;
}

/**
 * Installs missing tools.
 * @throws MissingTool where OpenTofu, a provider or Python is missing
 */
export async function openWorkshop(machine: Machine): Promise<Workshop> {
  const tofu = findTofu(machine);
  const programs = await installEmulators(machine);
  return { tofu, programs, schema: await providerSchema(tofu, machine.cache), machine };
}

/**
 * Starts emulators and AWS proxy.
 * @param folder of this run: prepared stacks and logs
 * @param region of the environment
 */
export async function startTestbed(
  { tofu, schema, programs, machine }: Workshop,
  folder: string,
  region: string,
): Promise<Testbed> {
  const { variables, children } = machine;
  mkdirSync(folder, { recursive: true });
  const emulators = await startEmulators({
    programs,
    // MiniStack runs functions by the first node on PATH, which must be this one.
    path: `${dirname(process.execPath)}${delimiter}${variables.PATH ?? ""}`,
    nodeModules: join(import.meta.dirname, "../node_modules"),
    home: variables.HOME || homedir(),
    folder,
    children,
  });
  const log = createWriteStream(join(folder, "calls.log"), { flags: "a" });
  const requests = new RequestRecorder();
  const awsProxy = await startAwsProxy({
    region,
    ports: emulators.ports,
    patches: EMULATOR_PATCHES.flatMap((make) => make()),
    log: (record) => log.write(`${JSON.stringify(record)}\n`),
    see: (call, reply) => requests.see(call, reply),
  });
  return {
    tofu: tofu.at(awsProxy.url),
    schema,
    awsProxy,
    requests,
    folder,
    region,
    stop: async () => {
      emulators.stop();
      await awsProxy.stop();
      await new Promise((resolve) => log.end(resolve));
    },
  };
}
