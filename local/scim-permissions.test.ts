import { describe, expect, test } from "vitest";
import { SCIM_OPERATIONS } from "../contracts/scim/operations.ts";
import { filter, patch } from "./test/identity-provider.ts";
import { ann, scimClient } from "./test/scim-client.ts";

describe("permissions of SCIM", () => {
  // documented: scim-permissions
  test("a reader reads, and is refused each change with the rule that decided", async () => {
    const { scim, as, keyOf, lines } = await scimClient();
    const { id } = (await scim("POST", "/Users", ann)).body;
    const reader = as(await keyOf(id));
    for (const [name, { method, path, scope }] of Object.entries(SCIM_OPERATIONS)) {
      const { status, body } = await reader(
        method,
        path.replace("/scim/v2", "").replace("{id}", "none"),
        method === "GET" ? undefined : ann,
      );
      if (scope.endsWith(".read")) expect([200, 404]).toContain(status);
      else expect(body).toMatchObject({ status: "403", detail: expect.stringContaining(`no-role-permits:${scope}`) });
      if (scope.endsWith(".write"))
        expect(lines).toContainEqual(
          expect.objectContaining({ operation: `scim.${name}`, decision_id: body.decision_id }),
        );
    }
  });

  test("with a role of one's own nobody provisions themselves more than they have", async () => {
    const { scim, as, keyOf, organization } = await scimClient();
    const [ann = "", bob = ""] = await Promise.all(
      ["ann", "bob"].map(async (name) => (await scim("POST", "/Users", { userName: `${name}@example.com` })).body.id),
    );
    const permissions = ["users.read", "users.write", "groups.read", "groups.write", "projects.read", "api_keys.read"];
    const all = [...permissions, "invites.read", "service_accounts.read"];
    const role = await organization.roles.create({ role_name: "provisioning", permissions: all });
    await organization.users.roles.create(ann, { role_id: role.id });
    const asAnn = as(await keyOf(ann));
    const admins = (await scim("POST", "/Groups", { displayName: "Admins" })).body.id;
    const powerful = await organization.roles.create({ role_name: "keys", permissions: ["admin_keys.write"] });
    await organization.groups.roles.create(admins, { role_id: powerful.id });
    const joining = patch({ op: "add", path: "members", value: [{ value: ann }] });
    const refusedBy = async (rule: string, method: string, path: string, body?: unknown) =>
      expect((await asAnn(method, path, body)).body).toMatchObject({
        status: "403",
        detail: expect.stringContaining(rule),
      });
    await refusedBy("more-than-own-roles:admin_keys.write", "PATCH", `/Groups/${admins}`, joining);
    await refusedBy("only-owners-change-addresses", "PUT", `/Users/${bob}`, { userName: "mine@example.com" });
    await organization.users.update(bob, { role: "owner" });
    await refusedBy(
      "only-owners-change-owners",
      "PATCH",
      `/Users/${bob}`,
      patch({ op: "replace", value: { active: false } }),
    );
    await refusedBy("only-owners-change-owners", "DELETE", `/Users/${bob}`);
    expect((await scim("GET", `/Groups/${admins}`)).body.members).toEqual([]);
    expect((await asAnn("POST", "/Users", { userName: "new@example.com" })).status).toBe(201);
  });

  test("another organisation's users and groups are not found", async () => {
    const { scim, as, owner, organization, lines } = await scimClient();
    const { id } = (await scim("POST", "/Users", ann)).body;
    const group = (await scim("POST", "/Groups", { displayName: "G" })).body;
    const foreign = as(await owner("org-b"));
    for (const [method, path] of [
      ["GET", `/Users/${id}`],
      ["DELETE", `/Users/${id}`],
      ["GET", `/Groups/${group.id}`],
      ["DELETE", `/Groups/${group.id}`],
    ] as const)
      expect((await foreign(method, path)).status).toBe(404);
    expect((await foreign("GET", `/Users${filter('userName eq "ann@example.com"')}`)).body.totalResults).toBe(0);
    expect(
      (await foreign("PATCH", `/Groups/${group.id}`, patch({ op: "add", path: "members", value: [{ value: id }] })))
        .status,
    ).toBe(404);
    expect((await as("sk-admin-none")("GET", "/Users")).status).toBe(401);
    expect(lines.some(({ path }) => path === "/scim/v2/Users")).toBe(true);
    expect((await organization.users.retrieve(id)).email).toBe("ann@example.com");
  });
});
