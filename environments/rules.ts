import { catalogInstanceType } from "../catalog/instance-types.ts";
import { targetProblems } from "../domain/targets/target-problems.ts";
import type { Environment } from "../settings/environment.ts";
import {
  auditProblems,
  auditStreamProblems,
  billingProblems,
  historyProblems,
  memberKeyProblems,
} from "./control-api-rules.ts";
import { addressLimitProblems, entryProblems, planProblems, stageProblems } from "./entry-rules.ts";
import { keylessLimitProblems, tierProblems } from "./limit-rules.ts";
import {
  accountProblems,
  existingNetworkProblems,
  internetEgressProblems,
  networkProblems,
  zoneProblems,
} from "./network-rules.ts";
import { peopleProblems } from "./people-rules.ts";
import { poolProblems, rangeProblems } from "./pool-rules.ts";
import type { Problem } from "./problem.ts";
import { queueProblems, timeoutProblems } from "./wait-rules.ts";
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
    ...amortisedProblems(environment),
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

function amortisedProblems({ pools, usage }: Environment): readonly Problem[] {
  if (usage !== null) return [];
  const amortised = Object.entries(pools).filter(([, { cost }]) => cost === "amortised");
  return amortised.map(([name, { cost }]) => ({
    path: `pools.${name}.cost`,
    value: cost,
    rule: "must be none without usage: there are no requests among which the cost could be shared",
    remedy: "leave it out, or set usage",
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
