import type { Environment } from "../../settings/environment.ts";
import { type Check, type Finding, fail, ok, warn } from "./finding.ts";
import type { RegionFacts } from "./region-facts.ts";

interface LogRoleSubjects {
  readonly environment: Environment;
  readonly aws: RegionFacts;
}

/**
 * The role by which API Gateway writes logs: account and region have one for all APIs, and one environment owns it. Without
 * it AWS refuses a stage with an access log.
 */
export function logRoleChecks({ environment, aws }: LogRoleSubjects): readonly Check[] {
  if (environment.api.entry !== "api-gateway") return [];
  return [{ name: "API log role", run: async (signal) => logRoleFinding(environment, await aws.apiLogRole(signal)) }];
}

function logRoleFinding({ name, api }: Environment, role: string | undefined): Finding {
  if (api.accountLogRole === "existing")
    return role === undefined
      ? fail(
          "the account has none in this region, and api.accountLogRole is existing",
          `bootstrap the environment that owns it, or set api.accountLogRole to "create" in environments/${name}.ts`,
        )
      : ok(role);
  if (role === undefined) return ok(`none yet: sluice bootstrap --environment ${name} creates it`);
  if (role.endsWith(`sluice-${name}-api-logs`)) return ok(role); // with the path and the start that iam sets before it
  return warn(
    `${role} is set by another environment or tool, and sluice bootstrap would replace it`,
    `set api.accountLogRole to "existing" in environments/${name}.ts: an account has one in each region`,
  );
}
