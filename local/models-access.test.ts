import { describe, expect, test } from "vitest";
import { AccessDecision } from "../contracts/access/access-decision.ts";
import { controlMembers } from "./test/control-members.ts";

/** A project with a service account and a key of it. */
async function started() {
  const server = await controlMembers();
  const { url, ownerSecret, owner, post } = server;
  const project = await owner.projects.create({ name: "search" });
  const account = await owner.projects.serviceAccounts.create(project.id, { name: "app" });
  const get = async (query: Readonly<Record<string, string>>, secret = ownerSecret) => {
    const response = await fetch(`${url}/organization/access_decisions?${new URLSearchParams(query)}`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    return { status: response.status, body: await response.json() };
  };
  /** Outcome, rule and scope. */
  const decision = async (of: Readonly<Record<string, string>>, more: Readonly<Record<string, string>>) => {
    const { body } = await get({ ...of, ...more });
    const { outcome, rule, scope } = AccessDecision.parse(body);
    return `${outcome}: ${rule} (${scope})`;
  };
  const ofAccount = { principal_type: "service_account", principal_id: account.id, project_id: project.id };
  const ofKey = { principal_type: "api_key", principal_id: account.api_key?.id ?? "" };
  const change = async (path: string, body: object) =>
    expect((await post(`/organization/projects/${project.id}${path}`, ownerSecret, body)).status).toBe(200);
  return { ...server, project, account, get, decision, ofAccount, ofKey, change };
}

describe("the access decision", () => {
  // documented: access-decisions-models
  test("of an API key and of a service account names the scope of keys that allows an operation, and none of the control API", async () => {
    const { decision, ofAccount, ofKey } = await started();
    for (const principal of [ofAccount, ofKey]) {
      expect(await decision(principal, { operation: "createChatCompletion" })).toBe(
        "allowed: key-has-scope:generate (generate)",
      );
      expect(await decision(principal, { scope: "read" })).toBe("allowed: key-has-scope:generate (read)");
      expect(await decision(principal, { operation: "getHealth" })).toBe("allowed: public (public)");
      expect(await decision(principal, { operation: "putRoute" })).toBe("denied: key-lacks-scope:admin (admin)");
      expect(await decision(principal, { operation: "createProject" })).toBe(
        "denied: key-for-models-only (createProject)",
      );
      expect(await decision(principal, { scope: "users.read" })).toBe("denied: key-for-models-only (users.read)");
    }
  });

  test("of an API key changes with its scopes, its end, its project's models, and the project itself", async () => {
    const { decision, ofAccount, ofKey, change, clock, owner, project, url, ownerSecret } = await started();
    const chat = { operation: "createChatCompletion", model: "tiny" };
    await change("/model_permissions", { mode: "deny_list", model_ids: ["tiny"] });
    for (const principal of [ofAccount, ofKey]) {
      expect(await decision(principal, chat)).toBe("denied: key-not-for-model:tiny (generate)");
      expect(await decision(principal, { ...chat, model: "chat" })).toBe("allowed: key-has-scope:generate (generate)");
    }
    const removed = await fetch(`${url}/organization/projects/${project.id}/model_permissions`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${ownerSecret}` },
    });
    expect(removed.status).toBe(200);
    expect(await decision(ofKey, chat)).toBe("allowed: key-has-scope:generate (generate)");
    const path = `/api_keys/${ofKey.principal_id}`;
    await change(path, { scopes: ["api.all.read"], expires_in_seconds: 600 });
    expect(await decision(ofKey, chat)).toBe("denied: key-lacks-scope:generate (generate)");
    expect(await decision(ofKey, { operation: "listModels" })).toBe("allowed: key-has-scope:read (read)");
    expect(await decision(ofAccount, chat)).toBe("allowed: key-has-scope:generate (generate)");
    clock.ms += 600_000;
    expect(await decision(ofKey, { scope: "read" })).toBe("denied: key-expired (read)");
    await owner.projects.archive(project.id);
    expect(await decision(ofAccount, chat)).toBe("denied: key-revoked (generate)");
  });

  test.each([
    ["api_key", { scope: "observed" }, 400, "scope"],
    ["api_key", { operation: "createImage" }, 400, "operation"],
    ["api_key", { scope: "read", project_id: "proj_absent" }, 404, null],
    ["api_key", { scope: "read", principal_id: "key_absent" }, 404, null],
    ["service_account", { scope: "read" }, 400, "project_id"],
    ["service_account", { scope: "read", project_id: "PROJECT", principal_id: "svc_acct_absent" }, 404, null],
    ["user", { scope: "users.read", model: "tiny" }, 400, "model"],
  ])("of a %s for %j is refused with %i and the field %s", async (type, query, status, param) => {
    const { get, account, ofKey, project } = await started();
    const id = type === "api_key" ? ofKey.principal_id : account.id;
    const fields = Object.entries(query).map(([name, value]) => [name, value.replace("PROJECT", project.id)]);
    const found = await get({ principal_type: type, principal_id: id, ...Object.fromEntries(fields) });
    expect(found).toMatchObject({ status, body: { error: { param } } });
  });

  test("of keys and service accounts of another organisation is not found, and is for who may read them", async () => {
    const { get, owner: ofA, ofKey, ofAccount, joinWithKey, ownerOf } = await started();
    const query = { ...ofKey, scope: "read" };
    const foreign = await ownerOf("org-b");
    expect([(await get(query, foreign)).status, (await get({ ...ofAccount, scope: "read" }, foreign)).status]).toEqual([
      404, 404,
    ]);
    const role = await ofA.roles.create({ role_name: "Roles", permissions: ["roles.read", "projects.read"] });
    const secret = await joinWithKey("user-a", "member");
    await ofA.users.roles.create("user-a", { role_id: role.id });
    expect(await get(query, secret)).toMatchObject({
      status: 403,
      body: { error: { message: expect.stringContaining("more-than-own-roles:api_keys.read") } },
    });
    expect((await get({ ...ofAccount, scope: "read" }, secret)).status).toBe(403);
  });
});
