import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { LocalValkey } from "./local-valkey.ts";

/** A redis-server where this machine has one; otherwise each gateway keeps what it keeps for itself. */
export const replicationGroup: ResourcePlugin = {
  type: "aws_elasticache_replication_group",
  attributes: () => ({ primary_endpoint_address: "127.0.0.1" }),
  async start(_config, resource, world) {
    world.valkey = await LocalValkey.start();
    if (world.valkey.url === "")
      world.settings.report(`${resource.address}: there is no redis-server on PATH, so gateways share no store`);
  },
};
