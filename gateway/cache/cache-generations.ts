import type { SharedCount } from "../core/shared-count.ts";
import type { FastStore } from "../store/fast-store.ts";

/** A clearing reaches the other gateways within this time. */
const EXCHANGE_MS = 2000;
/** Longer than any response is stored. */
const TTL_SECONDS = 30 * 24 * 3600;
const STORE_KEY = "cache:generations";
/** Stands for all models; no model has this name. */
const ALL = "";

export interface CacheGenerationsOptions {
  /** Where gateways meet. @default - this gateway is alone */
  readonly store: FastStore | undefined;
  /** Where the threads of one process meet when there is no store. */
  readonly clears: SharedCount;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * When the cache was last cleared, for each model and for all. The generation is part of a response's key, so after a
 * clearing no response from before it is found. Of two gateways' times the later one counts, so they agree in any
 * order, and a store that lost the times gets them back from any gateway.
 */
export class CacheGenerations {
  readonly #options: CacheGenerationsOptions;
  readonly #clearedAt = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CacheGenerationsOptions) {
    this.#options = options;
  }

  of(model: string): string {
    const { store, clears } = this.#options;
    // Gateways that share a store must come to the same text, and each counts its own threads.
    const own = store === undefined ? clears.value : 0;
    return `${this.#clearedAt.get(ALL) ?? 0}.${this.#clearedAt.get(model) ?? 0}.${own}`;
  }

  /**
   * A new generation, here at once and at the other gateways within seconds. The other threads of a gateway without a
   * store drop all models' responses.
   * @param model @default - all models
   */
  async next(model: string = ALL): Promise<void> {
    const before = this.#clearedAt.get(model) ?? 0;
    // Later than every known time, whatever this machine's clock shows.
    this.#clearedAt.set(model, Math.max(this.#options.now(), before + 1));
    this.#options.clears.add(1);
    await this.exchange();
  }

  /** Reads the later times of other gateways, and writes our own to the store. */
  async exchange(): Promise<void> {
    const { store } = this.#options;
    if (store === undefined) return;
    const known = readTimes(await store.get(STORE_KEY));
    for (const [model, time] of known) if (time > (this.#clearedAt.get(model) ?? 0)) this.#clearedAt.set(model, time);
    const isNews = [...this.#clearedAt].some(([model, time]) => time > (known.get(model) ?? 0));
    if (isNews) await store.set(STORE_KEY, Buffer.from(JSON.stringify([...this.#clearedAt])), TTL_SECONDS);
  }

  start(): void {
    if (this.#options.store === undefined) return;
    this.#timer = setTimeout(() => {
      void this.exchange().finally(() => {
        if (this.#timer !== undefined) this.start();
      });
    }, EXCHANGE_MS).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function readTimes(bytes: Buffer | undefined): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const entry of parseList(bytes)) {
    if (!Array.isArray(entry)) continue;
    const [model, time]: readonly unknown[] = entry;
    if (typeof model === "string" && typeof time === "number" && Number.isFinite(time)) times.set(model, time);
  }
  return times;
}

function parseList(bytes: Buffer | undefined): readonly unknown[] {
  if (bytes === undefined) return [];
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
