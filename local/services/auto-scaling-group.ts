import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TargetGroup } from "./target-group.ts";

export interface InstanceProcess {
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Given each line of its output, beside the log. @default - nobody */
  readonly onOutput?: (line: string) => void;
}

export interface AutoScalingGroupOptions {
  readonly name: string;
  readonly role: "gateway" | "engine";
  readonly desired: number;
  readonly targetGroups: readonly TargetGroup[];
  /** Whether a target group's verdict replaces the instance (`health_check_type: ELB`). */
  readonly replacesUnhealthy: boolean;
  readonly logFolder: string;
  /** Seconds that a stopping process may take. */
  readonly stopSeconds: number;
  /** The process that stands for an instance with these ports. */
  process(port: number, metricsPort: number): InstanceProcess;
  freePort(): Promise<number>;
  /** Told of launches and losses, one line each. */
  report(line: string): void;
}

export interface Instance {
  readonly id: string;
  readonly port: number;
  readonly child: ChildProcess;
}

/** After a loss the next launch waits this long, so that a process that can't start does not spin. */
const RELAUNCH_MS = 1000;

/** An Auto Scaling group whose instances are processes: a lost one is replaced, an unhealthy one too. */
export class AutoScalingGroup {
  readonly #options: AutoScalingGroupOptions;
  readonly #instances = new Map<string, Instance>();
  #stopping = false;
  #launches = 0;

  constructor(options: AutoScalingGroupOptions) {
    this.#options = options;
    for (const group of options.targetGroups)
      group.onUnhealthy((id) => {
        if (options.replacesUnhealthy) this.#terminate(id, "failed its health checks");
      });
  }

  get name(): string {
    return this.#options.name;
  }
  get role(): "gateway" | "engine" {
    return this.#options.role;
  }
  get instances(): readonly Instance[] {
    return [...this.#instances.values()];
  }

  async start(): Promise<void> {
    for (let count = 0; count < this.#options.desired; count++) await this.#launch();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.instances.map(({ child }) => this.#end(child)));
  }

  async #launch(): Promise<void> {
    const { name, logFolder, targetGroups, freePort, process: processFor } = this.#options;
    const [port, metricsPort] = [await freePort(), await freePort()];
    if (this.#stopping) return;
    const id = `i-${randomBytes(8).toString("hex")}`;
    const { entry, environment, onOutput } = processFor(port, metricsPort);
    mkdirSync(logFolder, { recursive: true });
    const log = createWriteStream(join(logFolder, `${name}-${++this.#launches}.log`));
    // A full disk costs the log, not the instance.
    log.on("error", (error) => this.#options.report(`${name}: no log (${error.message})`));
    const child = spawn(process.execPath, [entry], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.pipe(log, { end: false });
    if (onOutput) createInterface({ input: child.stdout }).on("line", onOutput);
    child.stderr.pipe(log, { end: false });
    this.#instances.set(id, { id, port, child });
    for (const group of targetGroups) group.register(id, port);
    child.once("error", (error) => this.#lost(id, error.message));
    child.once("exit", (code, signal) => this.#lost(id, signal ?? `exit code ${code}`));
    // Its last words may come after its end.
    child.once("close", () => log.end());
  }

  #lost(id: string, cause: string): void {
    if (!this.#instances.delete(id)) return;
    for (const group of this.#options.targetGroups) group.deregister(id);
    if (this.#stopping) return;
    this.#options.report(`${this.#options.name}: ${id} is gone (${cause}); launching another`);
    setTimeout(() => void this.#launch(), RELAUNCH_MS).unref();
  }

  #terminate(id: string, cause: string): void {
    const instance = this.#instances.get(id);
    if (!instance) return;
    this.#options.report(`${this.#options.name}: ${id} ${cause}; replacing it`);
    void this.#end(instance.child);
  }

  #end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill("SIGKILL"), this.#options.stopSeconds * 1000);
      child.once("exit", () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill("SIGTERM");
    });
  }
}
