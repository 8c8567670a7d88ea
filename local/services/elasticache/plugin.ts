import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { LocalValkey } from "./local-valkey.ts";
import type { WithElastiCache } from "./runtime.ts";

/** A redis-server where this machine has one; otherwise each gateway has a store of its own. */
export const replicationGroup: ResourcePlugin<WithElastiCache> = {
  type: "aws_elasticache_replication_group",
  attributes: () => ({ primary_endpoint_address: "127.0.0.1" }),
  async start(_config, resource, { elasticache, settings }) {
    elasticache.valkey = await LocalValkey.start();
    if (elasticache.valkey.url === "")
      settings.report(`${resource.address}: there is no redis-server on PATH, so gateways share no store`);
  },
};

/** In the order in which they start. */
export const ELASTICACHE_PLUGINS = {
  aws_elasticache_replication_group: replicationGroup,
} as const;
