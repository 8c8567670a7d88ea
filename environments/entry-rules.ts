import { ROUTED_OPERATIONS } from "../contracts/openapi/operations.ts";
import { ANONYMOUS_PLAN } from "../contracts/processes/auth.ts";
import type { Environment } from "../settings/environment.ts";
import type { Problem } from "./problem.ts";

export function entryProblems({ api }: Environment): readonly Problem[] {
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

export function addressLimitProblems({ api }: Environment): readonly Problem[] {
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
export function stageProblems({ api: { stage } }: Environment): readonly Problem[] {
  const reserved = [...new Set(ROUTED_OPERATIONS.map(({ path }) => path.split("/")[1] ?? ""))];
  if (!reserved.includes(stage)) return [];
  const rule = `must not be the first part of a path of the API (${reserved.join(", ")})`;
  return [{ path: "api.stage", value: stage, rule, remedy: "use another name, e.g. live" }];
}

export function planProblems({ api }: Environment): readonly Problem[] {
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
