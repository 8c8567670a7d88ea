import { catalogModel } from "../../catalog/models.ts";
import { type RegionPrices, valkeyNodePrice } from "../../catalog/prices/region-prices.ts";
import { auditItems } from "./audit-items.ts";
import { type CostEnvironment, hasApiGateway, isInExistingNetwork, isPrivate } from "./cost-environment.ts";
import type { CostItem } from "./cost-item.ts";
import { exchangeItems } from "./exchange-items.ts";
import type { Footprint } from "./footprint.ts";
import { tableItems } from "./table-items.ts";
import { DAYS_PER_MONTH, HOURS_PER_MONTH, type Volumes } from "./usage.ts";
import { usageItems } from "./usage-items.ts";

/** CloudWatch stores logs compressed, to about 15 % (AWS's pricing examples). */
const LOG_COMPRESSION = 0.15;
/** Memory and mean run time of the authorizer: one read of DynamoDB on a warm function. */
export const AUTHORIZER = { memoryGb: 0.25, seconds: 0.02 } as const;
/** Requests of the control API in a month, each with mean reads and time: a team that changes keys and users every day. */
const CONTROL = { requests: 10_000, reads: 5, memoryGb: 0.25, seconds: 0.05 } as const;
/** Its scheduled runs, one each minute, for erasures and retention that wait. One that finds none is one query (decision 095). */
const CONTROL_RUNS = { count: 60 * HOURS_PER_MONTH, reads: 1 } as const;
/** The cost publisher runs hourly: two reads of AWS's APIs. */
const PUBLISHER = { memoryGb: 0.25, seconds: 2, metricsRead: 3 } as const;
/** Items are hashes of some 200 bytes: thousands of keys are less than this. */
const TABLE_GB = 0.01;
/** Size of a gateway build and its older versions, without the weights. */
const BUILDS_GB = 1;
/** CloudFront serves most requests from its cache; the bucket serves those of a new build. */
const SITE_MISS_SHARE = 0.05;
/** DynamoDB calls KMS for a table's key at most every five minutes for each role. */
const KEY_REQUESTS = 12 * HOURS_PER_MONTH;
const GB_PER_GIB = 1.073741824;

export interface PlatformProps {
  readonly environment: CostEnvironment;
  readonly footprint: Footprint;
  readonly prices: RegionPrices;
  readonly volumes: Volumes;
}

/** Cost items that every environment has once: load balancer, access to AWS, API, firewall, logs, storage, keys, functions. */
export function platformItems(props: PlatformProps): readonly CostItem[] {
  return [
    ...networkItems(props),
    ...edgeItems(props),
    ...observabilityItems(props),
    ...sharedStoreItems(props),
    ...storageItems(props),
    ...tableItems(props),
    ...loadBalancerLogItems(props),
    ...functionItems(props),
    ...controlItems(props),
    ...auditItems(props),
    ...usageItems(props),
    ...exchangeItems(props),
  ];
}

/** Whether a function decides about each request before it reaches the load balancer. */
export function hasAuthorizer(environment: CostEnvironment): boolean {
  return hasApiGateway(environment) && environment.api.auth !== "off";
}

function networkItems({ environment, footprint, prices, volumes }: PlatformProps): readonly CostItem[] {
  const zones = environment.zones.length;
  return [
    {
      type: "Load balancer",
      what: "load balancers",
      quantity: HOURS_PER_MONTH * footprint.loadBalancers,
      price: prices.loadBalancerHour,
    },
    {
      type: "Load balancer",
      what: "load balancer capacity",
      quantity: HOURS_PER_MONTH * volumes.loadBalancerUnits,
      price: prices.loadBalancerCapacity,
    },
    {
      type: "Interface endpoints",
      what: "interface endpoints",
      quantity: HOURS_PER_MONTH * footprint.interfaceEndpoints.shared * footprint.endpointZones,
      price: prices.interfaceEndpointHour,
    },
    {
      type: "Interface endpoints",
      what: "interface endpoints of engines",
      quantity: HOURS_PER_MONTH * footprint.interfaceEndpoints.engines * footprint.endpointZones,
      price: prices.interfaceEndpointHour,
      forEngines: true,
    },
    {
      type: "Interface endpoints",
      what: "data through endpoints",
      quantity: isInExistingNetwork(environment) ? 0 : volumes.gatewayLogGb,
      price: prices.interfaceEndpointGb,
    },
    ...natItems({ environment, footprint, prices, volumes }),
    {
      type: "Data transfer",
      what: "responses to clients",
      // What peering, VPN or Direct Connect cost for them is of the network that the clients are in.
      quantity: isPrivate(environment) ? 0 : volumes.responseGb,
      price: prices.dataOutGb,
    },
    {
      type: "Data transfer",
      what: "gateways to engines in other zones",
      quantity: 2 * volumes.engineGb * ((zones - 1) / zones), // AWS charges both sides
      price: prices.crossZoneGb,
    },
  ];
}

function natItems({ footprint: { natGateways }, prices, volumes }: PlatformProps): readonly CostItem[] {
  if (natGateways === 0) return [];
  const hours = HOURS_PER_MONTH * natGateways;
  return [
    { type: "NAT gateways", what: "NAT gateways", quantity: hours, price: prices.natGatewayHour },
    { type: "NAT gateways", what: "their public addresses", quantity: hours, price: prices.publicAddressHour },
    // Upper bound: as if all requests went to providers outside AWS.
    { type: "NAT gateways", what: "data through NAT", quantity: volumes.engineGb, price: prices.natGatewayGb },
  ];
}

function edgeItems({ environment, footprint, prices, volumes }: PlatformProps): readonly CostItem[] {
  return [
    {
      type: "API Gateway",
      what: "API requests",
      quantity: hasApiGateway(environment) ? volumes.requests : 0,
      price: prices.apiRequests,
    },
    ...(isPrivate(environment) ? [] : publicItems({ footprint, prices, volumes })),
  ];
}

/** The firewall and the page, of environments that are on the internet. */
function publicItems({ footprint, prices, volumes }: Omit<PlatformProps, "environment">): readonly CostItem[] {
  return [
    { type: "WAF", what: "web ACL", quantity: 1, price: prices.firewallAcl },
    { type: "WAF", what: "firewall rules", quantity: footprint.firewallRules, price: prices.firewallRule },
    { type: "WAF", what: "requests checked", quantity: volumes.requests, price: prices.firewallRequests },
    { type: "CloudFront", what: "page to visitors", quantity: volumes.siteGb, price: prices.distributionGb },
    { type: "CloudFront", what: "page requests", quantity: volumes.siteRequests, price: prices.distributionRequests },
  ];
}

function observabilityItems({ environment, footprint, prices, volumes }: PlatformProps): readonly CostItem[] {
  const authorizerGb = hasAuthorizer(environment) ? volumes.functionLogGb : 0;
  const accessLogGb = hasApiGateway(environment) ? volumes.accessLogGb : 0;
  const flowLogGb = isInExistingNetwork(environment) ? 0 : volumes.flowLogGb;
  const logsGb = accessLogGb + volumes.gatewayLogGb + flowLogGb + authorizerGb;
  const metricsRead = HOURS_PER_MONTH * PUBLISHER.metricsRead * Object.keys(environment.pools).length;
  const cloudWatch = { type: "CloudWatch" } as const;
  return [
    { ...cloudWatch, what: "metrics", quantity: footprint.metrics.once, price: prices.metric },
    ...Object.keys(environment.pools).map((pool) => ({
      ...cloudWatch,
      what: `metrics of pool ${pool}`,
      quantity: footprint.metrics.perPool,
      price: prices.metric,
      forEngines: true,
    })),
    { ...cloudWatch, what: "metrics read", quantity: metricsRead, price: prices.metricReads },
    { ...cloudWatch, what: "alarms", quantity: footprint.alarmMetrics.once, price: prices.alarm },
    ...Object.keys(environment.pools).map((pool) => ({
      ...cloudWatch,
      what: `alarms of pool ${pool}`,
      quantity: footprint.alarmMetrics.perPool,
      price: prices.alarm,
      forEngines: true,
    })),
    { ...cloudWatch, what: "composite alarms", quantity: footprint.compositeAlarms, price: prices.compositeAlarm },
    { ...cloudWatch, what: "dashboards", quantity: footprint.dashboards, price: prices.dashboard },
    { ...cloudWatch, what: "logs", quantity: logsGb, price: prices.logsGb },
    {
      ...cloudWatch,
      what: "stored logs",
      quantity: logsGb * LOG_COMPRESSION * (environment.logRetentionDays / DAYS_PER_MONTH),
      price: prices.logsStoredGb,
    },
  ];
}

function sharedStoreItems({ environment: { region, valkey } }: PlatformProps): readonly CostItem[] {
  if (!valkey) return [];
  return [
    {
      type: "Valkey",
      what: `${valkey.nodeType}, shared store`,
      quantity: HOURS_PER_MONTH * valkey.nodes,
      price: valkeyNodePrice(region, valkey.nodeType),
    },
  ];
}

function storageItems({ environment, footprint, prices, volumes }: PlatformProps): readonly CostItem[] {
  // Weights in buckets of the user's own are not this environment's.
  const ownBucket = Object.values(environment.pools).filter(({ weights = null }) => weights === null);
  const models = new Set(ownBucket.map(({ model }) => model));
  const { responses = null, batches = null } = environment;
  // The authorizer reads keys; gateways keys and routes, and responses and batches where there are any; the control API's
  // function its records.
  const readers =
    3 + Number(responses !== null) + Number(batches !== null) + Number(environment.api.controlApi ?? false);
  const weightsGb = [...models].reduce((sum, model) => sum + catalogModel(model).weightsGiB * GB_PER_GIB, 0);
  return [
    // The gateway checks every key again; half a read unit for each of the two reads.
    { type: "DynamoDB", what: "key look-ups", quantity: volumes.requests, price: prices.tableReads },
    { type: "DynamoDB", what: "keys", quantity: TABLE_GB, price: prices.tableGb },
    { type: "DynamoDB", what: "recovery of keys", quantity: TABLE_GB, price: prices.tableRecoveryGb },
    { type: "S3", what: "weights and builds", quantity: weightsGb + BUILDS_GB, price: prices.bucketGb },
    {
      type: "S3",
      what: "reads of the page's files",
      quantity: isPrivate(environment) ? 0 : volumes.siteRequests * SITE_MISS_SHARE,
      price: prices.bucketReads,
    },
    { type: "KMS", what: "encryption keys", quantity: footprint.encryptionKeys, price: prices.encryptionKey },
    { type: "KMS", what: "encryption requests", quantity: KEY_REQUESTS * readers, price: prices.encryptionRequests },
  ];
}

/** Access logs of load balancers: a file for each of their nodes, one in a zone, every 5 minutes. */
function loadBalancerLogItems({ environment, footprint, prices, volumes }: PlatformProps): readonly CostItem[] {
  const { zones, loadBalancerLogDays = null } = environment;
  if (loadBalancerLogDays === null) return [];
  const files = (HOURS_PER_MONTH * 60) / 5;
  return [
    {
      type: "S3",
      what: "access logs of load balancers",
      quantity: volumes.loadBalancerLogGb * (loadBalancerLogDays / DAYS_PER_MONTH),
      price: prices.bucketGb,
    },
    {
      type: "S3",
      what: "writes of access logs",
      quantity: files * zones.length * footprint.loadBalancers,
      price: prices.bucketWrites,
    },
  ];
}

function functionItems({ environment, prices, volumes }: PlatformProps): readonly CostItem[] {
  const authorizations = hasAuthorizer(environment) ? volumes.requests : 0;
  return [
    { type: "Lambda", what: "authorizations", quantity: authorizations, price: prices.lambdaRequests },
    {
      type: "Lambda",
      what: "time of the authorizer",
      quantity: authorizations * AUTHORIZER.seconds * AUTHORIZER.memoryGb,
      price: prices.lambdaGbSeconds,
    },
    {
      type: "Lambda",
      what: "time of the cost publisher",
      quantity: HOURS_PER_MONTH * PUBLISHER.seconds * PUBLISHER.memoryGb,
      price: prices.lambdaGbSeconds,
    },
  ];
}

/** The control API, where there is one: its function and its table. */
function controlItems({ environment, prices }: PlatformProps): readonly CostItem[] {
  if (!environment.api.controlApi) return [];
  const { requests, reads, seconds, memoryGb } = CONTROL;
  return [
    { type: "Lambda", what: "requests of the control API", quantity: requests, price: prices.lambdaRequests },
    {
      type: "Lambda",
      what: "time of the control API",
      quantity: requests * seconds * memoryGb,
      price: prices.lambdaGbSeconds,
    },
    { type: "DynamoDB", what: "reads of the control API", quantity: requests * reads, price: prices.tableReads },
    {
      type: "Lambda",
      what: "scheduled runs of the control API",
      quantity: CONTROL_RUNS.count,
      price: prices.lambdaRequests,
    },
    {
      type: "Lambda",
      what: "time of the control API's scheduled runs",
      quantity: CONTROL_RUNS.count * seconds * memoryGb,
      price: prices.lambdaGbSeconds,
    },
    {
      type: "DynamoDB",
      what: "reads of the control API's scheduled runs",
      quantity: CONTROL_RUNS.count * CONTROL_RUNS.reads,
      price: prices.tableReads,
    },
    // At most one for each request, and for each admin key and minute.
    { type: "DynamoDB", what: "last uses of admin keys", quantity: requests, price: prices.tableWrites },
  ];
}
