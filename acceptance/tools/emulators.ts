import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../lib/free-port.ts";
import type { Emulator } from "../aws-calls/routes.ts";
import type { Children } from "./children.ts";
import { findProgram } from "./find-program.ts";
import { downloadEnvironment, type Machine } from "./machine.ts";
import { MissingTool } from "./missing-tool.ts";

/** Account id of both emulators; moto takes it from the access key. */
export const ACCOUNT = "123456789012";
/** Stands for the region of the environment in the acceptance run's own calls; the AWS proxy replaces it. */
export const TESTBED_REGION = "testbed-region";

/** Python packages of each emulator. MiniStack needs cryptography for its certificates. */
const PACKAGES: Readonly<Record<Emulator, readonly string[]>> = {
  moto: ["moto[server]==5.2.5"],
  ministack: ["ministack==1.5.33", "cryptography"],
};

/**
 * Installs the emulators into virtual environments, once per version.
 * @returns the folder of each one's programs
 * @throws MissingTool without Python or network
 */
export async function installEmulators(machine: Machine): Promise<Readonly<Record<Emulator, string>>> {
  return { moto: await install("moto", machine), ministack: await install("ministack", machine) };
}

async function install(emulator: Emulator, { cache, variables, children, report }: Machine): Promise<string> {
  const packages = PACKAGES[emulator].join(" ");
  const folder = join(cache, emulator);
  const stamp = join(folder, "sluice-packages.txt");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === packages) return join(folder, "bin");
  const python = findProgram(["python3"], variables.PATH);
  if (python === undefined)
    throw new MissingTool("no Python found: install Python 3.11 or later with venv (`apt-get install python3-venv`)");
  report(`installing ${packages} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const steps = [
    [python, "-m", "venv", folder],
    [join(folder, "bin/python"), ...pip, ...PACKAGES[emulator]],
  ];
  for (const [command = "", ...args] of steps) {
    const { code, output } = await children.run({ command, args, environment: downloadEnvironment(variables) });
    if (code !== 0) {
      const last = output.trim().split("\n").at(-1) ?? "";
      throw new MissingTool(
        `pip could not install ${packages} (${last}): connect, or set pip's index and proxy, and run again`,
      );
    }
  }
  writeFileSync(stamp, packages);
  return join(folder, "bin");
}

export interface StartProps {
  readonly programs: Readonly<Record<Emulator, string>>;
  readonly path: string;
  readonly home: string;
  /** Folder of their logs and data. */
  readonly folder: string;
  /** Folder with the AWS SDK for functions, which Lambda's runtime has. */
  readonly nodeModules: string;
  readonly children: Children;
}

export interface RunningEmulators {
  readonly ports: Readonly<Record<Emulator, number>>;
  stop(): void;
}

/** Starts both and waits until they respond. */
export async function startEmulators(props: StartProps): Promise<RunningEmulators> {
  const ports = { moto: await freePort(), ministack: await freePort() };
  const { programs, path, home, folder, nodeModules, children } = props;
  const common = {
    PATH: path,
    HOME: home,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: "proof",
    AWS_DEFAULT_REGION: "us-east-1",
  };
  const moto = children.start({
    command: join(programs.moto, "moto_server"),
    args: ["-H", "127.0.0.1", "-p", String(ports.moto)],
    // Without it moto has none of AWS's managed policies, which roles attach.
    environment: { ...common, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
    logFile: join(folder, "moto.log"),
  });
  const ministack = children.start({
    command: join(programs.ministack, "ministack"),
    args: [],
    environment: {
      ...common,
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      GATEWAY_PORT: String(ports.ministack),
      NODE_PATH: nodeModules,
    },
    logFile: join(folder, "ministack.log"),
  });
  await Promise.all([
    untilResponds(`http://127.0.0.1:${ports.moto}/moto-api/`, moto.done, join(folder, "moto.log")),
    untilResponds(
      `http://127.0.0.1:${ports.ministack}/_ministack/health`,
      ministack.done,
      join(folder, "ministack.log"),
    ),
  ]);
  return {
    ports,
    stop: () => {
      moto.kill();
      ministack.kill();
    },
  };
}

const START_SECONDS = 60; // 4 s on an idle machine

async function untilResponds(url: string, ended: Promise<unknown>, logFile: string): Promise<void> {
  let hasEnded = false;
  const note = () => {
    hasEnded = true;
  };
  ended.then(note, note);
  for (const deadline = Date.now() + START_SECONDS * 1000; Date.now() < deadline; await sleep(200)) {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (response?.ok) return;
    if (hasEnded) break;
  }
  const log = existsSync(logFile) ? readFileSync(logFile, "utf8").trim().split("\n").slice(-5).join("\n") : "";
  throw new Error(`An emulator does not respond at ${url}; the end of its log:\n${log}`);
}
