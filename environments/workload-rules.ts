import { DEFAULT_PLAN } from "../contracts/processes/auth.ts";
import type { WorkloadPolicy } from "../contracts/processes/workloads.ts";
import type { Environment } from "../settings/environment.ts";
import type { Problem } from "./problem.ts";

/** Lambda takes 4 KB of variables; names and other variables need some of it. */
export const MAX_BYTES = 3500;
/** Tokens for AWS's own services have this audience. */
const AWS_AUDIENCE = "sts.amazonaws.com";

/**
 * Issuers that sign tokens for anybody: a policy must fix whose. Claims by name, and the form of a pattern that fixes an
 * owner: whole values, or the start of a value.
 */
const PUBLIC_ISSUERS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  "token.actions.githubusercontent.com": {
    sub: /^repo:[^*/:]+\//,
    repository: /^[^*/]+\//,
    repository_id: /^[^*]+$/,
    repository_owner: /^[^*]+$/,
    repository_owner_id: /^[^*]+$/,
    job_workflow_ref: /^[^*/]+\//,
  },
  "accounts.google.com": { hd: /^[^*]+$/, sub: /^[^*]+$/, email: /^[^*]+$/ },
  "gitlab.com": {
    sub: /^project_path:[^*/:]+\//,
    project_path: /^[^*/]+\//,
    project_id: /^[^*]+$/,
    namespace_id: /^[^*]+$/,
    namespace_path: /^[^*]+$/,
  },
};

/** Rules between the policies of workloads and the rest of the environment. */
export function workloadProblems(environment: Environment): readonly Problem[] {
  const { workloads } = environment.identity;
  if (workloads.length === 0) return [];
  return [
    ...wholeProblems(environment),
    ...workloads.flatMap((policy, index) => {
      const path = `identity.workloads[${index}]`;
      return [
        ...claimProblems(path, policy),
        ...audienceProblems(path, policy),
        ...accessTokenProblems(path, policy),
        ...planProblems(path, policy, environment),
        ...modelProblems(path, policy, environment),
        ...neighbourProblems(path, policy, workloads.slice(0, index)),
      ];
    }),
  ];
}

function wholeProblems({ api: { auth }, identity: { workloads } }: Environment): readonly Problem[] {
  const problems: Problem[] = [];
  const at = { path: "identity.workloads", value: workloads.map(({ name }) => name) };
  if (auth === "off")
    problems.push({
      ...at,
      rule: "must be empty when api.auth is off: there are no keys that a workload could get",
      remedy: 'write [], or set api.auth to "required"',
    });
  const bytes = Buffer.byteLength(JSON.stringify(workloads));
  if (bytes > MAX_BYTES)
    problems.push({
      ...at,
      rule: `must have at most ${MAX_BYTES} bytes as JSON, and has ${bytes}: they are variables of a function`,
      remedy: "use patterns in place of several policies, or shorter names",
    });
  return problems;
}

/** A token that is sent with each request is used again and again. */
function accessTokenProblems(path: string, { accessToken, reuse }: WorkloadPolicy): readonly Problem[] {
  if (accessToken !== true || reuse === "allowed") return [];
  return [
    {
      path: `${path}.accessToken`,
      value: accessToken,
      rule: 'must be false where reuse is "refused": a token in place of a key comes with every request',
      remedy: 'set reuse to "allowed", or leave accessToken out and exchange the token',
    },
  ];
}

function claimProblems(path: string, { issuer, claims }: WorkloadPolicy): readonly Problem[] {
  const at = { path: `${path}.claims`, value: claims };
  const patterns = Object.entries(claims);
  if (!patterns.some(([, pattern]) => !pattern.startsWith("*")))
    return [
      {
        ...at,
        rule: "must fix the start of one claim at least: otherwise every workload of the issuer gets a key",
        remedy: 'add one, e.g. sub: "repo:your-organisation/*"',
      },
    ];
  const owners = PUBLIC_ISSUERS[new URL(issuer).hostname];
  if (owners === undefined || patterns.some(([name, pattern]) => owners[name]?.test(pattern))) return [];
  return [
    {
      ...at,
      rule: `must fix an owner, as ${new URL(issuer).hostname} signs tokens for anybody`,
      remedy: `name the owner in one of ${Object.keys(owners).join(", ")}`,
    },
  ];
}

function audienceProblems(path: string, { audience }: WorkloadPolicy): readonly Problem[] {
  if (audience !== AWS_AUDIENCE) return [];
  return [
    {
      path: `${path}.audience`,
      value: audience,
      rule: "must not be AWS's own: whoever gets a token for AWS could use it here, and the other way round",
      remedy: "use the address of this API, and request tokens for it",
    },
  ];
}

/** The usage plan of the keys of a policy, or of people, must be there. */
export function planProblems(
  path: string,
  { plan }: Pick<WorkloadPolicy, "plan">,
  { api }: Environment,
): readonly Problem[] {
  const name = plan ?? DEFAULT_PLAN;
  if (api.auth === "off" || api.entry !== "api-gateway" || Object.hasOwn(api.usagePlans, name)) return [];
  return [
    {
      path: `${path}.plan`,
      value: plan,
      rule: `must be one of api.usagePlans (${Object.keys(api.usagePlans).join(", ")}); without one it is ${DEFAULT_PLAN}`,
      remedy: "name a plan that is there, or add this one",
    },
  ];
}

function modelProblems(path: string, { models = [] }: WorkloadPolicy, environment: Environment): readonly Problem[] {
  const known = [...Object.keys(environment.pools), ...Object.keys(environment.routes)];
  return models
    .filter((model) => !known.includes(model))
    .map((model) => ({
      path: `${path}.models`,
      value: model,
      rule: `must be public names of models (${known.join(", ")})`,
      remedy: "correct the name; a model that is added at run time needs a route in the file",
    }));
}

function neighbourProblems(
  path: string,
  { name, issuer, jwksUri }: WorkloadPolicy,
  before: readonly WorkloadPolicy[],
): readonly Problem[] {
  const problems: Problem[] = [];
  if (before.some((other) => other.name === name))
    problems.push({
      path: `${path}.name`,
      value: name,
      rule: "must be another name than that of a policy before it: it names the policy in requests and in the log",
      remedy: "rename one of them",
    });
  if (before.some((other) => other.issuer === issuer && other.jwksUri !== jwksUri))
    problems.push({
      path: `${path}.jwksUri`,
      value: jwksUri,
      rule: "must be the same in all policies of one issuer, which has one set of keys",
      remedy: "write the same address in each, or leave it out in each",
    });
  return problems;
}
