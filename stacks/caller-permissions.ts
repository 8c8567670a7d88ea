import { type CallerPermissionsProps, callerGrants } from "../constructs/state/caller-grants.ts";
import { deployGrants } from "../constructs/state/deploy-permissions.ts";
import { statementsOf } from "../constructs/state/grant.ts";
import type { CallerStatement } from "../contracts/processes/caller-permissions.ts";
import type { Environment } from "../settings/environment.ts";
import { certificateRegion, resourceName, stateKeyName } from "./stack-settings.ts";

/**
 * What the caller of `sluice bootstrap` and of the first deployment must be allowed in the environment's account: the person,
 * or the role that `iam.assumeRole` names. The first statements are the bootstrap's, the others a deployment's as CI has them.
 */
export function callerPermissions(environment: Environment): readonly CallerStatement[] {
  const props = callerProps(environment);
  return statementsOf([...callerGrants(props), ...deployGrants(props)]).map(
    ({ purpose, reason, Condition = {}, Sid, Effect, Action, Resource }) => ({
      Sid,
      purpose: reason === undefined ? purpose : `${purpose} ${reason}`,
      Effect,
      Action,
      Resource,
      Condition: Object.fromEntries(
        Object.entries(Condition).map(([operator, keys]) => [
          operator,
          Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, [values].flat()])),
        ]),
      ),
    }),
  );
}

function callerProps(environment: Environment): CallerPermissionsProps {
  const { api, ci, iam, name, network, region, state } = environment;
  const hasApiGateway = api.entry === "api-gateway";
  return {
    name: resourceName(environment),
    environment: name,
    region,
    roles: { start: `${iam.rolePath}${iam.roleNamePrefix}`, permissionsBoundary: iam.permissionsBoundary },
    certificateRegion: certificateRegion(environment),
    endpointsGroupId: network.existing?.endpoints.securityGroupId,
    stateBucket: state.bucket,
    lockTable: state.lockTable,
    stateKeyName: stateKeyName(environment),
    stateKeyPrefix: `${name}/`,
    hasApiGateway,
    makesLogRole: hasApiGateway && api.accountLogRole === "create",
    ci: ci === null ? "none" : ci.oidcProvider === "create" ? "role-and-provider" : "role",
    importsCertificate: api.domain === null,
  };
}
