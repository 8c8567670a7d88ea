import type { Logger } from "pino";
import type { SettledRequest } from "../core/record.ts";
import type { Meter } from "../metrics/meter.ts";
import { USAGE_INSTRUMENTS } from "../metrics/usage-instruments.ts";
import { SpoolFolder } from "./spool-folder.ts";
import { usageEventOf } from "./usage-event-of.ts";
import { type PutObject, UsageShipper } from "./usage-shipper.ts";
import { MAX_SEGMENT_BYTES, UsageSpool } from "./usage-spool.ts";

/** Where a gateway writes usage events. */
export interface UsageFiles {
  /** Folder of the spool on disk; it is made where there is none. */
  readonly spool: string;
  /** Seconds of events in one file. */
  readonly fileSeconds: number;
  readonly put: PutObject;
  /** Most bytes that the segments of one thread may take on disk. @default 1 GiB */
  readonly maxBytes?: number;
}

export interface UsageLedgerOptions extends UsageFiles {
  readonly thread: number;
  readonly logger: Pick<Logger, "warn" | "error">;
  readonly meter: Meter;
  /** Unix milliseconds. */
  readonly wallClock: () => number;
}

const MAX_SPOOL_BYTES = 1024 ** 3;
/** Longest time in which a gateway that drains ships its last segments; what is left stays on disk. */
const DRAIN_MS = 10_000;
/** Between two looks at what waits. */
const LOOK_MS = 10_000;
/** A log of the same failure comes once in this time. */
const REPORT_MS = 60_000;

/**
 * Writes an event of each request that is over to disk, and ships them as files. An event that can't be stored is lost:
 * that is counted and reported, and the request does not fail.
 */
export class UsageLedger {
  readonly #options: UsageLedgerOptions;
  readonly #folder: SpoolFolder;
  readonly #spool: UsageSpool;
  readonly #shipper: UsageShipper;
  #waitingBytes = 0;
  /** Unix milliseconds since which the oldest segment waits; undefined when none does. */
  #waitingSince: number | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(options: UsageLedgerOptions) {
    const { spool, thread, fileSeconds, put, logger, meter, wallClock } = options;
    this.#options = options;
    this.#folder = new SpoolFolder(spool, thread);
    this.#shipper = new UsageShipper({
      folder: this.#folder,
      put,
      onChange: (isAvailable, failure) =>
        logger.warn({ isAvailable, failure: nameOf(failure) }, "the bucket of usage events"),
    });
    this.#spool = new UsageSpool({
      folder: this.#folder,
      segmentSeconds: fileSeconds,
      wallClock,
      onClosed: () => void this.#ship(),
    });
    meter.watch(USAGE_INSTRUMENTS.waitingSeconds, () => [{ labels: {}, value: this.#waitingSeconds() }]);
    meter.declare(USAGE_INSTRUMENTS.lostEvents, {});
  }

  /** Never throws. */
  record(settled: SettledRequest): void {
    try {
      const event = usageEventOf(settled, this.#options.wallClock());
      if (event === undefined) return;
      const { maxBytes = MAX_SPOOL_BYTES } = this.#options;
      if (this.#waitingBytes + MAX_SEGMENT_BYTES > maxBytes) throw new SpoolFull();
      this.#spool.append(event);
    } catch (error) {
      this.#lost(error);
    }
  }

  start(): void {
    this.#adopt();
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
    void this.#ship();
  }

  /** Ships everything; what can't be shipped in time stays for the next start. */
  async flush(): Promise<void> {
    this.#rotate();
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, DRAIN_MS);
    await Promise.race([this.#shipper.ship(), over]);
    clearTimeout(timer);
  }

  /** After the last request has been settled. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    this.#shipper.stop();
  }

  async #ship(): Promise<void> {
    this.#look();
    await this.#shipper.ship();
    this.#look();
  }

  #rotate(): void {
    try {
      this.#spool.rotate();
    } catch (error) {
      this.#report(error, "usage events stay on disk");
    }
  }

  #adopt(): void {
    try {
      this.#folder.adopt();
    } catch (error) {
      this.#report(error, "usage events of an earlier process stay on disk");
    }
  }

  /** Looks at what waits on disk. */
  #look(): void {
    try {
      const waiting = this.#folder.closed();
      this.#waitingBytes = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
      this.#waitingSince = waiting.length === 0 ? undefined : Math.min(...waiting.map(({ writtenAt }) => writtenAt));
    } catch (error) {
      this.#report(error, "the spool of usage events");
    }
  }

  #waitingSeconds(): number {
    if (this.#waitingSince === undefined) return 0;
    return Math.max(0, (this.#options.wallClock() - this.#waitingSince) / 1000);
  }

  #lost(error: unknown): void {
    this.#options.meter.add(USAGE_INSTRUMENTS.lostEvents, {});
    this.#report(error, "a usage event is lost");
  }

  #report(error: unknown, message: string): void {
    const now = this.#options.wallClock();
    if (now - this.#reportedAt < REPORT_MS) return;
    this.#reportedAt = now;
    this.#options.logger.error({ failure: nameOf(error) }, message);
  }
}

/** The disk has as many events as it may: the oldest stay, as they wait to be shipped. */
class SpoolFull extends Error {
  override readonly name = "SpoolFull";
}

function nameOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
