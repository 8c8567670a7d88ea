import { Worker } from "node:worker_threads";
import type { Logger } from "pino";
import type { EngineDiscovery } from "../engines/engine-discovery.ts";
import type { ThreadMetrics } from "../metrics/prometheus-exporter.ts";
import type { GatewaySettings } from "../settings.ts";
import type { SharedMemory } from "../shared-memory/shared-memory.ts";
import type { FromThread, ThreadStart, ToThread } from "./messages.ts";

/** A thread that ends by itself is replaced after this; at once, one that can't start would keep a core busy. */
const RESTART_MS = 1000;
/** A thread that computes for longer is left out of one scrape. */
const COLLECT_MS = 1000;

export interface ThreadFleetOptions {
  /** File that the threads run: the process's own. */
  readonly entry: URL;
  readonly settings: GatewaySettings;
  readonly memory: SharedMemory;
  readonly threads: number;
  /** Finds engines for all threads. */
  readonly discovery: EngineDiscovery;
  readonly logger: Logger;
  /** Takes whole lines of the threads. */
  write(text: string): void;
}

/** The threads that serve; each has the whole gateway, and the kernel spreads connections over them. */
export class ThreadFleet {
  readonly #options: ThreadFleetOptions;
  readonly #workers = new Set<Worker>();
  readonly #waiting = new Map<number, (metrics: ThreadMetrics) => void>();
  #isDraining = false;
  #collections = 0;

  constructor(options: ThreadFleetOptions) {
    this.#options = options;
  }

  /** Starts every thread. @returns the port @throws the error of the first one that can't listen */
  async start(): Promise<number> {
    const { settings, threads } = this.#options;
    // Where any port will do, the first thread finds one, and the remaining threads join it.
    const port = settings.port === 0 ? await this.#spawn(settings, 0) : settings.port;
    const others = Array.from({ length: threads }, (_, thread) => thread).slice(settings.port === 0 ? 1 : 0);
    await Promise.all(others.map((thread) => this.#spawn({ ...settings, port }, thread)));
    return port;
  }

  /** Every thread lets its open requests finish. Resolves when the last one has. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await Promise.all(
      [...this.#workers].map((worker) => {
        this.#send(worker, { kind: "drain" });
        return new Promise((resolve) => worker.once("exit", resolve));
      }),
    );
  }

  /** The metrics of every thread that responds in time. */
  async collect(): Promise<readonly ThreadMetrics[]> {
    const all = await Promise.all([...this.#workers].map((worker) => this.#collectFrom(worker)));
    return all.filter((metrics) => metrics.length > 0);
  }

  #collectFrom(worker: Worker): Promise<ThreadMetrics> {
    const id = this.#collections++;
    return new Promise((resolve) => {
      const finish = (metrics: ThreadMetrics) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(metrics);
      };
      const timer = setTimeout(finish, COLLECT_MS, []);
      this.#waiting.set(id, finish);
      this.#send(worker, { kind: "collect", id });
    });
  }

  async #discover(worker: Worker, id: number, targetGroupArn: string): Promise<void> {
    try {
      const engines = await this.#options.discovery.discover(targetGroupArn);
      this.#send(worker, { kind: "discovered", id, result: { engines } });
    } catch (error) {
      const failure = error instanceof Error ? error.name : "unknown error";
      const message = error instanceof Error ? error.message : "";
      this.#send(worker, { kind: "discovered", id, result: { failure, message } });
    }
  }

  #send(worker: Worker, message: ToThread): void {
    worker.postMessage(message);
  }

  /** Resolves with its port when the thread listens; rejects when it fails before. */
  #spawn(settings: GatewaySettings, thread: number): Promise<number> {
    const { entry, memory, logger, write } = this.#options;
    const workerData: ThreadStart = { settings, memory, thread };
    const worker = new Worker(entry, { workerData });
    this.#workers.add(worker);
    return new Promise((resolve, reject) => {
      let port: number | undefined;
      worker.on("message", (message: FromThread) => {
        if (message.kind === "output") write(message.text);
        if (message.kind === "metrics") this.#waiting.get(message.id)?.(message.metrics);
        if (message.kind === "discover") void this.#discover(worker, message.id, message.targetGroupArn);
        if (message.kind !== "listening") return;
        port = message.port;
        resolve(port);
      });
      worker.on("error", (error) => {
        if (port === undefined) return reject(error);
        const name = error instanceof Error ? error.name : "unknown error";
        logger.error({ threadId: worker.threadId, failure: name }, "a serving thread failed");
      });
      worker.once("exit", () => {
        this.#workers.delete(worker);
        if (port === undefined || this.#isDraining) return;
        setTimeout(() => this.#replace({ ...settings, port: port ?? settings.port }, thread), RESTART_MS).unref();
      });
    });
  }

  #replace(settings: GatewaySettings, thread: number): void {
    if (this.#isDraining) return;
    this.#spawn(settings, thread).then(
      () => this.#options.logger.info("a serving thread was replaced"),
      () => setTimeout(() => this.#replace(settings, thread), RESTART_MS).unref(),
    );
  }
}
