import { readFile, unlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { segmentKey } from "../../domain/usage/segment-names.ts";
import type { ClosedSegment, SpoolFolder } from "./spool-folder.ts";

const compressed = promisify(gzip);

/** Between two attempts while objects can't be written. */
const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 60_000;
const LINE_FEED = 0x0a;

/** Writes one object. Rejects when that is not certain. */
export type PutObject = (key: string, body: Buffer) => Promise<void>;

export interface UsageShipperOptions {
  readonly folder: Pick<SpoolFolder, "closed">;
  readonly put: PutObject;
  /** Called when objects can't be written that could before, and when they can again. */
  readonly onChange: (isAvailable: boolean, failure: unknown) => void;
  /** Milliseconds before the first further attempt. @default 1000 */
  readonly firstWaitMs?: number;
}

/**
 * Ships closed segments, the oldest first, and deletes each once its object is written. A segment always has the same key
 * and content, so that one that is shipped twice, after a crash or a time-out, changes nothing. It tries without end.
 */
export class UsageShipper {
  readonly #options: UsageShipperOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined = undefined;
  #isWanted = false;
  #isAvailable = true;

  constructor(options: UsageShipperOptions) {
    this.#options = options;
  }

  /** Ships what waits; resolves when nothing does, or after `stop`. Never rejects. */
  ship(): Promise<void> {
    this.#isWanted = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Ends the attempts; what waits stays on disk. */
  stop(): void {
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    const { firstWaitMs = FIRST_WAIT_MS } = this.#options;
    let waitMs = firstWaitMs;
    while (!this.#stop.signal.aborted) {
      this.#isWanted = false;
      try {
        for (const segment of this.#options.folder.closed()) await this.#shipOne(segment);
        this.#changed(true, undefined);
        waitMs = firstWaitMs;
        if (!this.#isWanted) return;
      } catch (error) {
        this.#changed(false, error);
        await sleep(waitMs * (0.5 + Math.random() / 2), undefined, { signal: this.#stop.signal, ref: false }).catch(
          () => undefined,
        );
        waitMs = Math.min(MAX_WAIT_MS, 2 * waitMs);
      }
    }
  }

  async #shipOne({ id, path }: ClosedSegment): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const bytes = wholeLines(await readFile(path));
    if (bytes.length > 0) await this.#options.put(segmentKey(id), await compressed(bytes));
    await unlink(path);
  }

  #changed(isAvailable: boolean, failure: unknown): void {
    if (isAvailable === this.#isAvailable) return;
    this.#isAvailable = isAvailable;
    this.#options.onChange(isAvailable, failure);
  }
}

/** Without what stands behind the last line break: a process or a disk stopped in the middle of it. */
function wholeLines(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.lastIndexOf(LINE_FEED) + 1);
}
