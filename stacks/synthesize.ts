import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformResource, TerraformStack } from "cdktf";
import { statementPurposes } from "../constructs/identity/statement-purposes.ts";
import { CALLER_PERMISSIONS_FILE } from "../contracts/processes/caller-permissions.ts";
import { PERMISSION_PURPOSES_FILE, type PermissionPurposes } from "../contracts/processes/permission-purposes.ts";
import type { Environment } from "../settings/environment.ts";
import { callerPermissions } from "./caller-permissions.ts";
import { type BuiltAssets, synthesizeEnvironment } from "./environment-stacks.ts";

/**
 * Writes the OpenTofu of environments into a folder, and beside the stacks the purposes of their roles' permissions and what
 * the caller needs.
 */
export function synthesizeAll(outdir: string, environments: readonly Environment[], assets: BuiltAssets): void {
  // Stack traces would put this machine's paths into the output.
  const app = new App({ outdir, stackTraces: false });
  for (const environment of environments) synthesizeEnvironment(app, environment, assets);
  app.synth();
  const write = (file: string, content: object) =>
    writeFileSync(join(outdir, file), `${JSON.stringify(content, undefined, 2)}\n`);
  write(PERMISSION_PURPOSES_FILE, purposesOf(app));
  write(
    CALLER_PERMISSIONS_FILE,
    Object.fromEntries(environments.map((environment) => [environment.name, callerPermissions(environment)])),
  );
}

function purposesOf(app: App): PermissionPurposes {
  return Object.fromEntries(
    app.node.children.filter(TerraformStack.isStack).map((stack) => [
      stack.node.id,
      Object.fromEntries(
        stack.node
          .findAll()
          .filter(TerraformResource.isTerraformResource)
          .map((node) => [`${node.terraformResourceType}.${node.friendlyUniqueId}`, statementPurposes(node)] as const)
          .filter(([, purposes]) => Object.keys(purposes).length > 0),
      ),
    ]),
  );
}
