import { describe, expect, test } from "vitest";
import { decide, type Principal } from "./decide.ts";
import { ORGANIZATION_ROLES, PROJECT_ROLES, type Role } from "./roles.ts";

const principal = (organizationRoles: readonly Role[], projectRole?: Role): Principal => ({
  userId: "user-a",
  organizationId: "org-a",
  organizationRoles,
  projectRoles: new Map(projectRole ? [["proj_own", [projectRole]]] : []),
});
const own = { organizationId: "org-a", projectId: "proj_own" };
const other = { organizationId: "org-a", projectId: "proj_other" };

describe("the rule of permissions", () => {
  test("hides another organisation from everyone, its own owner's roles included", () => {
    expect(decide(principal([ORGANIZATION_ROLES.owner]), "projects.read", { organizationId: "org-b" })).toEqual({
      outcome: "hidden",
      rule: "other-organization",
    });
  });

  test("names the role that permits: the organisation's first, then the project's", () => {
    const rule = (roles: readonly Role[]) => decide(principal(roles, PROJECT_ROLES.owner), "projects.write", own).rule;
    expect(rule([ORGANIZATION_ROLES.owner])).toBe("organization-role:owner");
    expect(rule([ORGANIZATION_ROLES.reader])).toBe("project-role:owner");
  });

  test("a project's role permits nothing in another project, nor in the organisation", () => {
    const caller = principal([ORGANIZATION_ROLES.reader], PROJECT_ROLES.owner);
    for (const resource of [other, { organizationId: "org-a" }])
      expect(decide(caller, "projects.write", resource)).toEqual({
        outcome: "denied",
        rule: "no-role-permits:projects.write",
      });
  });

  test("hides a project from who has no role to read it", () => {
    const caller = principal([], PROJECT_ROLES.member);
    expect(decide(caller, "projects.read", other)).toEqual({ outcome: "hidden", rule: "not-a-member-of-the-project" });
    expect(decide(caller, "projects.read", own)).toEqual({ outcome: "allowed", rule: "project-role:member" });
    expect(decide(caller, "projects.write", own).outcome).toBe("denied");
  });
});
