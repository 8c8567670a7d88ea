import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { callerRole } from "./caller-permissions.ts";
import { permissionsText } from "./permissions-text.ts";
import { type RolePermissions, rolePermissions } from "./role-permissions.ts";

export interface PermissionsTools extends Pick<OperatorTools, "print" | "environment" | "synthesize"> {
  environmentNames(): readonly string[];
}

interface PermissionsOptions {
  readonly environment?: string;
  readonly json?: true;
}

/** `sluice permissions`: what each role of an environment, and who deploys it, may do, with which resources, and why. */
export function permissionsCommand(tools: PermissionsTools): Command {
  return new Command("permissions")
    .description(
      "print what each IAM role may do, and what your own must, with which resources and why, from the stacks as deployed",
    )
    .option("--environment <name>", "the environment, or the path of its file; default: all environments")
    .option("--json", "print a JSON list of the roles")
    .action(async ({ environment, json }: PermissionsOptions) => {
      const names = environment === undefined ? tools.environmentNames() : [environment];
      const roles: RolePermissions[] = [];
      for (const name of names) roles.push(...(await rolesOf(name, tools)));
      tools.print(json ? JSON.stringify(roles, undefined, 2) : permissionsText(roles));
    });
}

async function rolesOf(nameOrFile: string, tools: PermissionsTools): Promise<readonly RolePermissions[]> {
  const environment = await tools.environment(nameOrFile);
  const folder = mkdtempSync(join(tmpdir(), "sluice-permissions-"));
  try {
    await tools.synthesize(nameOrFile, folder);
    const caller = callerRole(folder, environment);
    return [...(caller === undefined ? [] : [caller]), ...rolePermissions(folder, environment.name)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
