import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../lib/free-port.ts";
import { spawnChild } from "../children.ts";

export type SystemName = "sluice" | "bare" | "portkey" | "litellm" | "vllm-router" | "sglang-router";

/** Something under test, in a process of its own on a core of its own. */
export interface System {
  readonly name: SystemName;
  readonly version: string;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Arrivals per second for latencies: what every system of its kind can take. */
  readonly rates: { readonly json: number; readonly sse: number };
  readonly pid: number;
  readonly command: readonly string[];
  /** In taskset's words. */
  readonly cores: string;
  stop(): Promise<void>;
}

/** The core of the system under test; `bench/run.ts` runs all other processes on the last one. */
const SYSTEM_CORE = "0";
const START_LIMIT_MS = 300_000;

export interface SystemOptions extends Omit<System, "pid" | "cores" | "stop"> {
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Its output goes to this file. */
  readonly logFile: string;
  /** A path that responds with 200 as soon as the system serves. */
  readonly readyUrl: string;
  /** In taskset's words. @default "0" */
  readonly cores?: string;
}

/** Starts a system pinned to its core, or other ones, and waits until it serves. @throws when it ends or is silent for 5 minutes */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { name, version, origin, headers, rates, command, cores = SYSTEM_CORE } = options;
  const log = openSync(options.logFile, "w");
  const child = spawnChild(["taskset", "-c", cores, ...command], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.environment },
    stdio: ["ignore", log, log],
    cwd: options.cwd,
  });
  const pid = await servingPid(child, options);
  return { name, version, origin, headers, rates, command, cores, pid, stop: () => stopProcess(child) };
}

async function servingPid(child: ChildProcess, { name, readyUrl, headers, logFile }: SystemOptions): Promise<number> {
  const limit = performance.now() + START_LIMIT_MS;
  while (child.exitCode === null && performance.now() < limit) {
    const response = await fetch(readyUrl, { headers, signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok && child.pid !== undefined) return child.pid;
    await sleep(100);
  }
  child.kill("SIGKILL");
  const state = child.exitCode === null ? "did not serve within 5 minutes" : `ended with ${child.exitCode}`;
  throw new Error(`${name} ${state}: ${lastLines(logFile)}`);
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").slice(-3).join(" | ") : "";
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await once(child, "exit");
  clearTimeout(timer);
}

export async function startBare(upstream: string, folder: string): Promise<System> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  return await startSystem({
    name: "bare",
    version: process.version,
    origin,
    headers: {},
    rates: { json: 500, sse: 200 },
    command: [process.execPath, join(import.meta.dirname, "bare-relay.ts"), String(port), upstream],
    logFile: join(folder, "bare.log"),
    readyUrl: `${origin}/v1/models`,
  });
}
