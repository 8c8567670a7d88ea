import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { Aspects, type IAspect, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import type { Environment } from "../../settings/environment.ts";
import { roleName } from "./role-name.ts";

type Settings = Pick<Environment["iam"], "permissionsBoundary" | "rolePath" | "roleNamePrefix">;

/**
 * Sets what an organisation demands of every role of a stack: permissions boundary, path and start of the name. An aspect,
 * so that no construct can forget it; other resources refer to a role's name and ARN, and see the changed ones.
 */
export function applyRoleSettings(stack: TerraformStack, settings: Settings): void {
  Aspects.of(stack).add(new RoleSettings(settings));
}

class RoleSettings implements IAspect {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  visit(node: IConstruct): void {
    if (!(node instanceof IamRole)) return;
    const { permissionsBoundary, rolePath, roleNamePrefix } = this.#settings;
    if (permissionsBoundary !== null) node.permissionsBoundary = permissionsBoundary;
    if (rolePath !== "/") node.path = rolePath;
    if (roleNamePrefix !== "") node.name = roleName(`${roleNamePrefix}${node.nameInput ?? ""}`);
  }
}
