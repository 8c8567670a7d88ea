import type { LocalValkey } from "./local-valkey.ts";

/** The store that gateways share, where the environment has one. */
export class ElastiCacheRuntime {
  valkey: LocalValkey | undefined;

  async stop(): Promise<void> {
    await this.valkey?.stop();
  }
}

export interface WithElastiCache {
  readonly elasticache: ElastiCacheRuntime;
}
