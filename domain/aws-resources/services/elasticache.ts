import type { AwsService } from "../rows/aws-resource-type.ts";
import { FREE, NO_NETWORK, SETTINGS_ONLY } from "../rows/exemption-reasons.ts";

const API = "2015-02-02";

export const ELASTICACHE = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/elasticache/pricing/",
  },
  types: {
    aws_elasticache_replication_group: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: {
        noun: "replication group",
        service: "elasticache",
        action: "DescribeReplicationGroups",
        version: API,
        element: "ReplicationGroupId",
      },
      cost: { paidIn: ["Valkey"] },
      deploy: ["elasticache:CreateReplicationGroup", "elasticache:DeleteReplicationGroup"],
      encryption: { keyIn: "kms_key_id" },
      replacedBy: [
        "replication_group_id",
        "at_rest_encryption_enabled",
        "data_tiering_enabled",
        "global_replication_group_id",
        "kms_key_id",
        "network_type",
        "port",
        "snapshot_arns",
        "snapshot_name",
        "subnet_group_name",
      ],
    },
    aws_elasticache_subnet_group: {
      twin: { exempt: NO_NETWORK },
      applyTest: "assertion",
      leftovers: {
        noun: "cache subnet group",
        service: "elasticache",
        action: "DescribeCacheSubnetGroups",
        version: API,
        element: "CacheSubnetGroupName",
      },
      cost: { exempt: FREE },
      deploy: ["elasticache:CreateCacheSubnetGroup", "elasticache:DeleteCacheSubnetGroup"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
