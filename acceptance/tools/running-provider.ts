import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isObject, type Json } from "../../local/template/json.ts";
import type { Children } from "./children.ts";

/** A provider that serves several commands of OpenTofu, one after the other. */
export interface RunningProvider {
  /** Variable by which OpenTofu finds it. */
  readonly environment: Readonly<Record<"TF_REATTACH_PROVIDERS", string>>;
  stop(): void;
}

export interface RunningProviderProps {
  /** Executable of the provider. */
  readonly path: string;
  /** Environment variables, as OpenTofu would pass them on. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folder of the stack, in which the provider finds the files that it uploads. */
  readonly folder: string;
  readonly children: Children;
}

const START_SECONDS = 60; // under 1 s on an idle machine

/**
 * Starts a provider in the way in which its developers debug it
 * (https://developer.hashicorp.com/terraform/plugin/debugging#starting-a-provider-in-debug-mode). Each command of OpenTofu
 * starts one of its own otherwise, twice, after it has read the executable's 700 MB to compare their checksum: with this one
 * `tofu validate` takes 1.4 s of CPU time instead of 2.7 s (provider 5.100, OpenTofu 1.12).
 * @throws with the end of its log when it does not start
 */
export async function startProvider(props: RunningProviderProps): Promise<RunningProvider> {
  const { path, folder, children } = props;
  const own = mkdtempSync(join(tmpdir(), "sluice-provider-")); // a socket's path is at most 107 characters long
  const logFile = join(own, "provider.log");
  const environment = { ...props.environment, PLUGIN_UNIX_SOCKET_DIR: own };
  const child = children.start({ command: path, args: ["-debug"], cwd: folder, environment, logFile });
  const stop = () => {
    child.kill();
    rmSync(own, { recursive: true, force: true });
  };
  let hasEnded = false;
  const note = () => {
    hasEnded = true;
  };
  child.done.then(note, note);
  for (const deadline = Date.now() + START_SECONDS * 1000; Date.now() < deadline && !hasEnded; await sleep(50)) {
    const variable = reattachVariable(readFileSync(logFile, "utf8"));
    if (variable !== undefined) return { environment: { TF_REATTACH_PROVIDERS: variable }, stop };
  }
  const log = readFileSync(logFile, "utf8").trim().split("\n").slice(-5).join("\n");
  stop();
  throw new Error(`${path} -debug does not say where it listens; the end of its log:\n${log}`);
}

/**
 * The variable that a provider prints at its start, with OpenTofu's name of it, `registry.opentofu.org/…`.
 * @returns `undefined` while it is not there
 */
export function reattachVariable(log: string): string | undefined {
  const text = /^\s*TF_REATTACH_PROVIDERS='(.*)'$/m.exec(log)?.[1];
  const printed: Json | undefined = text === undefined ? undefined : JSON.parse(text);
  if (!isObject(printed)) return undefined;
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(printed).map(([address, where]) => [
        `registry.opentofu.org/${address.split("/").slice(-2).join("/")}`,
        where,
      ]),
    ),
  );
}
