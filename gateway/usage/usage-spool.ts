import { randomBytes } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { segmentName } from "../../domain/usage/segment-names.ts";
import type { SpoolFolder } from "./spool-folder.ts";

/** A segment is closed at this size, whatever its time. */
export const MAX_SEGMENT_BYTES = 1024 * 1024;

export interface UsageSpoolOptions {
  readonly folder: Pick<SpoolFolder, "openPath" | "close">;
  /** Seconds after its first event at which a segment is closed. */
  readonly segmentSeconds: number;
  /** Unix milliseconds. */
  readonly wallClock: () => number;
  /** Called when a segment waits to be shipped. */
  readonly onClosed: () => void;
}

interface OpenSegment {
  readonly id: string;
  readonly file: number;
  bytes: number;
}

/**
 * Usage events on disk, in segments of one JSON line an event. An event is in the page cache of the system when `append`
 * returns, so a process that is killed has lost none; a machine that fails loses what its disk did not get.
 */
export class UsageSpool {
  readonly #options: UsageSpoolOptions;
  /** Makes the ids of this thread's segments unlike those of any other. */
  readonly #writer = randomBytes(8).toString("hex");
  #open: OpenSegment | undefined = undefined;
  #count = 0;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(options: UsageSpoolOptions) {
    this.#options = options;
  }

  /** @throws when the disk does not take it: the event is not stored, and a later one is in another segment */
  append(event: UsageEvent): void {
    const segment = this.#open ?? this.#begin();
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    try {
      for (let written = 0; written < line.length; ) written += writeSync(segment.file, line, written);
    } catch (error) {
      // Half a line may be there: readers drop one at the end of a segment.
      this.rotate();
      throw error;
    }
    segment.bytes += line.length;
    if (segment.bytes >= MAX_SEGMENT_BYTES) this.rotate();
  }

  /** Closes the segment that is written, where there is one. */
  rotate(): void {
    const segment = this.#open;
    if (segment === undefined) return;
    this.#open = undefined;
    clearTimeout(this.#timer);
    closeSync(segment.file);
    this.#options.folder.close(segment.id);
    this.#options.onClosed();
  }

  #begin(): OpenSegment {
    const { folder, segmentSeconds, wallClock } = this.#options;
    const id = segmentName(wallClock(), this.#writer, this.#count++);
    const segment = { id, file: openSync(folder.openPath(id), "ax", 0o600), bytes: 0 };
    this.#open = segment;
    this.#timer = setTimeout(() => this.#rotateLater(), segmentSeconds * 1000).unref();
    return segment;
  }

  #rotateLater(): void {
    try {
      this.rotate();
    } catch {
      // The segment stays open on disk: the next start takes it over.
    }
  }
}
