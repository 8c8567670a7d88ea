import { catalogInstanceType } from "../catalog/instance-types.ts";
import { REGIONS, type Region } from "../catalog/regions.ts";
import { ROUTED_OPERATIONS } from "../contracts/openapi/operations.ts";
import { ANONYMOUS_PLAN } from "../contracts/processes/auth.ts";
import { EGRESS_PORT, isOutside } from "../domain/targets/internet-egress.ts";
import { targetProblems } from "../domain/targets/target-problems.ts";
import type { Environment } from "../settings/environment.ts";
import { keylessLimitProblems, tierProblems } from "./limit-rules.ts";
import { peopleProblems } from "./people-rules.ts";
import { poolProblems, rangeProblems } from "./pool-rules.ts";
import type { Problem } from "./problem.ts";
import { weightsProblems } from "./weights-rules.ts";
import { workloadProblems } from "./workload-rules.ts";

/** Rules that span several fields. Each returns the problems it finds; none stops at the first. */
export function crossFieldProblems(environment: Environment): readonly Problem[] {
  return [
    ...zoneProblems(environment),
    ...accountProblems(environment),
    ...networkProblems(environment),
    ...existingNetworkProblems(environment),
    ...internetEgressProblems(environment),
    ...gatewayProblems(environment),
    ...entryProblems(environment),
    ...auditProblems(environment),
    ...auditStreamProblems(environment),
    ...historyProblems(environment),
    ...billingProblems(environment),
    ...memberKeyProblems(environment),
    ...stageProblems(environment),
    ...planProblems(environment),
    ...Object.entries(environment.pools).flatMap(([name, pool]) => poolProblems(name, pool)),
    ...weightsProblems(environment),
    ...siteProblems(environment),
    ...siteDomainProblems(environment),
    ...consoleProblems(environment),
    ...addressLimitProblems(environment),
    ...keylessLimitProblems(environment),
    ...tierProblems(environment),
    ...timeoutProblems(environment),
    ...queueProblems(environment),
    ...ciProblems(environment),
    ...workloadProblems(environment),
    ...peopleProblems(environment),
    ...targetProblems({ ...environment, pools: Object.keys(environment.pools) }),
  ];
}

function zoneProblems({ region, zones }: Environment): readonly Problem[] {
  const known: Region = REGIONS[region];
  const unknown = zones.filter((zone) => !known.zones.includes(zone));
  const problems: Problem[] = unknown.map((zone) => ({
    path: `zones[${zones.indexOf(zone)}]`,
    value: zone,
    rule: `must be a zone of ${region}`,
    remedy: `use 2 or 3 of ${known.zones.join(", ")}`,
  }));
  if (new Set(zones).size !== zones.length)
    problems.push({ path: "zones", value: zones, rule: "must not repeat a zone", remedy: "name each zone once" });
  return problems;
}

/** S3 deletes no bucket with files that are locked in compliance mode. */
function auditProblems({
  api: { controlApi, auditLock, auditDays },
  deletionProtection,
}: Environment): readonly Problem[] {
  if (!controlApi || auditLock !== "compliance" || deletionProtection) return [];
  return [
    {
      path: "api.auditLock",
      value: auditLock,
      rule: `must be governance where deletionProtection is false: the environment could not be destroyed for ${auditDays} days`,
      remedy: "set api.auditLock to governance, or deletionProtection to true",
    },
  ];
}

/** The control API alone makes audit events. */
function auditStreamProblems({ api: { controlApi, auditStream } }: Environment): readonly Problem[] {
  if (auditStream === null || controlApi) return [];
  return [
    {
      path: "api.auditStream",
      value: auditStream.to,
      rule: "needs the control API, which makes the events",
      remedy: "set api.controlApi to true, or api.auditStream to null",
    },
  ];
}

/** The control API alone makes them. */
function memberKeyProblems({ api: { controlApi, memberKeys } }: Environment): readonly Problem[] {
  if (memberKeys === null || controlApi) return [];
  return [
    {
      path: "api.memberKeys",
      value: "set",
      rule: "must be null where api.controlApi is false: nobody could make a key",
      remedy: "set api.controlApi to true, or api.memberKeys to null",
    },
  ];
}

/** Projects opt in by the control API, which also reads the history. */
function historyProblems({ history, api: { controlApi } }: Environment): readonly Problem[] {
  if (history === null || controlApi) return [];
  return [
    {
      path: "history",
      value: "set",
      rule: "must be null where api.controlApi is false: no project could opt in, and nobody could read it",
      remedy: "set api.controlApi to true, or history to null",
    },
  ];
}

/** Meter events are sums of usage, for the customers of projects. */
function billingProblems({ billing, usage, api: { controlApi } }: Environment): readonly Problem[] {
  if (billing === null || (controlApi && usage !== null)) return [];
  return [
    {
      path: "billing",
      value: "set",
      rule: "must be null where api.controlApi is false or usage is null: projects would have no customers, or no usage",
      remedy: "set api.controlApi to true and usage, or billing to null",
    },
  ];
}

function accountProblems({ account, iam: { permissionsBoundary, assumeRole } }: Environment): readonly Problem[] {
  if (account === null) return [];
  const arns = { "iam.permissionsBoundary": permissionsBoundary, "iam.assumeRole.arn": assumeRole?.arn ?? null };
  return Object.entries(arns).flatMap(([path, arn]) => {
    const of = arn?.split(":")[4];
    if (of === undefined || of === "aws" || of === account) return [];
    const rule = `must be of the environment's account ${account}`;
    return [{ path, value: arn, rule, remedy: "correct the ARN, or account" }];
  });
}

function existingNetworkProblems({ network: { existing }, zones }: Environment): readonly Problem[] {
  if (existing === null) return [];
  const lists = ["loadBalancerSubnetIds", "gatewaySubnetIds", "engineSubnetIds"] as const;
  return lists.flatMap((list): readonly Problem[] => {
    const at = { path: `network.existing.${list}`, value: existing[list] };
    if (existing[list].length !== zones.length) {
      const rule = `must have one subnet for each of the ${zones.length} zones`;
      return [{ ...at, rule, remedy: `name the subnets of the zones ${zones.join(", ")}, in this order` }];
    }
    if (new Set(existing[list]).size === existing[list].length) return [];
    return [{ ...at, rule: "must not repeat a subnet", remedy: "name the subnet of each zone once" }];
  });
}

function networkProblems({ network }: Environment): readonly Problem[] {
  const prefix = Number(network.cidr.split("/")[1]);
  if (prefix === 16) return [];
  return [
    {
      path: "network.cidr",
      value: network.cidr,
      rule: "must be a /16, from which /20 subnets are cut",
      remedy: "write it as 10.x.0.0/16",
    },
  ];
}

function internetEgressProblems({ region, providers }: Environment): readonly Problem[] {
  return Object.entries(providers)
    .filter(([, provider]) => isOutside(region, provider))
    .filter(([, { endpoint }]) => {
      const { protocol, port } = new URL(endpoint);
      return protocol !== "https:" || port !== ""; // a parsed https address has no port when it is 443
    })
    .map(([name, { endpoint }]) => ({
      path: `providers.${name}.endpoint`,
      value: endpoint,
      rule: `must be https on port ${EGRESS_PORT}: gateways leave the VPC on no other`,
      remedy: "use the provider's https address; a host of your own network belongs in allowPrivateHosts",
    }));
}

function gatewayProblems({ gateways }: Environment): readonly Problem[] {
  const type = catalogInstanceType(gateways.instanceType);
  const problems = [...rangeProblems("gateways", gateways)];
  if (type.architecture !== "arm64")
    problems.push({
      path: "gateways.instanceType",
      value: gateways.instanceType,
      rule: "must be an arm64 type: the gateway image is built for arm64",
      remedy: "use a type of the families t4g and c7g, e.g. t4g.micro or c7g.large",
    });
  return problems;
}

function entryProblems({ api }: Environment): readonly Problem[] {
  const problems: Problem[] = allowedRangeProblems(api);
  if (api.entry === "api-gateway") return problems;
  if (api.domain === null)
    problems.push({
      path: "api.domain",
      value: api.domain,
      rule: `must be there with entry ${api.entry}: a public certificate is for a domain`,
      remedy: 'name a domain and its hosted zone, or set api.entry to "api-gateway"',
    });
  if (Object.keys(api.usagePlans).length > 0)
    problems.push({
      path: "api.usagePlans",
      value: api.usagePlans,
      rule: `must be empty with entry ${api.entry}: usage plans are API Gateway's, and a load balancer enforces none`,
      remedy: "write {}: requestsPerMinutePerIp and queue.maxShareOfTenant bound each caller",
    });
  return problems;
}

function allowedRangeProblems({ entry, allowedRanges }: Environment["api"]): Problem[] {
  const at = { path: "api.allowedRanges", value: allowedRanges };
  if (entry !== "private")
    return allowedRanges.length === 0
      ? []
      : [
          {
            ...at,
            rule: `must be empty with entry ${entry}, which accepts connections from any address`,
            remedy: 'write [], or set api.entry to "private"',
          },
        ];
  if (allowedRanges.length === 0)
    return [
      { ...at, rule: "must name at least one range with entry private", remedy: "name the ranges of your clients" },
    ];
  return allowedRanges.includes("0.0.0.0/0")
    ? [{ ...at, rule: "must be ranges of your networks, not all addresses", remedy: "use e.g. 10.0.0.0/8" }]
    : [];
}

function addressLimitProblems({ api }: Environment): readonly Problem[] {
  const { auth, requestsPerMinutePerIp: limit, requestsPerMinutePerIpWithKey: withKey } = api;
  if (withKey === null) return [];
  const at = { path: "api.requestsPerMinutePerIpWithKey", value: withKey };
  if (auth === "off")
    return [{ ...at, rule: "must be null when auth is off: there are no keys", remedy: "set it to null" }];
  if (withKey > limit) return [];
  const rule = `must be more than requestsPerMinutePerIp (${limit}), the limit of requests without a key`;
  return [{ ...at, rule, remedy: "raise it, or set it to null" }];
}

/** The gateway removes the stage from a path; with such a stage it would mistake a path of the API for another one. */
function stageProblems({ api: { stage } }: Environment): readonly Problem[] {
  const reserved = [...new Set(ROUTED_OPERATIONS.map(({ path }) => path.split("/")[1] ?? ""))];
  if (!reserved.includes(stage)) return [];
  const rule = `must not be the first part of a path of the API (${reserved.join(", ")})`;
  return [{ path: "api.stage", value: stage, rule, remedy: "use another name, e.g. live" }];
}

function planProblems({ api }: Environment): readonly Problem[] {
  if (api.auth === "off" || api.entry !== "api-gateway") return [];
  if (Object.keys(api.usagePlans).length === 0)
    return [
      {
        path: "api.usagePlans",
        value: api.usagePlans,
        rule: `must name at least one plan when auth is ${api.auth}`,
        remedy: "add a plan, e.g. standard, or set auth to off",
      },
    ];
  if (api.auth === "optional" && !(ANONYMOUS_PLAN in api.usagePlans))
    return [
      {
        path: `api.usagePlans.${ANONYMOUS_PLAN}`,
        value: undefined,
        rule: "must exist when auth is optional: requests without a key use it",
        remedy: `add the plan ${ANONYMOUS_PLAN}, or set auth to required`,
      },
    ];
  return [];
}

function siteDomainProblems({ api, site }: Environment): readonly Problem[] {
  if (site.domain === null) return [];
  const at = { path: "site.domain", value: site.domain };
  if (api.entry === "private")
    return [{ ...at, rule: "must be null with entry private, which has no page", remedy: "set it to null" }];
  return site.domain.name === api.domain?.name
    ? [
        {
          ...at,
          rule: "must be another name than api.domain",
          remedy: "use e.g. chat.example.com beside api.example.com",
        },
      ]
    : [];
}

function consoleProblems({ api, site }: Environment): readonly Problem[] {
  if (site.console === "off") return [];
  const at = { path: "site.console", value: site.console };
  if (api.entry === "private")
    return [{ ...at, rule: "must be off with entry private, which has no page", remedy: "set it to off" }];
  if (api.controlApi) return [];
  return [{ ...at, rule: "needs the control API, which it shows", remedy: "set api.controlApi to true, or it to off" }];
}

function siteProblems({ site, pools }: Environment): readonly Problem[] {
  if (Object.keys(pools).length === 0)
    return [{ path: "pools", value: pools, rule: "must have at least one pool", remedy: "add a model to serve" }];
  const smallest = Math.min(...Object.values(pools).map((pool) => pool.contextTokens));
  if (site.defaults.maxTokens < smallest) return [];
  return [
    {
      path: "site.defaults.maxTokens",
      value: site.defaults.maxTokens,
      rule: `must be below the smallest context of the pools (${smallest})`,
      remedy: "lower it, so that a prompt fits beside the completion",
    },
  ];
}

/**
 * API Gateway ends a response of a Regional API that is silent for so long, before its first byte too:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html. Load balancers wait as long as they are told.
 */
const LONGEST_SILENCE_SECONDS = 300;

/** Every time limit of a route by its path in the file. */
function timeLimits({ timeouts, routeTimeouts }: Environment["api"]): readonly (readonly [string, string, number])[] {
  const all = {
    timeouts,
    ...Object.fromEntries(Object.entries(routeTimeouts).map(([route, own]) => [`routeTimeouts.${route}`, own])),
  };
  return Object.entries(all).flatMap(([path, limits = {}]) =>
    Object.entries(limits).map(([field, seconds]) => [path, field, seconds] as const),
  );
}

function timeoutProblems({ api }: Environment): readonly Problem[] {
  if (api.entry !== "api-gateway") return [];
  return timeLimits(api)
    .filter(([, , seconds]) => seconds > LONGEST_SILENCE_SECONDS)
    .map(([path, field, seconds]) => ({
      path: `api.${path}.${field}`,
      value: seconds,
      rule: `must not exceed ${LONGEST_SILENCE_SECONDS} s: API Gateway ends a response that is silent for longer`,
      remedy: `use at most ${LONGEST_SILENCE_SECONDS}; a stream may last 900 s in all, and the entries alb and private allow 900`,
    }));
}

function queueProblems({ api }: Environment): readonly Problem[] {
  const { queue, bodyLimitBytes } = api;
  const problems: Problem[] = [];
  const beforeFirstByte = timeLimits(api).filter(([, field]) => field !== "idleSeconds");
  const longest =
    Math.max(queue.waitSeconds, queue.wakeSeconds) + Math.max(...beforeFirstByte.map(([, , seconds]) => seconds));
  if (api.entry === "api-gateway" && longest > LONGEST_SILENCE_SECONDS)
    problems.push({
      path: "api.queue",
      value: queue,
      rule: `must leave API Gateway's ${LONGEST_SILENCE_SECONDS} s of silence: the longest wait and the longest call are ${longest} s together`,
      remedy: "lower waitSeconds, wakeSeconds or a time limit",
    });
  if (queue.maxBytes < 4 * bodyLimitBytes)
    problems.push({
      path: "api.queue.maxBytes",
      value: queue.maxBytes,
      rule: `must hold 4 bodies of bodyLimitBytes (${4 * bodyLimitBytes}): one model's requests may fill half of it`,
      remedy: "raise it, or lower api.bodyLimitBytes",
    });
  return problems;
}

function ciProblems({ ci }: Environment): readonly Problem[] {
  if (ci === null || ci.branches.length + ci.environments.length > 0) return [];
  return [
    {
      path: "ci",
      value: ci,
      rule: "must name at least one branch or GitHub environment: otherwise no workflow could use the role",
      remedy: 'add one, e.g. environments: ["prod"], or set ci to null',
    },
  ];
}
