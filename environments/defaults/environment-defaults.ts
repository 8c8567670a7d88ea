import { REGIONS, type Region } from "../../catalog/regions.ts";
import { ANONYMOUS_PLAN } from "../../contracts/processes/auth.ts";
import { imageByParameter } from "../../contracts/processes/names.ts";
import { isRecord } from "../../lib/is-record.ts";
import type { Default, EnvironmentPath, FileInput } from "./default.ts";

const always = (value: unknown, because: string): Default<FileInput> => ({ value: () => value, because });

/** The VPC's range. */
const CIDR = "10.20.0.0/16";

/** Longest time in the queue. */
const WAIT_SECONDS = 15;
/** Shortest limit of a whole response. */
const TOTAL_SECONDS = 30;
/** Of sections that a file may leave out, or have in part. */
const RESPONSES = { keepDays: 30 } as const;
const USAGE = { retentionDays: 400, fileSeconds: 30, whenTableIsGone: "refuse", athena: false, markups: [] } as const;
const BATCHES = { maxFileBytes: 9_000_000, maxLinesInFlight: 16, maxOpenPerKey: 10 } as const;
const CACHE = { ttlSeconds: 3600, routeTtlSeconds: {}, memoryMiB: 64, semantic: null } as const;

/**
 * The default of every setting but the models' own, in the order in which they are applied. A setting that costs money or
 * lets somebody in has none, or the safe one.
 */
export const ENVIRONMENT_DEFAULTS = {
  account: always(null, "any account that the credentials belong to"),
  zones: { value: firstZones, because: "the first two of the region: the fewest of which one may fail" },
  tags: always({}, "Project and Environment are on every resource already"),
  "state.bucket": {
    value: ({ name, region, account }) => `sluice-${name}-${account ?? region}-state`,
    because: "of the account's number, as bucket names are unique in the world; of the region without one",
  },
  "state.lockTable": { value: ({ name }) => `sluice-${name}-locks`, because: "a table of this environment's own" },
  "state.encryption": always("none", "the bucket encrypts the states, with the environment's own key"),
  ci: always(null, "no workflow may deploy until a repository is named"),
  "iam.permissionsBoundary": always(null, "each role has what its service calls, and no more"),
  "iam.rolePath": always("/", "AWS's own default"),
  "iam.roleNamePrefix": always("", "roles are named after the environment, as everything is"),
  "iam.assumeRole": always(null, "the credentials' own identity deploys"),
  "network.cidr": always(CIDR, "private, and another than 172.31.0.0/16 of default VPCs"),
  "network.natGateway": always("when-needed", "none until a provider outside AWS needs the internet"),
  "network.existing": always(null, "a VPC of its own, which nothing else can reach"),
  "network.shell": always(
    false,
    "nobody gets onto an instance, and its two endpoints cost 14.60 dollars a month in each zone",
  ),
  "api.auth": always("required", "nobody gets in without a key"),
  "api.entry": always("api-gateway", "the entry with a throttle and usage plans"),
  "api.allowedRanges": {
    value: ({ api: { entry }, cidr }) => (entry === "private" ? [cidr ?? CIDR] : []),
    because: "with the entry private the VPC itself, until you name your networks",
  },
  "api.accountLogRole": always(
    "create",
    "an account that has none can log; a second environment of a region says existing",
  ),
  "api.stage": always("live", "part of the address without a domain"),
  "api.domain": always(null, "API Gateway's own address needs no domain"),
  "api.controlApi": always(false, "a single team needs neither projects nor admin keys; `sluice keys` is enough"),
  "api.memberKeys": always(null, "who has keys is decided by those who administer a project, until you say otherwise"),
  "api.auditLock": {
    value: ({ deletionProtection }) => (deletionProtection === false ? "governance" : "compliance"),
    because: "nobody deletes what is in the audit trail, but where the environment may be destroyed",
  },
  "api.auditDays": {
    value: ({ deletionProtection }) => (deletionProtection === false ? 1 : 365),
    because: "a year, as auditors want, or a day where the environment may be destroyed",
  },
  "api.auditStream": always(null, "the audit trail and its log have all events; a SIEM is a service that you choose"),
  "api.endStreamsOnRevoke": always(false, "a key that is replaced is revoked too, and its last responses may end"),
  "api.corsOrigins": always(["*"], "a page needs a key all the same, and the demo page's address is not known before"),
  "api.bodyLimitBytes": always(4_000_000, "an image of 3 MB in base64"),
  "api.trustedAddresses": always([], "every address has the same limit"),
  "api.requestsPerMinutePerIp": always(100, "enough for a person or a small server"),
  "api.requestsPerMinutePerIpWithKey": always(null, "requests with a key have the same limit"),
  "api.keylessLimits.address": always([], "the requests of an address are limited, whatever they use"),
  "api.keylessLimits.all": always([], "no sum holds for all callers without a key together until you set one"),
  "api.timeouts.firstByteSeconds": always(30, "a longer silence is a failure for a person who waits"),
  "api.timeouts.totalSeconds": {
    value: totalSeconds,
    because:
      "as for the first byte, or what 1,000 tokens take of the slowest model while half of its sequences are busy",
  },
  "api.timeouts.idleSeconds": always(30, "an engine that computes sends a token far more often"),
  "api.routeTimeouts": always({}, "all routes have the same limits"),
  "api.queue.maxRequests": always(200, "more would wait longer than waitSeconds at a single engine"),
  "api.queue.maxBytes": always(32_000_000, "with the parsed bodies about 100 MB of a gateway's memory"),
  "api.queue.waitSeconds": always(WAIT_SECONDS, "callers wait rather than retry while others' responses end"),
  "api.queue.wakeSeconds": always(10, "engines that restart or missed two probes are back by then"),
  "api.queue.maxShareOfTenant": always(0.5, "one caller's burst leaves half of the queue to the others"),
  "api.throttle.requestsPerSecond": always(100, "bounds what all callers together can cost"),
  "api.throttle.burst": always(200, "two seconds of the rate"),
  "api.tiers": always({}, "limits are set for each project and key"),
  "api.usagePlans": {
    value: usagePlans,
    because: "one plan for keys, and one for requests without a key where they are let in; none behind a load balancer",
  },
  "identity.workloads": always([], "no machine signs in by itself until a policy says which"),
  "identity.people": always(null, "no person signs in until an OpenID provider is named"),
  "identity.userPool": always(null, "people sign in at a provider that is there already, where there is one"),
  responses: always(RESPONSES, "as long as OpenAI stores responses"),
  "responses.keepDays": always(RESPONSES.keepDays, "as long as OpenAI stores responses"),
  history: always(null, "nobody's prompts are stored unless you decide so"),
  "history.retentionDays": always(30, "as long as responses are stored"),
  usage: always(USAGE, "costs nothing but some cents until requests are served, and tells who used what"),
  "usage.retentionDays": always(USAGE.retentionDays, "a year and a month, so that a year's bill can be checked"),
  "usage.fileSeconds": always(USAGE.fileSeconds, "usage is known within a minute, at a sixth of what 5 seconds cost"),
  "usage.markups": always(USAGE.markups, "callers are charged the prices as they are"),
  "usage.athena": always(
    USAGE.athena,
    "the sums answer most questions; SQL over single requests is for those who want it",
  ),
  "usage.whenTableIsGone": always(USAGE.whenTableIsGone, "a limit that was agreed on holds"),
  billing: always(null, "nothing is told to a billing service unless you decide so"),
  batches: always(BATCHES, "costs nothing until a file is there, and uses what interactive requests leave free"),
  "batches.maxFileBytes": always(BATCHES.maxFileBytes, "the largest that API Gateway accepts, less the form around it"),
  "batches.maxLinesInFlight": always(BATCHES.maxLinesInFlight, "half of the sequences of a small pool"),
  "batches.maxOpenPerKey": always(BATCHES.maxOpenPerKey, "one key can't fill the queue of batches"),
  "gateways.instanceType": always("t4g.small", "12 dollars a month, and more than one GPU engine can use"),
  "gateways.minInstances": always(2, "one in each zone: one may fail"),
  "gateways.maxInstances": always(4, "bounds the cost of a load that nobody expected"),
  "gateways.image": {
    value: ({ name }) => imageByParameter(name, "gateway"),
    because: "a parameter of this environment's own, which `sluice images set` writes",
  },
  "gateways.drainSeconds": { value: drainSeconds, because: "twice the longest whole response, and a minute at least" },
  "gateways.threads": always("per-core", "each core serves"),
  cache: always(
    { automatic: false, ...CACHE },
    "responses are cached for requests that ask for it, in memory that is there anyway",
  ),
  "cache.ttlSeconds": always(CACHE.ttlSeconds, "an hour"),
  "cache.routeTtlSeconds": always(CACHE.routeTtlSeconds, "all routes have the same time"),
  "cache.memoryMiB": always(CACHE.memoryMiB, "of a small gateway's 2 GiB"),
  "cache.semantic": always(CACHE.semantic, "only equal requests have the same response"),
  valkey: always(null, "a shared store costs 19 dollars a month; each gateway has its own memory"),
  "valkey.nodeType": always("cache.t4g.micro", "the smallest"),
  "valkey.nodes": always(2, "one may fail"),
  providers: always({}, "no prompt leaves this account"),
  routes: always({}, "each model has its own name alone"),
  "site.console": always("off", "it lets people in, and needs the control API"),
  "site.domain": always(null, "CloudFront's own address needs no domain"),
  "site.title": always("Sluice", "the product's name"),
  "site.samplePrompts": always(["List three fruits", "Explain what a load balancer does"], "short, and of two kinds"),
  "site.defaults.temperature": always(0.2, "responses that differ little"),
  "site.defaults.topP": always(0.9, "leaves out the least likely tokens"),
  "site.defaults.maxTokens": {
    value: ({ smallestContext }) => Math.min(400, Math.floor(smallestContext / 4)),
    because: "some paragraphs, and at most a quarter of the smallest context",
  },
  "alarms.emails": always([], "nobody is named; alarms are in the console alone"),
  "alarms.webhooks": always([], "nobody is named"),
  budget: always(null, "only you know what a month may cost"),
  loadBalancerLogDays: always(null, "API Gateway and the gateways log each request already, and a bucket costs"),
  logRetentionDays: always(30, "the shortest that shows a month"),
  deletionProtection: always(true, "keys, files and states are not destroyed by mistake"),
} as const satisfies Readonly<Record<EnvironmentPath, Default<FileInput>>>;

/** Together with the wait no longer than the 300 s of silence after which API Gateway ends a response. */
function totalSeconds({ responseSeconds, api: { queue } }: FileInput): number {
  const written = isRecord(queue) ? [queue.waitSeconds, queue.wakeSeconds] : [];
  const wait = Math.max(WAIT_SECONDS, ...written.filter((seconds) => typeof seconds === "number"));
  const upToTens = 10 * Math.ceil(responseSeconds / 10);
  return Math.max(TOTAL_SECONDS, Math.min(upToTens, 300 - wait));
}

function drainSeconds(input: FileInput): number {
  const { timeouts } = input.api;
  const written = isRecord(timeouts) ? timeouts.totalSeconds : undefined;
  const total = typeof written === "number" ? written : totalSeconds(input);
  return Math.min(900, Math.max(60, 2 * total));
}

function firstZones({ region }: FileInput): readonly string[] {
  const regions: Readonly<Record<string, Region>> = REGIONS;
  return regions[region]?.zones.slice(0, 2) ?? ["a", "b"];
}

function usagePlans({ api: { auth, entry } }: FileInput): unknown {
  if (entry === "alb" || entry === "private") return {};
  const standard = { requestsPerSecond: 25, burst: 50, requestsPerMonth: null };
  const anonymous = { requestsPerSecond: 10, burst: 40, requestsPerMonth: 100_000 };
  return auth === "optional" ? { [ANONYMOUS_PLAN]: anonymous, standard } : { standard };
}
