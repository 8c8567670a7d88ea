import type { RecordOf } from "../../../contracts/control/records.ts";
import {
  type Assignment,
  assignmentsOf,
  type RoleReads,
  findRole as roleOf,
  unchangedRole,
} from "../../../domain/people/role-grants.ts";
import { type Change, removeRecord } from "../../../domain/tenancy/changes.ts";
import { ORGANIZATION, ownRole, predefinedRoles, type Role } from "../../../domain/tenancy/roles.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import type { ControlStore } from "../store/control-store.ts";
import { ControlError } from "./control-error.ts";

/** Roles of one's own in an organisation, and in each project. */
export const MAX_OWN_ROLES = 100;
/** Roles of a user or a group in an organisation, and in each project, so that a request reads few. */
export const MAX_ROLES_PER_PRINCIPAL = 20;

/** The largest number of records that deciding about roles reads at once. */
const MAX_READ = 100;

/** Reads records of one organisation for its roles. */
export function roleReads(store: ControlStore, organizationId: string): RoleReads {
  return {
    get: (key) => store.get(organizationId, key),
    listWithin: async (kind, within) => (await store.list(organizationId, { kind, within, limit: MAX_READ })).records,
  };
}

/** @param resourceId `organization`, or the id of a project */
export function findRole(
  store: ControlStore,
  organizationId: string,
  resourceId: string,
  id: string,
): Promise<Role | undefined> {
  return roleOf(roleReads(store, organizationId), resourceId, id);
}

/** All roles of an organisation or project, in the order of ids: predefined ones come first. */
export async function allRoles(
  store: ControlStore,
  organizationId: string,
  resourceId: string,
): Promise<readonly Role[]> {
  const range = { kind: "role", within: [resourceId], limit: MAX_OWN_ROLES } as const;
  const { records } = await store.list(organizationId, range);
  return [...predefinedRoles(resourceId), ...records.map(ownRole)].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The roles that were assigned to a user or a group in an organisation or project, deleted ones included. */
export function assignments(
  store: ControlStore,
  organizationId: string,
  resourceId: string,
  principalId: string,
): Promise<readonly Assignment[]> {
  return assignmentsOf(roleReads(store, organizationId), resourceId, principalId);
}

/** What assigning a role takes. */
export interface NewAssignment {
  readonly changes: readonly Change[];
  readonly record: RecordOf<"roleAssignment">;
}

/** As many assignments of deleted roles as one more assignment clears away. */
const CLEARED_AT_ONCE = 5;

/**
 * Assigns a role to a user or a group. The change of the principal's own record is the caller's: it must raise its version.
 * @throws {ControlError} when the principal has the role, or as many roles as there may be
 */
export function newAssignment(
  existing: readonly Assignment[],
  role: Role,
  {
    resourceId,
    principalId,
    nowMs,
  }: { readonly resourceId: string; readonly principalId: string; readonly nowMs: number },
): NewAssignment {
  if (existing.some(({ record }) => record.roleId === role.id))
    throw new ControlError("invalid_request", `'${principalId}' has the role '${role.id}' already.`, {
      param: "role_id",
    });
  const dead = existing.filter((one) => one.role === undefined);
  if (existing.length - dead.length >= MAX_ROLES_PER_PRINCIPAL)
    throw new ControlError(
      "invalid_request",
      `A user or a group has at most ${MAX_ROLES_PER_PRINCIPAL} roles; take another one from '${principalId}' first.`,
      { param: "role_id" },
    );
  const record: RecordOf<"roleAssignment"> = {
    kind: "roleAssignment",
    version: 1,
    resourceId,
    principalId,
    roleId: role.id,
    createdAt: unixSeconds(nowMs),
  };
  const cleared = dead.slice(0, CLEARED_AT_ONCE).map((one) => removeRecord(one.record));
  return { record, changes: [{ action: "create", record }, ...cleared, ...unchangedRole(role)] };
}

/** The payload of an event about an assignment. */
export function assignmentPayload(
  { resourceId, principalId, roleId }: RecordOf<"roleAssignment">,
  principalType: "user" | "group",
) {
  return {
    id: [resourceId, principalId, roleId].join(":"),
    principal_id: principalId,
    principal_type: principalType,
    resource_id: resourceId,
    resource_type: resourceType(resourceId),
  };
}

export function resourceType(resourceId: string): "api.organization" | "api.project" {
  return resourceId === ORGANIZATION ? "api.organization" : "api.project";
}
