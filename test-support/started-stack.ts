import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalState } from "../contracts/processes/local-state.ts";

const project = join(import.meta.dirname, "..");

/** Below the time of a hook that starts a stack (180 s), with the time in which the stack ends: the hook's own error would not say why. */
const READY_MS = 150_000;
/** A stack lets its processes end for 10 s. */
const END_MS = 20_000;
/** Last lines of each log in an error. */
const LOG_LINES = 10;

export interface StartedStackOptions {
  /** Further settings of `npm start`, e.g. `SLUICE_LOCAL_ENGINE`. @default - none */
  readonly settings?: Readonly<Record<string, string>>;
  /** Milliseconds until it must be ready. @default 150000 */
  readonly readyMs?: number;
  /** Script that is run. @default local/start.ts */
  readonly script?: string;
}

/** `npm start` in a process of its own, with a folder and ports of its own. It ends with this process. */
export class StartedStack {
  readonly folder = mkdtempSync(join(tmpdir(), "sluice-"));
  readonly child: ChildProcess;
  output = "";

  readonly #settings: Readonly<Record<string, string>>;

  private constructor(args: readonly string[], { settings = {}, script = "local/start.ts" }: StartedStackOptions) {
    this.#settings = settings;
    this.child = spawn(process.execPath, [script, ...args], {
      cwd: project,
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    // First of the listeners: others remove folders that the child would write into.
    const end = () => void this.child.kill("SIGTERM");
    process.prependListener("exit", end);
    this.child.once("exit", () => process.off("exit", end));
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.output += chunk.toString();
      });
  }

  /** Resolves when it prints that it is ready. @throws as `startWith` */
  static start(...args: readonly string[]): Promise<StartedStack> {
    return StartedStack.startWith({}, ...args);
  }

  /**
   * The same with options.
   * @throws with its output and the end of its logs when it ends before it is ready, or is not ready in time; then it has
   * ended, and its folder is removed
   */
  static async startWith(options: StartedStackOptions, ...args: readonly string[]): Promise<StartedStack> {
    const { readyMs = READY_MS } = options;
    const stack = new StartedStack(args, options);
    const failure = await stack.#failure(readyMs);
    if (failure === undefined) return stack;
    const report = [`npm start ${failure}:`, stack.output, ...stack.#logs()].join("\n");
    await stack.#end();
    stack.remove();
    throw new Error(report);
  }

  /** Waits until it is ready. @returns why it is not */
  #failure(readyMs: number): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const look = setInterval(() => {
      if (/Ctrl-C stops everything/.test(this.output)) resolve(undefined);
    }, 50);
    const limit = setTimeout(() => resolve(`is not ready after ${readyMs / 1000} s`), readyMs);
    // With all of its output.
    this.child.once("close", (code, signal) => resolve(`ended with ${signal ?? `exit code ${code}`}`));
    return promise.finally(() => {
      clearInterval(look);
      clearTimeout(limit);
    });
  }

  /** Its logs, each with its name and its last lines. */
  #logs(): readonly string[] {
    const folder = join(this.environment.SLUICE_FOLDER ?? this.folder, "logs");
    if (!existsSync(folder)) return [];
    return readdirSync(folder).map((name) => {
      const lines = readFileSync(join(folder, name), "utf8").trimEnd().split("\n");
      return `--- ${name}\n${lines.slice(-LOG_LINES).join("\n")}`;
    });
  }

  /** As SIGTERM does, and in the end SIGKILL. */
  async #end(): Promise<void> {
    if (this.#hasEnded) return;
    const ended = once(this.child, "exit");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), END_MS);
    this.child.kill("SIGTERM");
    await ended;
    clearTimeout(timer);
  }

  get #hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  get environment(): Readonly<Record<string, string>> {
    return { SLUICE_FOLDER: this.folder, SLUICE_API_PORT: "0", SLUICE_SITE_PORT: "0", ...this.#settings };
  }

  /** What runs, from the file that tools read. */
  get state(): LocalState {
    return LocalState.parse(JSON.parse(readFileSync(join(this.folder, "local.json"), "utf8")));
  }

  /** Runs one of the project's commands against this stack. */
  run(script: string, ...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: project,
      env: { ...process.env, ...this.environment },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
  }

  /** As Ctrl-C does. */
  async stop(): Promise<number | null> {
    if (!this.#hasEnded) {
      const ended = once(this.child, "exit");
      this.child.kill("SIGINT");
      await ended;
    }
    return this.child.exitCode;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
