import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import type { Environment } from "../../settings/environment.ts";
import { EXISTING_NETWORK } from "../../test-support/existing-network.ts";
import { OUTSIDE_PROVIDER } from "../../test-support/outside-provider.ts";
import type { Finding } from "./finding.ts";
import { networkChecks } from "./network-checks.ts";
import type { EndpointFact, NetworkFacts, RouteTableFact, SubnetFact } from "./network-facts.ts";

const dev = await loadEnvironment("dev");
const environment: Environment = { ...dev, network: { ...dev.network, existing: EXISTING_NETWORK } };
const { vpcId, loadBalancerSubnetIds, gatewaySubnetIds, engineSubnetIds, endpoints } = EXISTING_NETWORK;
const lists = [loadBalancerSubnetIds, gatewaySubnetIds, engineSubnetIds];
const SUBNETS: readonly SubnetFact[] = lists.flatMap((ids) =>
  ids.map((id, index) => ({ id, vpcId, zone: `${dev.region}${dev.zones[index]}`, freeAddresses: 200 })),
);
const interfaceOf = (service: string): EndpointFact => ({
  service,
  isInterface: true,
  isAvailable: true,
  hasPrivateNames: true,
  securityGroupIds: [endpoints.securityGroupId],
  routeTableIds: [],
});
const gatewayOf = (service: string): EndpointFact => ({
  ...interfaceOf(service),
  isInterface: false,
  routeTableIds: ["rtb-main"],
});
const ENDPOINTS: readonly EndpointFact[] = [
  ...["ec2", "elasticloadbalancing", "logs", "autoscaling", "monitoring"].map(interfaceOf),
  gatewayOf("s3"),
  gatewayOf("dynamodb"),
];
const MAIN: RouteTableFact = { id: "rtb-main", isMain: true, subnetIds: [], everywhere: undefined };
const PUBLIC = { id: "rtb-public", isMain: false, subnetIds: loadBalancerSubnetIds, everywhere: "igw-1" };

async function findings(
  facts: {
    readonly subnets?: readonly SubnetFact[];
    readonly endpoints?: readonly EndpointFact[];
    readonly routeTables?: readonly RouteTableFact[];
    readonly prefixLists?: ReadonlyMap<string, string>;
  } = {},
  described: Environment = environment,
): Promise<Readonly<Record<string, Finding>>> {
  const known = new Map([
    ["s3", endpoints.s3PrefixListId],
    ["dynamodb", endpoints.dynamodbPrefixListId],
  ]);
  const aws: NetworkFacts = {
    subnets: async () => facts.subnets ?? SUBNETS,
    endpoints: async () => facts.endpoints ?? ENDPOINTS,
    routeTables: async () => facts.routeTables ?? [MAIN, PUBLIC],
    prefixLists: async () => facts.prefixLists ?? known,
  };
  const { signal } = new AbortController();
  const checks = networkChecks({ environment: described, aws });
  return Object.fromEntries(await Promise.all(checks.map(async ({ name, run }) => [name, await run(signal)] as const)));
}

describe("doctor in a VPC that is there already", () => {
  test("finds nothing where nothing is wrong, and has no check of an environment's own VPC", async () => {
    expect(Object.entries(await findings()).map(([name, { level }]) => `${level} ${name}`)).toEqual([
      "ok subnets",
      "ok endpoints",
      "ok prefix lists",
      "ok routes",
    ]);
    expect(await findings({}, dev)).toEqual({});
  });

  test("a subnet that the VPC has not, or that is in another zone than its position says", async () => {
    const without = await findings({ subnets: SUBNETS.slice(1) });
    expect(without.subnets).toMatchObject({ level: "fail", text: `${vpcId} has no ${loadBalancerSubnetIds[0]}` });
    const swapped = SUBNETS.map((subnet) => ({ ...subnet, zone: `${dev.region}${dev.zones[0]}` }));
    expect((await findings({ subnets: swapped })).subnets).toMatchObject({
      level: "fail",
      text: expect.stringContaining(`${gatewaySubnetIds[1]} is in ${dev.region}a and not in ${dev.region}b`),
      remedy: expect.stringContaining("of the zones a, b, in this order"),
    });
  });

  test("a subnet with too few free addresses for the largest fleets, or for a load balancer", async () => {
    const crowded = SUBNETS.map((subnet) => ({ ...subnet, freeAddresses: 7 }));
    const large = { ...environment, gateways: { ...environment.gateways, maxInstances: 10 } };
    expect((await findings({ subnets: crowded }, large)).subnets).toMatchObject({
      level: "warn",
      text: expect.stringMatching(
        new RegExp(
          `${loadBalancerSubnetIds[0]} has 7 free addresses of 8 needed.*${gatewaySubnetIds[0]} .* of 10 needed`,
        ),
      ),
    });
  });

  test.each([
    ["is missing", (each: EndpointFact) => (each.service === "logs" ? [] : [each]), "there is none of logs"],
    [
      "has no private names",
      (each: EndpointFact) => [{ ...each, hasPrivateNames: each.service !== "ec2" }],
      "that of ec2 has no private names",
    ],
    [
      "is in another group",
      (each: EndpointFact) => (each.service === "monitoring" ? [{ ...each, securityGroupIds: ["sg-1"] }] : [each]),
      `that of monitoring is not in ${endpoints.securityGroupId}`,
    ],
    [
      "is not available yet",
      (each: EndpointFact) => [{ ...each, isAvailable: each.service !== "autoscaling" }],
      "that of autoscaling is not available",
    ],
  ])("an interface endpoint that %s", async (_, change, text) => {
    const found = await findings({ endpoints: ENDPOINTS.flatMap(change) });
    expect(found.endpoints).toMatchObject({ level: "fail", text: expect.stringContaining(text) });
    expect(found.endpoints?.remedy).toContain("have its owner add them");
  });

  test("the endpoints of sessions on instances", async () => {
    const withShell = { ...environment, network: { ...environment.network, shell: true } };
    expect((await findings({}, withShell)).endpoints?.text).toMatch(
      /there is none of ssm; there is none of ssmmessages/,
    );
  });

  test("the endpoint of a provider's secret", async () => {
    const withProvider = { ...environment, providers: { example: OUTSIDE_PROVIDER } };
    expect((await findings({}, withProvider)).endpoints?.text).toContain("there is none of secretsmanager");
  });

  test("a prefix list that is another service's or another region's", async () => {
    const prefixLists = new Map([
      ["s3", "pl-6da54004"],
      ["dynamodb", endpoints.dynamodbPrefixListId],
    ]);
    expect((await findings({ prefixLists }))["prefix lists"]).toMatchObject({
      level: "fail",
      remedy: "set s3PrefixListId to pl-6da54004 in network.existing.endpoints",
    });
  });

  test("subnets whose route tables lack S3, DynamoDB, the internet for the entry, or the providers", async () => {
    const endpointsElsewhere = ENDPOINTS.map((each) => ({ ...each, routeTableIds: ["rtb-other"] }));
    const described = {
      ...environment,
      api: { ...environment.api, entry: "alb" as const },
      providers: { example: OUTSIDE_PROVIDER },
    };
    const { routes } = await findings({ endpoints: endpointsElsewhere, routeTables: [MAIN] }, described);
    expect(routes?.level).toBe("fail");
    for (const what of [
      "no gateway endpoint of S3",
      "no gateway endpoint of DynamoDB",
      "no route to an internet gateway",
      "no route to the providers outside AWS",
    ])
      expect(routes?.text).toContain(what);
  });

  test("engines' subnets with a route to the internet", async () => {
    const routeTables = [{ ...MAIN, everywhere: "igw-1" }];
    expect((await findings({ routeTables })).routes).toMatchObject({
      level: "warn",
      text: expect.stringContaining(`${engineSubnetIds[0]}, ${engineSubnetIds[1]}: a route to an internet gateway`),
    });
  });
});
