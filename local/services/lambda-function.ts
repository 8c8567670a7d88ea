import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { unzipSync } from "fflate";
import type { Json } from "../template/json.ts";

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
}

interface Pending {
  resolve(result: Json): void;
  reject(error: Error): void;
}

/** A Lambda function run from its deployed bundle in a thread of its own, with its own environment and timeout. */
export class LambdaFunction {
  readonly #options: LambdaOptions;
  readonly #file: string;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #nextId = 0;

  constructor(options: LambdaOptions) {
    this.#options = options;
    this.#file = unpack(options);
  }

  /** @throws with the handler's own message, or when the timeout has passed */
  invoke(event: Json): Promise<Json> {
    const { name, timeoutSeconds } = this.#options;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        void this.#worker?.terminate();
        this.#worker = undefined;
        reject(new Error(`${name}: Task timed out after ${timeoutSeconds} seconds`));
      }, timeoutSeconds * 1000);
      const settle = () => {
        clearTimeout(timer);
        this.#pending.delete(id);
      };
      this.#pending.set(id, {
        resolve: (result) => {
          settle();
          resolve(result);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      this.#running().postMessage({ id, event, deadline: Date.now() + timeoutSeconds * 1000 });
    });
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL("./lambda-worker.ts", import.meta.url), {
      env: { ...this.#options.environment },
      workerData: { file: this.#file, exportName: this.#options.handler.split(".").at(-1) },
    });
    worker.on("message", (message: { readonly id: number; readonly result?: Json; readonly error?: string }) => {
      const pending = this.#pending.get(message.id);
      if (message.error === undefined) pending?.resolve(message.result ?? null);
      else pending?.reject(new Error(message.error));
    });
    worker.on("error", (error: unknown) => {
      this.#worker = undefined;
      const cause = error instanceof Error ? error : new Error(String(error));
      for (const pending of [...this.#pending.values()]) pending.reject(cause);
    });
    worker.unref();
    this.#worker = worker;
    return worker;
  }
}

function unpack({ name, zip, handler, workFolder }: LambdaOptions): string {
  const bytes = readFileSync(zip);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const folder = join(workFolder, `${name}-${hash}`);
  const module = handler.split(".").slice(0, -1).join(".");
  const files = Object.entries(unzipSync(bytes));
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
