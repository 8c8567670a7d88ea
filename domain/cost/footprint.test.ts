import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import type { Environment } from "../../settings/environment.ts";
import { environmentSynth } from "../../stacks/test/environment-synth.ts";
import { environmentVariants } from "../../stacks/test/environment-variants.ts";
import { type Block, resources } from "../../test-support/synth.ts";
import { footprintOf } from "./footprint.ts";

const synth = environmentSynth();
const remedy = "domain/cost/footprint.ts must count the stacks' resources";

const dev = await loadEnvironment("dev");
const environments: Readonly<Record<string, Environment>> = {
  ...(await environmentVariants()),
  "dev without engines": { ...dev, pools: {} },
};

describe.each(Object.entries(environments))("the forecast's footprint of %s", (_, environment) => {
  const footprint = footprintOf(environment);
  const stacks = Object.values(synth(environment));
  const all = (type: string): readonly Block[] => stacks.flatMap((stack) => Object.values(resources(stack, type)));
  const pools = Object.keys(environment.pools).length;

  test("has as many interface endpoints in as many zones", () => {
    const endpoints = all("aws_vpc_endpoint").filter(({ vpc_endpoint_type: type }) => type === "Interface");
    const { shared, engines } = footprint.interfaceEndpoints;
    expect(shared + engines, remedy).toBe(endpoints.length);
    for (const { subnet_ids: subnets } of endpoints) expect(footprint.endpointZones, remedy).toBe(subnets.length);
  });

  test("has as many NAT gateways, each with an address", () => {
    expect(footprint.natGateways, remedy).toBe(all("aws_nat_gateway").length);
    expect(footprint.natGateways, remedy).toBe(all("aws_eip").length);
  });

  test("has as many keys, firewall rules, dashboards and composite alarms", () => {
    expect(footprint.encryptionKeys, remedy).toBe(all("aws_kms_key").length);
    expect(footprint.firewallRules, remedy).toBe(all("aws_wafv2_web_acl").flatMap(({ rule }) => rule).length);
    expect(footprint.dashboards, remedy).toBe(all("aws_cloudwatch_dashboard").length);
    expect(footprint.compositeAlarms, remedy).toBe(all("aws_cloudwatch_composite_alarm").length);
  });

  test("has as many metrics that alarms watch", () => {
    const watched = all("aws_cloudwatch_metric_alarm").map(({ metric_query: queries }) =>
      queries === undefined ? 1 : queries.filter(({ metric }: Block) => metric !== undefined).length,
    );
    const { once, perPool } = footprint.alarmMetrics;
    expect(once + pools * perPool, remedy).toBe(watched.reduce((sum, count) => sum + count, 0));
  });

  test("has every type of resource that AWS charges for by the month", () => {
    const types = new Set(stacks.flatMap((stack) => Object.keys(stack.resource ?? {})));
    for (const type of ["aws_elasticache_cluster", "aws_db_instance", "aws_lb"])
      expect(types.has(type), `${type}: the forecast must have an item for it`).toBe(type === "aws_lb");
    expect(all("aws_lb")).toHaveLength(footprint.loadBalancers);
  });
});
