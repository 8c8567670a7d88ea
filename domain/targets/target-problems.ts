import { dialectRules } from "../../contracts/targets/provider-dialects.ts";
import {
  type FallbackReference,
  type ProviderSettings,
  type RouteSettings,
  targetId,
} from "../../contracts/targets/target-settings.ts";
import type { Environment } from "../../settings/environment.ts";

/** One problem of providers and routes as a whole. */
export interface TargetProblem {
  /** Path of the setting, e.g. `routes.chat.targets[0].pool`. */
  readonly path: string;
  readonly value: unknown;
  readonly rule: string;
  readonly remedy: string;
}

export interface TargetsDescription extends Pick<Environment, "providers" | "routes"> {
  /** Names of the pools: each is a route of its own name. */
  readonly pools: readonly string[];
}

/** Rules between providers, routes and pools: the same for an environment file, a gateway's start and the admin API. */
export function targetProblems({ pools, providers, routes }: TargetsDescription): readonly TargetProblem[] {
  return [
    ...Object.entries(providers).flatMap(([name, provider]) => providerProblems(`providers.${name}`, provider)),
    ...Object.entries(routes).flatMap(([name, route]) => routeProblems(name, route, { pools, providers })),
  ];
}

function providerProblems(path: string, provider: ProviderSettings): readonly TargetProblem[] {
  const { dialect, region, credential, endpoint, healthCheck } = provider;
  const problems: TargetProblem[] = [];
  const { title, hasRegion, credential: kind, hasHealthCheck } = dialectRules(dialect);
  if (hasRegion && region === null)
    problems.push({
      path: `${path}.region`,
      value: region,
      rule: `must name the region whose ${title} is called`,
      remedy: "write it as us-east-1",
    });
  if (!hasRegion && region !== null)
    problems.push({
      path: `${path}.region`,
      value: region,
      rule: `must be null for the dialect ${dialect}`,
      remedy: "set it to null",
    });
  if (kind === "aws-role" && credential.from !== "none")
    problems.push({
      path: `${path}.credential`,
      value: credential,
      rule: `must be from none for ${title}, which uses the gateway's role`,
      remedy: 'write { from: "none" }',
    });
  if (!hasHealthCheck && healthCheck !== null)
    problems.push({
      path: `${path}.healthCheck`,
      value: healthCheck,
      rule: `must be null for ${title}, which has no page to fetch`,
      remedy: "set it to null",
    });
  const { username, password, search, hash } = new URL(endpoint);
  if (username !== "" || password !== "" || search !== "" || hash !== "")
    problems.push({
      path: `${path}.endpoint`,
      value: new URL(endpoint).origin,
      rule: "must have neither credentials nor a query",
      remedy: "put the key into a secret and name it in credential",
    });
  return problems;
}

function routeProblems(
  name: string,
  route: RouteSettings,
  { pools, providers }: Omit<TargetsDescription, "routes">,
): readonly TargetProblem[] {
  const path = `routes.${name}`;
  const problems: TargetProblem[] = [];
  if (pools.includes(name) && !route.targets.some((target) => "pool" in target && target.pool === name))
    problems.push({
      path,
      value: name,
      rule: "must have the pool of the same name among its targets: a pool is a route of its own name",
      remedy: `add { pool: "${name}", weight: … } to its targets, or rename the route`,
    });
  if (route.targets.every(({ weight }) => weight === 0))
    problems.push({
      path: `${path}.targets`,
      value: route.targets.map(({ weight }) => weight),
      rule: "must have a weight above 0 at one target at least",
      remedy: "give one a weight, e.g. 1",
    });
  const references: readonly (readonly [string, FallbackReference])[] = [
    ...route.targets.map((target, index) => [`${path}.targets[${index}]`, target] as const),
    ...route.fallbacks.map((target, index) => [`${path}.fallbacks[${index}]`, target] as const),
  ];
  const seen = new Set<string>();
  for (const [at, reference] of references) {
    problems.push(...referenceProblems(at, reference, { pools, providers }));
    const id = targetId(reference);
    if (seen.has(id))
      problems.push({ path: at, value: id, rule: "must not name a target twice", remedy: "name each target once" });
    seen.add(id);
  }
  return problems;
}

function referenceProblems(
  path: string,
  reference: FallbackReference,
  { pools, providers }: Omit<TargetsDescription, "routes">,
): readonly TargetProblem[] {
  if ("pool" in reference) {
    if (pools.includes(reference.pool)) return [];
    const rule = "must be the name of a pool";
    return [{ path: `${path}.pool`, value: reference.pool, rule, remedy: listed(pools) }];
  }
  const provider = Object.hasOwn(providers, reference.provider) ? providers[reference.provider] : undefined;
  if (provider === undefined) {
    const rule = "must be the name of a provider";
    return [{ path: `${path}.provider`, value: reference.provider, rule, remedy: listed(Object.keys(providers)) }];
  }
  if (Object.hasOwn(provider.models, reference.model)) return [];
  const rule = `must be a model of ${reference.provider}`;
  return [{ path: `${path}.model`, value: reference.model, rule, remedy: listed(Object.keys(provider.models)) }];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "there is none yet: add it" : `use one of ${names.join(", ")}, or add it`;
}
