import { describe, expect, test } from "vitest";
import type { ControlOperation } from "../contracts/control/operations/operation.ts";
import { CONTROL_OPERATIONS } from "../contracts/control/operations/operations.ts";
import { ControlScope, ProjectScope } from "../contracts/control/scopes.ts";
import { administer } from "../lambdas/administer/administer.ts";
import type { ControlStore } from "../lambdas/administer/store/control-store.ts";
import { controlMembers, DENIED } from "./test/control-members.ts";
import { all } from "./test/control-server.ts";

describe("roles of the control API", () => {
  // documented: control-api-own-roles
  test("of one's own permit a user what they list, from the next request on until they are changed or taken away", async () => {
    const { owner, join } = await controlMembers();
    const user = await join("user-a");
    await expect(user.projects.create({ name: "one" })).rejects.toMatchObject(DENIED);
    const role = await owner.roles.create({ role_name: "Builder", permissions: ["projects.write", "projects.write"] });
    expect(role).toMatchObject({ permissions: ["projects.write"], predefined_role: false, description: null });
    await owner.users.roles.create("user-a", { role_id: role.id });
    const { id } = await user.projects.create({ name: "one" });
    await owner.roles.update(role.id, { permissions: ["audit_logs.read"] });
    await expect(user.projects.create({ name: "two" })).rejects.toMatchObject(DENIED);
    const types = ["role.updated", "project.created", "role.assignment.created", "role.created"] as const;
    const events = await all(user.auditLogs.list({ event_types: [...types] }));
    expect(events.map(({ type }) => type)).toEqual(types);
    expect(events[0]?.["role.updated"]).toEqual({
      id: role.id,
      changes_requested: { permissions_added: ["audit_logs.read"], permissions_removed: ["projects.write"] },
    });
    await owner.users.roles.delete(role.id, { user_id: "user-a" });
    await expect(user.auditLogs.list()).rejects.toMatchObject(DENIED);
    await owner.users.roles.create("user-a", { role_id: role.id });
    await owner.roles.delete(role.id);
    await expect(user.auditLogs.list()).rejects.toMatchObject(DENIED);
    expect((await user.projects.retrieve(id)).name).toBe("one");
  });

  test("of a project permit nothing in another one, and end with the user's membership", async () => {
    const { owner, join } = await controlMembers();
    const user = await join("user-a");
    const { id: project_id } = await owner.projects.create({ name: "one" });
    const { id: other } = await owner.projects.create({ name: "two" });
    const add = (project: string) => owner.projects.users.create(project, { user_id: "user-a", role: "member" });
    await add(project_id);
    await add(other);
    const role = await owner.projects.roles.create(project_id, {
      role_name: "keys",
      permissions: ["service_accounts.write"],
    });
    expect(role.resource_type).toBe("api.project");
    await owner.projects.users.roles.create("user-a", { project_id, role_id: role.id });
    await user.projects.serviceAccounts.create(project_id, { name: "job" });
    await expect(user.projects.serviceAccounts.create(other, { name: "job" })).rejects.toMatchObject(DENIED);
    await expect(
      owner.projects.users.roles.create("user-a", { project_id: other, role_id: role.id }),
    ).rejects.toMatchObject({ status: 404 });
    await expect(owner.users.roles.create("user-a", { role_id: role.id })).rejects.toMatchObject({ status: 404 });
    await owner.projects.users.delete("user-a", { project_id });
    await add(project_id);
    await expect(user.projects.serviceAccounts.create(project_id, { name: "job" })).rejects.toMatchObject(DENIED);
    await owner.projects.archive(project_id);
    await expect(owner.projects.roles.delete(role.id, { project_id })).rejects.toThrow(/is archived/);
  });

  // documented: control-api-group-roles
  test("come by groups, in the organisation and in projects, while the user is in the group and the group is there", async () => {
    const { owner, join } = await controlMembers();
    const user = await join("user-a");
    const { id: project_id } = await owner.projects.create({ name: "one" });
    const { id: group_id } = await owner.groups.create({ name: "team" });
    const auditor = await owner.roles.create({ role_name: "auditor", permissions: ["audit_logs.read"] });
    await owner.groups.roles.create(group_id, { role_id: auditor.id });
    await owner.projects.groups.create(project_id, { group_id, role: "owner" });
    await owner.groups.users.create(group_id, { user_id: "user-a" });
    const makes = () => user.projects.serviceAccounts.create(project_id, { name: "job" });
    await user.auditLogs.list();
    await makes();
    const roles = await all(owner.users.roles.list("user-a", { limit: 1 }));
    expect(roles.map(({ name, assignment_sources }) => [name, assignment_sources])).toEqual([
      ["reader", [{ principal_id: "user-a", principal_type: "user" }]],
      ["auditor", [{ principal_id: group_id, principal_type: "group" }]],
    ]);
    await expect(owner.users.roles.delete(auditor.id, { user_id: "user-a" })).rejects.toThrow(/by the group/);
    await owner.projects.groups.delete(group_id, { project_id });
    await expect(makes()).rejects.toMatchObject(DENIED);
    await owner.projects.groups.create(project_id, { group_id, role: "member" });
    await expect(makes()).rejects.toMatchObject(DENIED);
    await owner.projects.groups.roles.create(group_id, { project_id, role_id: "role-project-owner" });
    await makes();
    await owner.groups.users.delete("user-a", { group_id });
    await expect(makes()).rejects.toMatchObject(DENIED);
    await expect(user.auditLogs.list()).rejects.toMatchObject(DENIED);
    await owner.groups.users.create(group_id, { user_id: "user-a" });
    await user.auditLogs.list();
    await owner.groups.delete(group_id);
    await expect(user.auditLogs.list()).rejects.toMatchObject(DENIED);
    expect(await all(owner.projects.groups.list(project_id))).toEqual([]);
  });

  test("refuse a permission that no operation declares by its name, and one of the organisation in a project", async () => {
    const { owner } = await controlMembers();
    const { id } = await owner.projects.create({ name: "one" });
    await expect(owner.roles.create({ role_name: "a", permissions: ["api.rockets.launch"] })).rejects.toThrow(
      /`permissions\[0\]`: 'api\.rockets\.launch' is no permission here/,
    );
    await expect(owner.projects.roles.create(id, { role_name: "a", permissions: ["users.write"] })).rejects.toThrow(
      /'users\.write' is no permission here/,
    );
    const operations = Object.values<ControlOperation>(CONTROL_OPERATIONS);
    const ofProjects = operations.filter(({ path }) => path.includes("{project_id}"));
    const declared = (all: readonly ControlOperation[]) =>
      new Set(all.flatMap(({ scope, ownScope }) => [scope, ...(ownScope === undefined ? [] : [ownScope])]));
    expect(declared(operations)).toEqual(new Set(ControlScope.options));
    // Of a project, its limits and its data retention alone are changed by the organisation.
    const inProjects = new Set<string>([...ProjectScope.options, "limits.write", "data_retention.write"]);
    expect(declared(ofProjects)).toEqual(inProjects);
  });

  test("are listed in pages in both orders, predefined ones first; those can't be changed", async () => {
    const { owner } = await controlMembers();
    for (const role_name of ["a", "b", "c"]) await owner.roles.create({ role_name, permissions: [] });
    const names = async (order: "asc" | "desc") =>
      (await all(owner.roles.list({ limit: 2, order }))).map(({ name }) => name);
    expect(await names("asc")).toEqual(["member", "owner", "reader", "a", "b", "c"]);
    expect(await names("desc")).toEqual(["c", "b", "a", "reader", "owner", "member"]);
    await expect(owner.roles.update("role-organization-owner", { role_name: "x" })).rejects.toThrow(/predefined/);
    await expect(owner.roles.delete("role-organization-reader")).rejects.toThrow(/predefined/);
  });

  test("have names of their own, whatever is made at once", async () => {
    const { owner } = await controlMembers();
    const made = await Promise.allSettled(
      Array.from({ length: 6 }, () => owner.roles.create({ role_name: "Support", permissions: [] })),
    );
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(owner.roles.create({ role_name: "support", permissions: [] })).rejects.toThrow(
      /has the name 'Support'/,
    );
    await expect(owner.roles.create({ role_name: "Reader", permissions: [] })).rejects.toThrow(/has the name 'reader'/);
    const { id } = await owner.roles.create({ role_name: "other", permissions: [] });
    await expect(owner.roles.update(id, { role_name: "SUPPORT" })).rejects.toThrow(/has the name 'Support'/);
  });
});

describe("who has roles by assignment", () => {
  // documented: control-api-no-escalation
  test("gives nobody more permissions than they have themselves, by no way", async () => {
    const { owner, join, lines } = await controlMembers();
    const user = await join("user-a");
    await join("user-b");
    const ownerId = (await all(owner.users.list())).find(({ role }) => role === "owner")!.id;
    const permissions = ["roles.write", "users.write", "invites.write", "groups.write", "project.users.write"];
    const desk = await owner.roles.create({ role_name: "desk", permissions });
    await owner.users.roles.create("user-a", { role_id: desk.id });
    const strong = await owner.roles.create({ role_name: "strong", permissions: ["audit_logs.read"] });
    const { id: project } = await owner.projects.create({ name: "one" });
    const { id: group } = await owner.groups.create({ name: "strong" });
    await owner.groups.roles.create(group, { role_id: strong.id });
    const { id: inProject } = await owner.groups.create({ name: "in a project" });
    await owner.projects.groups.create(project, { group_id: inProject, role: "member" });
    const attempts: (() => PromiseLike<unknown>)[] = [
      () => user.roles.create({ role_name: "more", permissions: ["admin_keys.write"] }),
      () => user.roles.update(desk.id, { permissions: [...permissions, "audit_logs.read"] }),
      () => user.users.roles.create("user-a", { role_id: strong.id }),
      () => user.users.roles.create("user-b", { role_id: "role-organization-owner" }),
      () => user.groups.roles.create(group, { role_id: "role-organization-owner" }),
      () => user.groups.users.create(group, { user_id: "user-a" }),
      () => user.groups.users.create(inProject, { user_id: "user-a" }),
      () => user.users.update("user-b", { role: "owner" }),
      () => user.users.update(ownerId, { role: "reader" }),
      () => user.users.delete(ownerId),
      () => user.invites.create({ email: "new@example.com", role: "owner" }),
      () =>
        user.invites.create({ email: "new@example.com", role: "reader", projects: [{ id: project, role: "owner" }] }),
      () => user.projects.users.create(project, { user_id: "user-a", role: "owner" }),
    ];
    for (const [index, attempt] of attempts.entries()) {
      lines.length = 0;
      await expect(attempt(), String(index)).rejects.toMatchObject(DENIED);
      expect(lines, String(index)).toMatchObject([
        { msg: "refused", rule: expect.stringMatching(/^(more-than-own-roles:|only-owners-change-owners$)/) },
      ]);
    }
    await user.roles.update(strong.id, { description: "reads all events", permissions: [] });
    const weak = await user.roles.create({ role_name: "weak", permissions: ["users.write"] });
    await user.users.roles.create("user-b", { role_id: weak.id });
    await user.groups.users.create(group, { user_id: "user-b" });
    await user.invites.create({ email: "new@example.com", role: "reader" });
    await user.users.delete("user-b");
  });

  type Owner = Awaited<ReturnType<typeof controlMembers>>["owner"];
  const takings: Readonly<Record<string, (owner: Owner, role: string, group_id: string) => PromiseLike<unknown>>> = {
    "its permission": ({ roles }, role) => roles.update(role, { permissions: [] }),
    "the role of the group": ({ groups }, role, group_id) => groups.roles.delete(role, { group_id }),
    "the user's membership of the group": ({ groups }, _, group_id) => groups.users.delete("user-a", { group_id }),
  };

  test.each(Object.entries(takings))(
    "changes nothing when %s is taken away between the decision and the change",
    async (_, take) => {
      const { owner, join, store, tools } = await controlMembers();
      await join("user-a");
      const { id: group_id } = await owner.groups.create({ name: "team" });
      const role = await owner.roles.create({ role_name: "builder", permissions: ["projects.write"] });
      await owner.groups.roles.create(group_id, { role_id: role.id });
      await owner.groups.users.create(group_id, { user_id: "user-a" });
      let writes = 0;
      const late: ControlStore = {
        get: (organization, key) => store.get(organization, key),
        list: (organization, range) => store.list(organization, range),
        listEvents: (organization, range) => store.listEvents(organization, range),
        waitingEvents: (organization, oldest, newest) => store.waitingEvents(organization, oldest, newest),
        keyLastUsedAt: (keyId) => store.keyLastUsedAt(keyId),
        keyProject: (keyId) => store.keyProject(keyId),
        keyUse: (keyId) => store.keyUse(keyId),
        isEnded: (itemId) => store.isEnded(itemId),
        limitsVersion: (itemId) => store.limitsVersion(itemId),
        needsCredit: (itemId) => store.needsCredit(itemId),
        adminKeyUsed: (organization, id, at) => store.adminKeyUsed(organization, id, at),
        write: async (organization, changes) => {
          if (writes++ === 0) await take(owner, role.id, group_id);
          return store.write(organization, changes);
        },
      };
      const response = await administer(
        {
          method: "POST",
          path: "/v1/organization/projects",
          query: {},
          body: '{"name":"late"}',
          origin: { address: "192.0.2.1", requestId: "req-1" },
          caller: { organizationId: "org-a", userId: "user-a", keyId: "key_a" },
        },
        { ...tools, store: late },
      );
      expect([writes, response.status]).toEqual([1, 403]);
      expect(await all(owner.projects.list())).toEqual([]);
    },
  );
});
