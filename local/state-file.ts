import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LocalState } from "../contracts/processes/local-state.ts";
import { keysTableName } from "../contracts/processes/names.ts";
import { isProcessAlive } from "../lib/is-process-alive.ts";
import type { Twin } from "./twin.ts";

export function stateFile(workFolder: string): string {
  return join(workFolder, "local.json");
}

/** The twin that runs in this clone, or `undefined` when none does (a file left by a crash counts as none). */
export function readState(workFolder: string): LocalState | undefined {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(stateFile(workFolder), "utf8"));
  } catch {
    return undefined;
  }
  const parsed = LocalState.safeParse(content);
  const twin = parsed.data?.processes.find(({ role }) => role === "twin");
  return twin && isProcessAlive(twin.pid) ? parsed.data : undefined;
}

export function writeState(workFolder: string, state: LocalState): void {
  const file = stateFile(workFolder);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

export function removeState(workFolder: string): void {
  rmSync(stateFile(workFolder), { force: true });
}

/** The environment that a twin runs. */
export interface RunEnvironment {
  readonly environment: string;
  /** Absolute path of its file. @default - the file of its name in environments/ */
  readonly environmentFile?: string | undefined;
}

/** The state of a running twin, as of now: instances come and go. */
export function stateOf({ environment, environmentFile }: RunEnvironment, startedAt: Date, twin: Twin): LocalState {
  const { settings, autoScaling } = twin.runtime;
  const instances = autoScaling.groups.flatMap(({ name, role, instances: members }) =>
    members.map(({ id, port, metricsPort, child }) => ({
      name: `${name} ${id}`,
      role,
      pid: child.pid ?? 0,
      url: `http://127.0.0.1:${port}`,
      ...(role === "gateway" ? { metricsUrl: `http://127.0.0.1:${metricsPort}/metrics` } : {}),
    })),
  );
  return {
    environment,
    ...(environmentFile === undefined ? {} : { environmentFile }),
    startedAt: startedAt.toISOString(),
    apiUrl: settings.apiUrl,
    siteUrl: settings.siteUrl,
    awsUrl: settings.awsUrl,
    dashboardUrl: settings.dashboardUrl,
    region: settings.region,
    keysTable: keysTableName(environment),
    processes: [{ name: "twin", role: "twin", pid: process.pid, url: settings.apiUrl }, ...instances],
  };
}
