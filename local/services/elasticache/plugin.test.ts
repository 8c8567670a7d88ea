import { describe, expect, onTestFinished, test } from "vitest";
import { noRedisServer } from "../../../test-support/redis-server.ts";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import { replicationGroup } from "./plugin.ts";

const group = resource("aws_elasticache_replication_group", "Valkey");

describe("the shared store of an environment", () => {
  test("is a server of this machine, or none and a line about that", async () => {
    const lines: string[] = [];
    const runtime = emptyRuntime({ report: (line) => lines.push(line) });
    await replicationGroup.start?.({}, group, runtime);
    onTestFinished(() => runtime.elasticache.valkey?.stop());
    if (noRedisServer === undefined) {
      expect(runtime.elasticache.valkey?.url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
      expect(lines).toEqual([]);
    } else {
      expect(runtime.elasticache.valkey?.url).toBe("");
      expect(lines).toEqual([
        "aws_elasticache_replication_group.Valkey: there is no redis-server on PATH, so gateways share no store",
      ]);
    }
  });

  test("has an address for the configuration, which the server's own replaces", () => {
    expect(replicationGroup.attributes?.(group, emptyRuntime())).toEqual({ primary_endpoint_address: "127.0.0.1" });
  });
});
