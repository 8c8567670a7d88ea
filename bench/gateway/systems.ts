import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Something under test, in a process of its own on a core of its own. */
export interface System {
  readonly name: "sluice" | "bare" | "portkey" | "litellm";
  readonly version: string;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly pid: number;
  /** Arrivals per second for latencies: what every system of its kind can take. */
  readonly rates: { readonly json: number; readonly sse: number };
  stop(): Promise<void>;
}

/** The core of the system under test; `bench/run.ts` keeps everything else on the last one. */
const SYSTEM_CORE = "0";

export interface SpawnOptions {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Its output goes to this file. */
  readonly logFile: string;
  /** Answers as soon as the system serves. */
  readonly readyUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** In taskset's words. @default "0" */
  readonly cores?: string;
}

/** Starts a process pinned to the system's core, or other ones, and waits until it serves. @throws when it ends or is silent for 90 s */
export async function startPinned(options: SpawnOptions): Promise<ChildProcess & { readonly pid: number }> {
  const { command, environment = {}, logFile, readyUrl } = options;
  const log = openSync(logFile, "w");
  const child = spawn("taskset", ["-c", options.cores ?? SYSTEM_CORE, ...command], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ["ignore", log, log],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  for (let waited = 0; waited < 90_000; waited += 100) {
    if (child.exitCode !== null) break;
    const answer = await fetch(readyUrl, { headers: options.headers ?? {} }).catch(() => undefined);
    if (answer?.ok && child.pid !== undefined) return Object.assign(child, { pid: child.pid });
    await sleep(100);
  }
  child.kill("SIGKILL");
  throw new Error(`${command.join(" ")} did not serve within 90 s; see ${logFile}`);
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await once(child, "exit");
  clearTimeout(timer);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

export async function startBare(upstream: string, folder: string): Promise<System> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const child = await startPinned({
    command: [process.execPath, join(import.meta.dirname, "bare-relay.ts"), String(port), upstream],
    logFile: join(folder, "bare.log"),
    readyUrl: `${origin}/v1/models`,
  });
  const { pid } = child;
  const rates = { json: 500, sse: 200 };
  return { name: "bare", version: process.version, origin, headers: {}, pid, rates, stop: () => stopProcess(child) };
}
