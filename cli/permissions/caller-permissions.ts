import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CALLER_PERMISSIONS_FILE, CallerPermissions } from "../../contracts/processes/caller-permissions.ts";
import type { Environment } from "../../settings/environment.ts";
import type { RolePermissions } from "./role-permissions.ts";

/**
 * The caller of `sluice bootstrap`, `deploy` and `destroy`, in the form of a role. No stack can make it: it is there first.
 * @param outputFolder of the synthesis
 * @returns `undefined` where the synthesis was an older version's, which does not say it
 */
export function callerRole(outputFolder: string, { name, iam }: Environment): RolePermissions | undefined {
  const file = join(outputFolder, CALLER_PERMISSIONS_FILE);
  const all = existsSync(file) ? CallerPermissions.parse(JSON.parse(readFileSync(file, "utf8"))) : {};
  const statements = all[name];
  if (statements === undefined) return undefined;
  return {
    role: iam.assumeRole?.arn ?? `the caller of sluice bootstrap and deploy, ${name}`,
    assumedBy: ["who runs sluice bootstrap, deploy and destroy"],
    trustConditions: {},
    statements: statements.map(({ Sid, purpose, Effect, Action, Resource, Condition }) => ({
      policy: "caller",
      sid: Sid,
      effect: Effect,
      purpose,
      actions: Action,
      resources: Resource,
      conditions: Condition,
    })),
    managedPolicies: [],
  };
}
