import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalState } from "../contracts/processes/local-state.ts";

const project = join(import.meta.dirname, "..");

/** `npm start` in a process of its own, with a folder and ports of its own. It ends with this process. */
export class StartedStack {
  readonly folder = mkdtempSync(join(tmpdir(), "sluice-"));
  readonly child: ChildProcess;
  output = "";

  readonly #settings: Readonly<Record<string, string>>;

  private constructor(args: readonly string[], settings: Readonly<Record<string, string>>) {
    this.#settings = settings;
    this.child = spawn(process.execPath, ["local/start.ts", ...args], {
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

  /** Resolves when it prints that it is ready. @throws with its output when it ends before */
  static start(...args: readonly string[]): Promise<StartedStack> {
    return StartedStack.startWith({}, ...args);
  }

  /** The same with more settings of `npm start`, e.g. `SLUICE_LOCAL_ENGINE`. */
  static async startWith(
    settings: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<StartedStack> {
    const stack = new StartedStack(args, settings);
    await new Promise<void>((resolve, reject) => {
      const timer = setInterval(() => {
        if (/Ctrl-C stops everything/.test(stack.output)) settle(resolve);
      }, 50);
      const settle = (end: () => void) => {
        clearInterval(timer);
        end();
      };
      stack.child.once("exit", (code) =>
        settle(() => reject(new Error(`npm start ended with exit code ${code}:\n${stack.output}`))),
      );
    });
    return stack;
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
    if (this.child.exitCode === null) {
      const ended = new Promise((resolve) => this.child.once("exit", resolve));
      this.child.kill("SIGINT");
      await ended;
    }
    return this.child.exitCode;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
