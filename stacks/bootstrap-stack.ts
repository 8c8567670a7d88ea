import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { LoggingPermission } from "../constructs/edge/logging-permission.ts";
import { DeployRole } from "../constructs/state/deploy-role.ts";
import { StateStore } from "../constructs/state/state-store.ts";
import type { Environment } from "../settings/environment.ts";
import { certificateRegion, configureStack, resourceName, stackId, stateKeyName } from "./stack-settings.ts";

/**
 * OpenTofu's own resources: the store of all states, its own included, and the role that deploys from CI; and what the
 * account has once for all environments. `sluice
 * bootstrap` creates them with a state on disk first, and then moves that state into the bucket.
 */
export class BootstrapStack extends TerraformStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, stackId(environment, "bootstrap"));
    configureStack(this, environment, "bootstrap");
    const { api, region, state, ci, iam, deletionProtection } = environment;
    const store = new StateStore(this, "State", {
      bucketName: state.bucket,
      lockTableName: state.lockTable,
      keyName: stateKeyName(environment),
      region,
      keyPrefix: `${environment.name}/`,
      isProtected: deletionProtection,
    });
    new TerraformOutput(this, "state_bucket", {
      description: "Bucket of the environment's OpenTofu states.",
      value: store.bucket.bucketName,
    });
    new TerraformOutput(this, "lock_table", {
      description: "DynamoDB table that keeps two from changing one state at once.",
      value: store.lockTable.resource.name,
    });
    // Here, as the bootstrap stack is the last to be destroyed: the APIs of other environments log by the same role.
    if (api.entry === "api-gateway" && api.accountLogRole === "create")
      new LoggingPermission(this, "ApiLogs", { name: `${resourceName(environment)}-api-logs` });
    if (ci === null) return;
    const role = new DeployRole(this, "Ci", {
      ...ci,
      name: resourceName(environment),
      environment: environment.name,
      region,
      roles: {
        start: `${iam.rolePath}${iam.roleNamePrefix}`,
        permissionsBoundary: iam.permissionsBoundary,
      },
      certificateRegion: certificateRegion(environment),
      endpointsGroupId: environment.network.existing?.endpoints.securityGroupId,
      stateStatements: store.accessStatements(),
      stateArns: store.arns,
    });
    new TerraformOutput(this, "ci_role_arn", {
      description: "Role that the deploy workflow assumes by OIDC (aws-actions/configure-aws-credentials).",
      value: role.arn,
    });
  }
}
