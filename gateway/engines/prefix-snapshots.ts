import { decodeSnapshot, encodeSnapshot } from "../../domain/routing/prefix-snapshot.ts";
import type { FastStore } from "../store/fast-store.ts";
import type { Engine } from "./engine.ts";
import type { ModelPool } from "./model-pool.ts";

/** The part of the store that snapshots need. */
export type SnapshotStore = Pick<FastStore, "get" | "set">;

export interface PrefixSnapshotsOptions {
  readonly store: SnapshotStore;
  /** Separates environments that share a store. */
  readonly environment: string;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/** A cache that was not used for so long is not worth a snapshot. */
const TTL_SECONDS = 900;

/**
 * Saves the index of each engine's cache in a store that outlives this process and that all gateways share. Each round
 * reads the snapshots of the other gateways and saves the union. When two gateways save at once, one of them wins, and
 * the other one's blocks come back with its next round: each still has its own.
 */
export class PrefixSnapshots {
  readonly #options: PrefixSnapshotsOptions;
  readonly #loaded = new WeakSet<Engine>();

  constructor(options: PrefixSnapshotsOptions) {
    this.#options = options;
  }

  /** Takes over what is saved of engines that are new here. Never rejects. */
  async load(pool: ModelPool): Promise<void> {
    await Promise.all(pool.routing.members.map((engine) => this.#loadOnce(pool, engine)));
  }

  /** One round: takes over and saves. Never rejects. */
  async exchange(pool: ModelPool): Promise<void> {
    // One after the other: a large fleet's indexes are not worked on in one go, requests come between.
    for (const engine of pool.routing.members) {
      await this.#take(pool, engine);
      const bytes = encodeSnapshot(pool.routing.blocksOf(engine), Math.floor(this.#options.wallClock() / 1000));
      await this.#options.store.set(this.#key(pool, engine), bytes, TTL_SECONDS).catch(() => undefined);
    }
  }

  async #loadOnce(pool: ModelPool, engine: Engine): Promise<void> {
    if (this.#loaded.has(engine)) return;
    this.#loaded.add(engine);
    await this.#take(pool, engine);
  }

  async #take(pool: ModelPool, engine: Engine): Promise<void> {
    const saved = await this.#options.store.get(this.#key(pool, engine)).catch(() => undefined);
    if (saved !== undefined) pool.routing.restore(engine, decodeSnapshot(saved));
  }

  #key(pool: ModelPool, engine: Engine): string {
    return `prefix-index:${this.#options.environment}:${pool.config.id}:${engine.id}`;
  }
}
