import { hasInternetEgress } from "../../domain/targets/internet-egress.ts";
import { providerServices } from "../../domain/targets/provider-services.ts";
import type { Environment } from "../../settings/environment.ts";
import { type Check, type Finding, fail, ok, warn } from "./finding.ts";
import type { NetworkFacts, RouteTableFact } from "./network-facts.ts";

interface NetworkSubjects {
  readonly environment: Environment;
  readonly aws: NetworkFacts;
}

type Existing = NonNullable<Environment["network"]["existing"]>;

interface Inspection {
  readonly environment: Environment;
  readonly existing: Existing;
  readonly aws: NetworkFacts;
  readonly signal: AbortSignal;
}

/** Free addresses that AWS demands in each subnet of an Application Load Balancer. */
const BALANCER_ADDRESSES = 8;
/** Addresses in an engine subnet beside engines': API Gateway's link, a Valkey node, functions. */
const OTHER_ADDRESSES = 4;

/** Whether a VPC that is there already has what the environment needs; no checks where it has one of its own. */
export function networkChecks({ environment, aws }: NetworkSubjects): readonly Check[] {
  const { existing } = environment.network;
  if (existing === null) return [];
  const check = (name: string, find: (inspection: Inspection) => Promise<Finding>): Check => ({
    name,
    run: (signal) => find({ environment, existing, aws, signal }),
  });
  return [
    check("subnets", subnetFinding),
    check("endpoints", endpointFinding),
    check("prefix lists", prefixListFinding),
    check("routes", routeFinding),
  ];
}

async function subnetFinding({ environment, existing, aws, signal }: Inspection): Promise<Finding> {
  const { name, region, zones } = environment;
  const remedy = `correct network.existing in environments/${name}.ts`;
  const found = new Map((await aws.subnets(existing.vpcId, signal)).map((subnet) => [subnet.id, subnet]));
  const wanted = subnetsOf(existing);
  const missing = wanted.filter(({ id }) => !found.has(id));
  if (missing.length > 0) return fail(`${existing.vpcId} has no ${missing.map(({ id }) => id).join(", ")}`, remedy);
  const elsewhere = wanted.filter(({ id, index }) => found.get(id)?.zone !== `${region}${zones[index]}`);
  if (elsewhere.length > 0) {
    const text = elsewhere.map(
      ({ id, index }) => `${id} is in ${found.get(id)?.zone} and not in ${region}${zones[index]}`,
    );
    return fail(
      text.join("; "),
      `${remedy}: each list has the subnets of the zones ${zones.join(", ")}, in this order`,
    );
  }
  const needs = addressNeeds(environment);
  const full = wanted.filter(({ id, list }) => (found.get(id)?.freeAddresses ?? 0) < needs[list]);
  if (full.length === 0) return ok(`${wanted.length} subnets in ${zones.length} zones`);
  const text = full.map(
    ({ id, list }) => `${id} has ${found.get(id)?.freeAddresses} free addresses of ${needs[list]} needed`,
  );
  return warn(text.join("; "), "use larger subnets, or lower maxInstances: a launch fails where there is no address");
}

const LISTS = ["loadBalancerSubnetIds", "gatewaySubnetIds", "engineSubnetIds"] as const;
type List = (typeof LISTS)[number];

function subnetsOf(existing: Existing) {
  return LISTS.flatMap((list) => existing[list].map((id, index) => ({ list, id, index })));
}

/** Addresses for each zone's share of the largest fleets, twice: a replacement starts before the old one ends. */
function addressNeeds({ zones, gateways, pools }: Environment): Readonly<Record<List, number>> {
  const share = (maxInstances: number) => 2 * Math.ceil(maxInstances / zones.length);
  const engines = Object.values(pools).reduce((sum, { maxInstances }) => sum + share(maxInstances), 0);
  return {
    loadBalancerSubnetIds: BALANCER_ADDRESSES,
    gatewaySubnetIds: share(gateways.maxInstances),
    engineSubnetIds: engines + OTHER_ADDRESSES,
  };
}

async function endpointFinding({ environment, existing, aws, signal }: Inspection): Promise<Finding> {
  const { region, network, pools, providers } = environment;
  const { securityGroupId } = existing.endpoints;
  const services = [
    ...["ec2", "elasticloadbalancing", "logs"],
    ...(Object.keys(pools).length > 0 ? ["autoscaling", "monitoring"] : []),
    ...(network.shell ? ["ssm", "ssmmessages"] : []),
    ...providerServices(region, Object.values(providers)),
  ];
  const found = await aws.endpoints(existing.vpcId, signal);
  const problems = services.flatMap((service) => {
    const endpoint = found.find((each) => each.isInterface && each.service === service);
    if (!endpoint) return [`there is none of ${service}`];
    if (!endpoint.isAvailable) return [`that of ${service} is not available`];
    if (!endpoint.hasPrivateNames) return [`that of ${service} has no private names`];
    return endpoint.securityGroupIds.includes(securityGroupId)
      ? []
      : [`that of ${service} is not in ${securityGroupId}`];
  });
  if (problems.length === 0) return ok(`${services.join(", ")} of ${existing.vpcId}`);
  return fail(
    `interface endpoints of ${existing.vpcId}: ${problems.join("; ")}`,
    `have its owner add them, with private names and the group ${securityGroupId}: instances reach AWS by nothing else`,
  );
}

async function prefixListFinding({ environment, existing, aws, signal }: Inspection): Promise<Finding> {
  const { s3PrefixListId, dynamodbPrefixListId } = existing.endpoints;
  const lists = await aws.prefixLists(signal);
  const wrong = Object.entries({ s3: s3PrefixListId, dynamodb: dynamodbPrefixListId }).filter(
    ([service, id]) => lists.get(service) !== id,
  );
  if (wrong.length === 0) return ok(`${s3PrefixListId}, ${dynamodbPrefixListId}`);
  return fail(
    wrong.map(([service, id]) => `${id} is not ${service}'s list in ${environment.region}`).join("; "),
    `set ${wrong.map(([service]) => `${service}PrefixListId to ${lists.get(service)}`).join(", ")} in network.existing.endpoints`,
  );
}

async function routeFinding({ environment, existing, aws, signal }: Inspection): Promise<Finding> {
  const tables = await aws.routeTables(existing.vpcId, signal);
  const endpoints = await aws.endpoints(existing.vpcId, signal);
  const tableOf = (id: string) => tables.find(({ subnetIds }) => subnetIds.includes(id)) ?? tables.find(isMain);
  const without = (ids: readonly string[], service: string) => {
    const reachable = endpoints.filter((each) => !each.isInterface && each.service === service);
    const known = new Set(reachable.flatMap(({ routeTableIds }) => routeTableIds));
    return ids.filter((id) => !known.has(tableOf(id)?.id ?? ""));
  };
  const { gatewaySubnetIds, engineSubnetIds, loadBalancerSubnetIds } = existing;
  const needs = [
    { ids: without([...gatewaySubnetIds, ...engineSubnetIds], "s3"), what: "no gateway endpoint of S3" },
    { ids: without(gatewaySubnetIds, "dynamodb"), what: "no gateway endpoint of DynamoDB" },
    {
      ids: environment.api.entry === "alb" ? loadBalancerSubnetIds.filter((id) => !isInternetGateway(tableOf(id))) : [],
      what: "no route to an internet gateway",
    },
    {
      ids: hasInternetEgress(environment) ? gatewaySubnetIds.filter((id) => !tableOf(id)?.everywhere) : [],
      what: "no route to the providers outside AWS",
    },
  ].filter(({ ids }) => ids.length > 0);
  if (needs.length > 0)
    return fail(
      needs.map(({ ids, what }) => `${ids.join(", ")}: ${what}`).join("; "),
      `have the owner of ${existing.vpcId} add them to the subnets' route tables`,
    );
  const open = engineSubnetIds.filter((id) => isInternetGateway(tableOf(id)));
  if (open.length === 0) return ok(`of ${tables.length} route tables`);
  return warn(
    `${open.join(", ")}: a route to an internet gateway`,
    "use subnets without one: only security groups then separate engines from the internet",
  );
}

function isMain({ isMain: main }: RouteTableFact): boolean {
  return main;
}

function isInternetGateway(table: RouteTableFact | undefined): boolean {
  return table?.everywhere?.startsWith("igw-") ?? false;
}
