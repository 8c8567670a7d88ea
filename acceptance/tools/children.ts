import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** File for its output. @default - the output is returned */
  readonly logFile?: string;
}

export interface ChildResult {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  /** Standard output and error, in the order in which they came. */
  readonly output: string;
}

export interface RunningChild {
  readonly done: Promise<ChildResult>;
  /** Sends SIGTERM to the process itself. */
  terminate(): void;
  /** Kills the process and all processes that it started, by SIGKILL. */
  kill(): void;
}

/** Every process that the acceptance run starts, so that none outlives it. Each leads a group of its own: tofu's providers too. */
export class Children {
  readonly #running = new Set<ChildProcess>();
  #isStopped = false;

  start({ command, args, cwd, environment, logFile }: ChildOptions): RunningChild {
    if (this.#isStopped) throw new Error("The acceptance run is being stopped.");
    const log = logFile === undefined ? undefined : openSync(logFile, "a");
    const out = log ?? "pipe";
    const child = spawn(command, [...args], {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...environment },
      stdio: ["ignore", out, out],
      detached: true,
    });
    if (log !== undefined) closeSync(log);
    this.#running.add(child);
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
    const done = new Promise<ChildResult>((resolve, reject) => {
      child.on("error", (error) => {
        this.#running.delete(child);
        reject(error);
      });
      child.on("close", (code) => {
        this.#running.delete(child);
        resolve({ code, output: Buffer.concat(chunks).toString("utf8") });
      });
    });
    done.catch(() => {}); // callers that wait get the error; a child without a caller must not end the acceptance run
    return { done, terminate: () => child.kill("SIGTERM"), kill: () => killGroup(child) };
  }

  /** Runs a command to its end. */
  run(options: ChildOptions): Promise<ChildResult> {
    return this.start(options).done;
  }

  /** Ends everything: for `finally` and for the handler of a signal, so nothing in it waits. */
  stopAll(): void {
    this.#isStopped = true;
    for (const child of this.#running) killGroup(child); // their state is discarded
    this.#running.clear();
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it has ended already
  }
}
