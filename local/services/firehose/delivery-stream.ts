import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where a stream delivers to. Throws, or rejects, where the sink has not taken all of it. */
export type Deliver = (records: readonly Buffer[]) => Promise<void>;

export interface DeliveryStreamOptions {
  readonly name: string;
  /** Where records wait; those that an earlier twin left are delivered first. */
  readonly folder: string;
  readonly deliver: Deliver;
  /** Takes what was not delivered for so long as `retryMs`. It must not fail. */
  readonly backUp: Deliver;
  /** From a record to its delivery, in milliseconds. */
  readonly bufferMs: number;
  /** For how long a delivery is repeated, in milliseconds. */
  readonly retryMs: number;
  readonly report: (line: string) => void;
  /** Between two attempts, in milliseconds. @default 1000 */
  readonly pauseMs?: number;
}

/**
 * A delivery stream of Firehose: what it has taken waits in files until the sink has it, in the order in which it came. A
 * delivery whose end is not known is repeated, so that a record may come twice.
 */
export class DeliveryStream {
  readonly #options: DeliveryStreamOptions;
  #running: Promise<void> | undefined;
  #isStopped = false;
  #wake: (() => void) | undefined;

  constructor(options: DeliveryStreamOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true });
    if (this.waiting().length > 0) this.#begin();
  }

  /** Stores the records in a file; they are delivered later. */
  put(records: readonly Buffer[]): void {
    const { folder } = this.#options;
    const name = `${String(Date.now()).padStart(15, "0")}-${randomUUID()}`;
    const text = JSON.stringify(records.map((record) => record.toString("base64")));
    // Of a write that is cut off there is no file with the name.
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, name));
    this.#begin();
  }

  /** Names of files whose records wait, oldest first. */
  waiting(): readonly string[] {
    return readdirSync(this.#options.folder)
      .filter((name) => !name.endsWith(".new"))
      .sort();
  }

  /** Ends deliveries; what waits stays in its files. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake?.();
    await this.#running;
  }

  #begin(): void {
    if (this.#isStopped || this.#running) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      // A record that came as the run ended.
      if (!this.#isStopped && this.waiting().length > 0) this.#begin();
    });
  }

  async #run(): Promise<void> {
    const { folder, deliver, backUp, bufferMs, retryMs, report, name, pauseMs = 1000 } = this.#options;
    await this.#pause(bufferMs);
    const files = this.waiting();
    const records = files.flatMap((file) => recordsOf(join(folder, file)));
    let failedSince: number | undefined;
    while (!this.#isStopped) {
      try {
        await (failedSince !== undefined && Date.now() - failedSince > retryMs ? backUp : deliver)(records);
        for (const file of files) rmSync(join(folder, file));
        return;
      } catch (error) {
        if (failedSince === undefined)
          report(`${name}: a delivery is repeated: ${error instanceof Error ? error.message : String(error)}`);
        failedSince ??= Date.now();
        await this.#pause(pauseMs);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    if (this.#isStopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function recordsOf(file: string): readonly Buffer[] {
  const texts: readonly string[] = JSON.parse(readFileSync(file, "utf8"));
  return texts.map((text) => Buffer.from(text, "base64"));
}
