import { describe, expect, test } from "vitest";
import { AccessDecision } from "../contracts/access/access-decision.ts";
import { CreatedAdminApiKey } from "../contracts/control/admin-keys.ts";
import { controlMembers } from "./test/control-members.ts";

async function started() {
  const server = await controlMembers();
  const { url, ownerSecret, owner, post } = server;
  const get = async (query: Readonly<Record<string, string>>, secret = ownerSecret) => {
    const response = await fetch(`${url}/organization/access_decisions?${new URLSearchParams(query)}`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    return { status: response.status, body: await response.json() };
  };
  /** Outcome and rule. */
  const decision = async (type: "user" | "admin_key", id: string, more: Readonly<Record<string, string>>) => {
    const { body } = await get({ principal_type: type, principal_id: id, ...more });
    const { outcome, rule } = AccessDecision.parse(body);
    return `${outcome}: ${rule}`;
  };
  const adminKey = async (scopes: readonly string[] | null) => {
    const made = await post("/organization/admin_api_keys", ownerSecret, { name: "job", scopes });
    return CreatedAdminApiKey.parse(await made.json());
  };
  return { ...server, get, decision, adminKey, project: await owner.projects.create({ name: "one" }) };
}

describe("the access decision", () => {
  // documented: access-decisions
  test("of a user is the one that a request of the user gets, by roles of the organisation, the project and groups", async () => {
    const { decision, join, owner, project } = await started();
    const user = await join("user-a", "member");
    const inProject = { project_id: project.id };
    expect(await decision("user", "user-a", { operation: "createProject" })).toBe(
      "denied: no-role-permits:projects.write",
    );
    expect(await decision("user", "user-a", { operation: "retrieveProject", ...inProject })).toBe(
      "hidden: not-a-member-of-the-project",
    );
    await owner.projects.users.create(project.id, { user_id: "user-a", role: "owner" });
    expect(await decision("user", "user-a", { operation: "createServiceAccount", ...inProject })).toBe(
      "allowed: project-role:owner",
    );
    await user.projects.serviceAccounts.create(project.id, { name: "job" });
    const role = await owner.roles.create({ role_name: "Builder", permissions: ["projects.write"] });
    const group = await owner.groups.create({ name: "team" });
    await owner.groups.roles.create(group.id, { role_id: role.id });
    await owner.groups.users.create(group.id, { user_id: "user-a" });
    expect(await decision("user", "user-a", { scope: "projects.write" })).toBe("allowed: organization-role:Builder");
    expect((await user.projects.create({ name: "two" })).name).toBe("two");
  });

  test("of an operation for what is one's own says so", async () => {
    const { get, join, project, owner } = await started();
    await join("user-a", "member");
    await owner.projects.users.create(project.id, { user_id: "user-a", role: "member" });
    const { body } = await get({
      principal_type: "user",
      principal_id: "user-a",
      operation: "listProjectApiKeys",
      project_id: project.id,
    });
    expect(body).toMatchObject({ outcome: "allowed", scope: "own_api_keys.read", own_only: true });
  });

  test("of an admin key is narrowed by its scopes, and refused once it has expired or its owner is gone", async () => {
    const { decision, adminKey, clock, post, ownerSecret, joinWithKey, store } = await started();
    const [whole, narrow] = [await adminKey(null), await adminKey(["users.read"])];
    expect(await decision("admin_key", whole.id, { operation: "createProject" })).toBe(
      "allowed: organization-role:owner",
    );
    expect(await decision("admin_key", narrow.id, { operation: "listUsers" })).toBe("allowed: organization-role:owner");
    expect(await decision("admin_key", narrow.id, { operation: "createProject" })).toBe(
      "denied: key-scope:projects.write",
    );
    const made = await post("/organization/admin_api_keys", ownerSecret, { name: "short", expires_in_seconds: 60 });
    const { id } = CreatedAdminApiKey.parse(await made.json());
    clock.ms += 61_000;
    expect(await decision("admin_key", id, { scope: "users.read" })).toBe("denied: key-expired");
    await joinWithKey("user-b");
    const keys = await store.list("org-a", { kind: "adminKey", limit: 10 });
    const key = keys.records.find(({ ownerId }) => ownerId === "user-b");
    await store.write("org-a", [{ action: "remove", key: { kind: "user", ids: ["user-b"] }, version: 1 }]);
    expect(await decision("admin_key", key?.id ?? "", { scope: "users.read" })).toBe("denied: no-user");
  });

  test.each([
    [{ operation: "toString" }, 400, "operation"],
    [{ operation: "createServiceAccount" }, 400, "project_id"],
    [{ operation: "createProject", project_id: "PROJECT" }, 400, "project_id"],
    [{ scope: "users.read", project_id: "PROJECT" }, 400, "project_id"],
    [{ scope: "users.read", operation: "listUsers" }, 400, "operation"],
    [{}, 400, "operation"],
    [{ scope: "users" }, 400, "scope"],
    [{ scope: "projects.read", project_id: "proj_absent" }, 404, null],
    [{ scope: "users.read", principal_id: "user-absent" }, 404, null],
    [{ scope: "users.read", principal_type: "admin_key", principal_id: "key_absent" }, 404, null],
  ])("for %j is refused with %i and the field %s", async (query, status, param) => {
    const { get, join, project } = await started();
    await join("user-a");
    const fields = Object.entries(query).map(([name, value]) => [name, value.replace("PROJECT", project.id)]);
    const found = await get({ principal_type: "user", principal_id: "user-a", ...Object.fromEntries(fields) });
    expect(found).toMatchObject({ status, body: { error: { param } } });
  });

  test("is for who may read roles, about admin keys for who may read those, and foreign users are not found", async () => {
    const { get, joinWithKey, adminKey, store } = await started();
    const reader = await joinWithKey("user-a");
    const { id } = await adminKey(null);
    const query = { principal_type: "user", principal_id: "user-a", scope: "users.read" };
    expect((await get(query, reader)).status).toBe(200);
    const ofKey = { ...query, principal_type: "admin_key", principal_id: id };
    expect(await get(ofKey, reader)).toMatchObject({
      status: 403,
      body: { error: { message: expect.stringContaining("more-than-own-roles:admin_keys.read") } },
    });
    expect((await get(query, await joinWithKey("user-m", "member"))).status).toBe(403);
    const foreign = {
      kind: "user",
      version: 1,
      id: "user-f",
      email: "f@example.com",
      role: "owner",
      addedAt: 1,
    } as const;
    await store.write("org-b", [{ action: "create", record: foreign }]);
    expect((await get({ ...query, principal_id: "user-f" })).status).toBe(404);
  });
});
