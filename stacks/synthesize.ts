import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformResource, TerraformStack } from "cdktf";
import { statementPurposes } from "../constructs/identity/statement-purposes.ts";
import { PERMISSION_PURPOSES_FILE, type PermissionPurposes } from "../contracts/processes/permission-purposes.ts";
import type { Environment } from "../settings/environment.ts";
import { type BuiltAssets, synthesizeEnvironment } from "./environment-stacks.ts";

/** Writes the OpenTofu of environments into a folder, and the purposes of their roles' permissions beside the stacks. */
export function synthesizeAll(outdir: string, environments: readonly Environment[], assets: BuiltAssets): void {
  // Stack traces would put this machine's paths into the output.
  const app = new App({ outdir, stackTraces: false });
  for (const environment of environments) synthesizeEnvironment(app, environment, assets);
  app.synth();
  writeFileSync(join(outdir, PERMISSION_PURPOSES_FILE), `${JSON.stringify(purposesOf(app), undefined, 2)}\n`);
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
