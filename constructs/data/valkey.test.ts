import { TerraformOutput } from "cdktf";
import { describe, expect, test } from "vitest";
import { only, resources, synthConstruct } from "../../test-support/synth.ts";
import { Network } from "../network/network.ts";
import { EncryptionKey } from "./encryption-key.ts";
import { Valkey } from "./valkey.ts";

const region = "us-east-1";
const synth = (nodes: number) =>
  synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "t", region, isProtected: false });
    const valkey = new Valkey(scope, "Valkey", {
      name: "sluice-test",
      nodeType: "cache.t4g.small",
      nodes,
      network: new Network(scope, "Network", { name: "t", region, zones: ["a", "b"], cidr: "10.0.0.0/16" }),
      clientSecurityGroupId: "sg-gateways",
      kmsKeyArn: encryptionKey.arn,
    });
    new TerraformOutput(scope, "url", { value: valkey.url });
  });
const group = (nodes: number) => only(synth(nodes), "aws_elasticache_replication_group");

describe("the shared store", () => {
  test("is Valkey, encrypted with our key at rest and with TLS in transit, and its URL is rediss://", () => {
    expect(group(2)).toMatchObject({
      engine: "valkey",
      at_rest_encryption_enabled: "true",
      kms_key_id: expect.stringContaining("aws_kms_key.Key"),
      transit_encryption_enabled: true,
      transit_encryption_mode: "required",
    });
    expect(synth(2).output?.url?.value).toMatch(
      /^rediss:\/\/\$\{aws_elasticache_replication_group\.Valkey\.primary_endpoint_address\}:6379$/,
    );
  });

  test("has no password and no snapshot, which a state or a bucket would hold", () => {
    expect(group(2)).not.toHaveProperty("auth_token");
    expect(group(2)).toMatchObject({ snapshot_retention_limit: 0 });
  });

  test("accepts connections from the gateways' security group alone", () => {
    const stack = synth(2);
    const rules = Object.values(resources(stack, "aws_vpc_security_group_ingress_rule"));
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({ from_port: 6379, to_port: 6379, referenced_security_group_id: "sg-gateways" });
    expect(only(stack, "aws_vpc_security_group_egress_rule")).toMatchObject({ security_group_id: "sg-gateways" });
  });

  test("is in the private subnets of all zones", () => {
    const stack = synth(2);
    const { subnet_ids: ids } = only(stack, "aws_elasticache_subnet_group");
    expect(ids).toHaveLength(2);
    expect(JSON.stringify(ids)).toContain("Private");
  });

  test("fails over automatically when there is a second node", () => {
    expect(group(2)).toMatchObject({
      num_cache_clusters: 2,
      automatic_failover_enabled: true,
      multi_az_enabled: true,
    });
    expect(group(1)).toMatchObject({
      num_cache_clusters: 1,
      automatic_failover_enabled: false,
      multi_az_enabled: false,
    });
  });
});
