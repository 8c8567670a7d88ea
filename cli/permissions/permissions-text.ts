import type { PolicyConditions } from "../../domain/iam/policy.ts";
import { textTable } from "../terminal/text-table.ts";
import type { RolePermissions, RoleStatement } from "./role-permissions.ts";

/** A table for each role: its statements, each with its purpose, actions, resources and conditions. */
export function permissionsText(roles: readonly RolePermissions[]): string {
  return roles.map(roleText).join("\n\n");
}

function roleText(role: RolePermissions): string {
  const { assumedBy, trustConditions, permissionsBoundary, statements, managedPolicies, stack } = role;
  return [
    `${role.role} (${stack === undefined ? "made by no stack" : `stack ${stack}`}), assumed by ${assumedBy.join(", ")}`,
    ...conditionLines(trustConditions).map((line) => `  ${line}`),
    ...(permissionsBoundary === undefined ? [] : [`  within the permissions boundary ${permissionsBoundary}`]),
    ...managedPolicies.map(({ arn, purpose }) => `  ${arn}: ${purpose}`),
    ...statements.map(statementText),
  ].join("\n");
}

function statementText({ sid, effect, purpose, actions, resources, conditions }: RoleStatement): string {
  const right = [...resources, ...conditionLines(conditions)];
  const rows = Array.from({ length: Math.max(actions.length, right.length) }, (_, row) => [
    `    ${actions[row] ?? ""}`,
    right[row] ?? "",
  ]);
  return `  ${effect === "Deny" ? "DENIED, " : ""}${sid}: ${purpose}\n${textTable(rows)}`;
}

function conditionLines(conditions: PolicyConditions): readonly string[] {
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `if ${key} ${operator} ${values.join(", ")}`),
  );
}
