import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, readFileSync, type WriteStream, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { unzipSync } from "fflate";
import { ownScript } from "../../../lib/installation.ts";
import type { Json } from "../../template/json.ts";

/** Where a function's stdout and stderr go. */
export interface LambdaOutput {
  /** Each run appends to it. */
  readonly logFile: string;
  /** Receives each line beside the log. */
  onLine(line: string): void;
  /** The log can't be written. */
  onLogError(error: Error): void;
}

export interface LambdaOptions {
  readonly name: string;
  /** The bundle as it is deployed: a zip file. */
  readonly zip: string;
  /** `file.export` inside the zip, as AWS writes it. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Folder to unpack into. */
  readonly workFolder: string;
  /** @default - they go to the twin's own */
  readonly output?: LambdaOutput;
}

/** What the thread sends: first that the bundle is loaded, then results. */
type WorkerMessage =
  | { readonly isReady: true }
  | { readonly id: number; readonly result?: Json; readonly error?: string };

interface Pending {
  resolve(result: Json): void;
  reject(error: Error): void;
}

/**
 * Seconds for an environment's start, which is not part of the function's timeout
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html). AWS makes a start anew that takes over 10 s, and has the
 * processor for it; here a start competes with those of all others, and one that is ended for its slowness would never come to its end.
 */
const INIT_SECONDS = 600;

/** A thread with the loaded bundle, and the invocations that have no result yet. */
interface WarmEnvironment {
  readonly worker: Worker;
  /** When the bundle is loaded. It does not reject: invocations end with their environment. */
  readonly ready: Promise<void>;
  readonly pending: Map<number, Pending>;
}

/** A Lambda function run from its deployed bundle in a thread of its own, with its own environment and timeout. */
export class LambdaFunction {
  readonly #options: LambdaOptions;
  readonly #file: string;
  readonly #environments = new Set<WarmEnvironment>();
  /** Takes the next invocation. */
  #current: WarmEnvironment | undefined;
  #nextId = 0;
  #log: WriteStream | undefined;

  constructor(options: LambdaOptions) {
    this.#options = options;
    this.#file = unpack(options);
  }

  /** @throws with the handler's own message, or when the timeout has passed */
  invoke(event: Json): Promise<Json> {
    const { name, timeoutSeconds } = this.#options;
    const id = this.#nextId++;
    this.#current ??= this.#launch();
    const environment = this.#current;
    return new Promise((resolve, reject) => {
      const timeOut = (text: string) => {
        environment.pending.get(id)?.reject(new Error(`${name}: ${text}`));
        this.#retire(environment);
      };
      let timer = setTimeout(() => timeOut(`Init timed out after ${INIT_SECONDS} seconds`), INIT_SECONDS * 1000);
      const settle = () => {
        clearTimeout(timer);
        environment.pending.delete(id);
        if (environment !== this.#current) this.#retire(environment);
      };
      environment.pending.set(id, {
        resolve: (result) => {
          settle();
          resolve(result);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      void environment.ready.then(() => {
        clearTimeout(timer);
        if (!environment.pending.has(id)) return;
        timer = setTimeout(() => timeOut(`Task timed out after ${timeoutSeconds} seconds`), timeoutSeconds * 1000);
        environment.worker.postMessage({ id, event, deadline: Date.now() + timeoutSeconds * 1000 });
      });
    });
  }

  async stop(): Promise<void> {
    this.#current = undefined;
    await Promise.all([...this.#environments].map(({ worker }) => worker.terminate()));
    this.#log?.end();
    this.#log = undefined;
  }

  /** No new invocation; those that still run there (on AWS each has an environment of its own) may finish. */
  #retire(environment: WarmEnvironment): void {
    if (this.#current === environment) this.#current = undefined;
    if (environment.pending.size === 0) void environment.worker.terminate();
  }

  #follow(stream: NodeJS.ReadableStream, { logFile, onLine, onLogError }: LambdaOutput): void {
    createInterface({ input: stream }).on("line", (line) => {
      if (!this.#log) {
        mkdirSync(dirname(logFile), { recursive: true });
        // A full disk costs the log, not the function.
        this.#log = createWriteStream(logFile, { flags: "a" }).on("error", onLogError);
      }
      this.#log.write(`${line}\n`);
      onLine(line);
    });
  }

  #launch(): WarmEnvironment {
    const { output } = this.#options;
    const worker = new Worker(ownScript("local/services/lambda/lambda-worker.ts"), {
      env: { ...this.#options.environment },
      stdout: output !== undefined,
      stderr: output !== undefined,
      workerData: { file: this.#file, exportName: this.#options.handler.split(".").at(-1) },
    });
    if (output) for (const stream of [worker.stdout, worker.stderr]) this.#follow(stream, output);
    const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();
    const environment: WarmEnvironment = { worker, ready, pending: new Map() };
    const end = (cause: Error) => {
      this.#environments.delete(environment);
      this.#retire(environment);
      for (const pending of [...environment.pending.values()]) pending.reject(cause);
    };
    worker.on("message", (message: WorkerMessage) => {
      if ("isReady" in message) return isReady();
      const pending = environment.pending.get(message.id);
      if (message.error === undefined) pending?.resolve(message.result ?? null);
      else pending?.reject(new Error(message.error));
    });
    worker.on("error", (error: unknown) => end(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", () => end(new Error(`${this.#options.name}: Runtime exited before it responded`)));
    worker.unref();
    this.#environments.add(environment);
    return environment;
  }
}

function unpack({ name, zip, handler, workFolder }: LambdaOptions): string {
  const bytes = readFileSync(zip);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const folder = join(workFolder, `${name}-${hash}`);
  const module = handler.split(".").slice(0, -1).join(".");
  // Some tools write folders as entries of their own.
  const files = Object.entries(unzipSync(bytes)).filter(([path]) => !path.endsWith("/"));
  for (const [path, content] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  const entry = files.map(([path]) => path).find((path) => [".js", ".cjs"].some((end) => path === `${module}${end}`));
  if (!entry) throw new Error(`${zip} has no file for the handler ${handler}`);
  // Bundles are CommonJS; the project around them is not.
  writeFileSync(join(folder, "package.json"), '{"type":"commonjs"}\n');
  return join(folder, entry);
}
