import type { CreditBalance } from "../../contracts/control/credits.ts";
import type { Group, GroupUser, ProjectGroup } from "../../contracts/control/groups.ts";
import type { ProjectUser } from "../../contracts/control/objects.ts";
import type { Role } from "../../contracts/control/roles.ts";
import { listPage } from "./list-page.ts";

/** Who works in the scripted organisation's projects, its groups, and its prepaid credit. */
export interface ScriptedAccess {
  readonly members: ProjectUser[];
  readonly groups: Group[];
  readonly projectGroups: ProjectGroup[];
  readonly groupUsers: GroupUser[];
  readonly credits: CreditBalance[];
}

const CREATED_AT = 1_790_000_000;

function scriptedRole(name: string, permissions: readonly string[], isPredefined: boolean): Role {
  return {
    object: "role",
    id: `role-${name}`,
    name,
    description: isPredefined ? null : "Answers questions of members and invites new ones",
    permissions: [...permissions],
    predefined_role: isPredefined,
    resource_type: "api.organization",
  };
}

const ROLES = [
  scriptedRole("owner", ["projects.read", "projects.write", "users.read", "users.write", "audit_logs.read"], true),
  scriptedRole("reader", ["projects.read", "users.read", "usage.read"], true),
  scriptedRole("support", ["users.read", "invites.read", "invites.write", "of.a.newer.release"], false),
];

const ASSIGNED = {
  created_at: null,
  created_by: null,
  created_by_user_obj: null,
  metadata: null,
  updated_at: null,
  assignment_sources: [{ principal_id: "user-a", principal_type: "user" }],
} as const;

export function emptyAccess(): ScriptedAccess {
  return { members: [], groups: [], projectGroups: [], groupUsers: [], credits: [] };
}

/** Lists alone; changes are tested against the real control API. @returns `undefined` for other paths */
export function listOfAccess(
  [subject, kind]: readonly (string | undefined)[],
  query: URLSearchParams,
  { members, groups, projectGroups, groupUsers, credits }: ScriptedAccess,
): unknown {
  if (subject === "access_decisions") {
    const scope = query.get("scope") ?? "";
    const isOfModels = scope === "generate" || scope === "read";
    const isAllowed = isOfModels || scope.endsWith(".read");
    return {
      object: "organization.access_decision",
      principal_type: query.get("principal_type"),
      principal_id: query.get("principal_id"),
      operation: null,
      project_id: query.get("project_id"),
      model: null,
      outcome: isAllowed ? "allowed" : "denied",
      rule: isOfModels ? "key-has-scope:generate" : isAllowed ? "organization-role:reader" : `no-role-permits:${scope}`,
      scope,
      own_only: false,
    };
  }
  if (subject === "credits") return listPage(credits, query);
  if (subject === "projects" && kind === "users") return listPage(members, query);
  const byNext = (data: readonly unknown[]) => ({ object: "list", data, has_more: false, next: null });
  if (subject === "projects" && kind === "groups") return byNext(projectGroups);
  if (subject === "roles") return byNext(ROLES);
  if (kind === "roles") return byNext(ROLES.slice(1).map((role) => ({ ...role, ...ASSIGNED })));
  if (subject === "groups") return byNext(kind === "users" ? groupUsers : groups);
  return undefined;
}

/** A member, a group with that person in the project, and credit of the project. */
export function someAccess(access: ScriptedAccess, email: string): void {
  access.members.push({
    object: "organization.project.user",
    id: "user-a",
    name: null,
    email,
    role: "member",
    added_at: CREATED_AT,
  });
  const group = { group_type: "group", created_at: CREATED_AT } as const;
  access.groups.push({ ...group, id: "group-1", name: "support", is_scim_managed: false });
  access.groupUsers.push({ id: "user-a", email, name: "Ada" });
  access.projectGroups.push({
    ...group,
    object: "project.group",
    project_id: "proj_1",
    group_id: "group-1",
    group_name: "support",
  });
  const subject = { scope: "project", subject_id: "proj_1" } as const;
  access.credits.push({
    ...subject,
    object: "organization.credit_balance",
    id: "credit-balance-project-proj_1",
    is_required: true,
    balance_nano_usd: 4_000_000_000,
    credits: [
      {
        ...subject,
        object: "organization.credit",
        id: "credit_1",
        amount_nano_usd: 5_000_000_000,
        used_nano_usd: 1_000_000_000,
        balance_nano_usd: 4_000_000_000,
        status: "active",
        description: "first",
        created_at: CREATED_AT,
        expires_at: CREATED_AT + 86_400,
      },
    ],
  });
}
