import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { asNumber, type JsonObject } from "../../local/template/json.ts";
import { rawResources } from "../../local/template/stacks.ts";
import { callAws } from "../aws-client/aws-call.ts";
import { element, elements } from "../emulator-patches/xml.ts";
import { type Applied, expectAll, expectEqual, type StackAssertion } from "./assertion.ts";

const TYPE = "aws_elasticache_replication_group";

/** Where an environment has no shared store, AWS must have none. */
export const VALKEY: readonly StackAssertion[] = [
  {
    claim: "the shared store, where one is declared, is Valkey in TLS, encrypted at rest, with the declared nodes",
    types: ["aws_elasticache_replication_group"],
    check: async (applied) => {
      const wanted = declared(applied);
      const groups = elements(await queryElastiCache(applied, "DescribeReplicationGroups"), "ReplicationGroup");
      expectEqual(
        "replication groups",
        groups.map((group) => element(group, "ReplicationGroupId")),
        wanted.map(({ replication_group_id: id }) => id),
      );
      for (const [index, group] of groups.entries()) {
        const nodes = asNumber(wanted[index]?.num_cache_clusters);
        const members = elements(element(group, "MemberClusters") ?? "", "ClusterId");
        expectEqual("nodes", members.length, nodes);
        expectEqual("failover", element(group, "AutomaticFailover"), nodes > 1 ? "enabled" : "disabled");
        expectEqual("engine", element(group, "Engine"), "valkey");
        expectEqual("TLS", element(group, "TransitEncryptionEnabled"), "true");
        expectEqual("mode of TLS", element(group, "TransitEncryptionMode"), "required");
        expectEqual("encryption at rest", element(group, "AtRestEncryptionEnabled"), "true");
        const clusters = elements(await queryElastiCache(applied, "DescribeCacheClusters"), "CacheCluster");
        expectAll(
          "nodes",
          clusters.filter((cluster) => members.includes(element(cluster, "CacheClusterId") ?? "")),
          (cluster) =>
            element(cluster, "Engine") === "valkey" && element(cluster, "TransitEncryptionEnabled") === "true",
        );
      }
    },
  },
  {
    claim: "the shared store's subnets assign no public addresses and are in different zones",
    types: ["aws_elasticache_subnet_group", "aws_subnet"],
    check: async (applied) => {
      if (declared(applied).length === 0) return;
      const SubnetIds = [...elements(await queryElastiCache(applied, "DescribeCacheSubnetGroups"), "SubnetIdentifier")];
      const { Subnets = [] } = await new EC2Client(applied.client).send(new DescribeSubnetsCommand({ SubnetIds }));
      expectAll("subnets", Subnets, ({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch === false);
      expectEqual("zones", new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size, SubnetIds.length);
    },
  },
];

function declared({ run }: Applied): readonly JsonObject[] {
  return rawResources(run.stack).flatMap(({ type, config }) => (type === TYPE ? [config] : []));
}

function queryElastiCache({ url }: Applied, action: string): Promise<string> {
  return callAws(url, "elasticache", { action, version: "2015-02-02" });
}
