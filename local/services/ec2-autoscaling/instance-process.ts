import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { ownScript } from "../../../lib/installation.ts";

export interface InstanceProcess {
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Receives each line of its output, beside the log. @default - lines go to the log alone */
  readonly onOutput?: (line: string) => void;
}

export interface ProcessEvents {
  /** It ended, or could not be started; called once. */
  onEnd(cause: string): void;
  /** Its log can't be written. */
  onLogError(error: Error): void;
}

/** With the twin's own pid: when the process gets to look, the twin may be gone already. */
const END_WITH_PARENT = `${pathToFileURL(ownScript("local/services/ec2-autoscaling/end-with-parent.ts")).href}?parent=${process.pid}`;

/** Starts a Node process that stands for an instance; its output goes to a file. */
export function startProcess(
  { entry, environment, onOutput }: InstanceProcess,
  logFile: string,
  { onEnd, onLogError }: ProcessEvents,
): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  // A full disk costs the log, not the instance.
  log.on("error", onLogError);
  // In a process group of its own: a terminal's Ctrl-C is the twin's alone, which then drains its instances.
  const child = spawn(process.execPath, ["--import", END_WITH_PARENT, entry], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  child.stdout.pipe(log, { end: false });
  if (onOutput) createInterface({ input: child.stdout }).on("line", onOutput);
  child.stderr.pipe(log, { end: false });
  let hasEnded = false;
  const end = (cause: string) => {
    if (!hasEnded) onEnd(cause);
    hasEnded = true;
  };
  child.once("error", (error) => end(error.message));
  child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  // Its last words may come after its end.
  child.once("close", () => log.end());
  return child;
}

/** SIGTERM, and SIGKILL when that was not enough. Resolves when it is over. */
export function endProcess(child: ChildProcess, stopSeconds: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), stopSeconds * 1000);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
