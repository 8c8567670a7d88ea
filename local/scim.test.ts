import { describe, expect, test } from "vitest";
import { SCIM_OPERATIONS } from "../contracts/scim/operations.ts";
import { SCIM } from "../contracts/scim/schemas.ts";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { firstAdminKey } from "../domain/tenancy/first-admin-key.ts";
import { all, controlServer } from "./test/control-server.ts";

type Fields = Record<string, unknown>;

/** An identity provider's client: the owner's admin key, and requests as Okta and Entra send them. */
async function identityProvider() {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const as = (key: string) => async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${server.url.replace(/\/v1$/, "/scim/v2")}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/scim+json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, type: response.headers.get("content-type"), body: json(text) };
  };
  /** An admin key of a user. */
  const keyOf = async (userId: string) => {
    const made = newAdminKey();
    const none = { organization: undefined, email: undefined, user: undefined, invite: undefined };
    const request = { organizationId: "org-a", email: "x@example.com", name: "own", nowMs: server.clock.ms };
    const changes = firstAdminKey(none, request, made).changes.flatMap((one) => {
      if (one.action !== "create") return [];
      if (one.record.kind === "adminKey") return [{ ...one, record: { ...one.record, ownerId: userId } }];
      return one.record.kind === "adminKeyIndex" ? [one] : [];
    });
    expect(changes.length).toBe(2);
    expect(await server.store.write("org-a", changes)).toBe(true);
    return made.secret;
  };
  return { ...server, as, keyOf, scim: as(secret), organization: server.sdk(secret), secret };
}
const json = (text: string) =>
  (text === "" ? undefined : JSON.parse(text)) as Fields & { id: string; Resources: Fields[] };
const filter = (text: string) => `?filter=${encodeURIComponent(text)}`;
const patch = (...Operations: readonly object[]) => ({ schemas: [SCIM.patch], Operations });
const ann = {
  schemas: [SCIM.user],
  userName: "Ann@Example.com",
  externalId: "00u1",
  name: { givenName: "Ann", familyName: "Lee" },
  emails: [{ primary: true, value: "ann@example.com", type: "work" }],
  displayName: "Ann Lee",
  locale: "en-US",
  groups: [],
  active: true,
};

describe("provisioning by SCIM", () => {
  // documented: scim-okta
  test("Okta's sequence: look up, create, update, put into a group, deactivate, activate", async () => {
    const { scim, organization, clock } = await identityProvider();
    const missing = await scim("GET", `/Users${filter('userName eq "ann@example.com"')}&startIndex=1&count=100`);
    expect(missing).toMatchObject({
      status: 200,
      type: "application/scim+json",
      body: { totalResults: 0, Resources: [] },
    });
    const created = await scim("POST", "/Users", ann);
    expect(created).toMatchObject({
      status: 201,
      body: { userName: "ann@example.com", externalId: "00u1", active: true, displayName: "Ann Lee", name: ann.name },
    });
    const { id } = created.body;
    expect(await organization.users.retrieve(id)).toMatchObject({
      email: "ann@example.com",
      name: "Ann Lee",
      role: "reader",
    });
    clock.ms += 5000;
    const replaced = await scim("PUT", `/Users/${id}`, {
      ...ann,
      id,
      displayName: "Ann M. Lee",
      userName: "ann.lee@example.com",
    });
    expect(replaced.body).toMatchObject({ id, displayName: "Ann M. Lee", userName: "ann.lee@example.com" });
    expect((await organization.users.retrieve(id)).email).toBe("ann.lee@example.com");
    expect((await scim("GET", `/Users${filter('userName eq "ann@example.com"')}`)).body.totalResults).toBe(0);
    const group = (
      await scim("POST", "/Groups", {
        schemas: [SCIM.group],
        displayName: "Search",
        members: [{ value: id, display: "Ann" }],
      })
    ).body;
    expect((await all(organization.groups.users.list(group.id))).map((one) => one.id)).toEqual([id]);
    expect(await organization.groups.retrieve(group.id)).toMatchObject({ name: "Search", is_scim_managed: true });
    const off = await scim("PATCH", `/Users/${id}`, patch({ op: "replace", value: { active: false } }));
    expect(off).toMatchObject({ status: 200, body: { id, active: false, displayName: "Ann M. Lee" } });
    await expect(organization.users.retrieve(id)).rejects.toMatchObject({ status: 404 });
    expect((await scim("GET", `/Users${filter('userName eq "ann.lee@example.com"')}`)).body.Resources).toMatchObject([
      { id, active: false },
    ]);
    const on = await scim("PATCH", `/Users/${id}`, patch({ op: "replace", value: { active: true } }));
    expect(on.body).toMatchObject({ id, active: true });
    expect(await organization.users.retrieve(id)).toMatchObject({ email: "ann.lee@example.com", role: "reader" });
    const events = await all(organization.auditLogs.list({ resource_ids: [id] }));
    expect(events.map(({ type }) => type).filter((type) => type.startsWith("user."))).toEqual([
      ...["user.added", "user.deleted", "user.updated", "user.added"],
    ]);
  });

  // documented: scim-entra
  test("Entra's sequence: probe, create, change members, rename, delete", async () => {
    const { scim, organization } = await identityProvider();
    expect((await scim("GET", `/Users${filter('externalId eq "none"')}`)).body.Resources).toEqual([]);
    const ids = [];
    for (const name of ["a", "b", "c"])
      ids.push(
        (
          await scim("POST", "/Users", {
            schemas: [SCIM.user],
            userName: `${name}@example.com`,
            externalId: name,
            active: "True",
          })
        ).body.id,
      );
    const [a = "", b = "", c = ""] = ids;
    expect((await scim("GET", `/Users${filter('externalId eq "b"')}`)).body.Resources).toMatchObject([{ id: b }]);
    const { id } = (await scim("POST", "/Groups", { schemas: [SCIM.group], displayName: "Team", externalId: "g1" }))
      .body;
    const found = await scim("GET", `/Groups${filter('displayName eq "Team"')}&excludedAttributes=members`);
    expect(found.body.Resources).toMatchObject([{ id, externalId: "g1" }]);
    // The name of a group has no difference of upper and lower case; an external id has.
    expect((await scim("GET", `/Groups${filter('displayName eq "tEAM"')}`)).body.Resources).toMatchObject([{ id }]);
    expect((await scim("GET", `/Groups${filter('externalId eq "G1"')}`)).body.Resources).toEqual([]);
    const members = async () =>
      ((await scim("GET", `/Groups/${id}`)).body.members as Fields[]).map(({ value }) => value);
    const added = await scim(
      "PATCH",
      `/Groups/${id}`,
      patch({ op: "Add", path: "members", value: [{ value: a }, { value: b }] }),
    );
    expect([added.status, await members()]).toEqual([200, [a, b]]);
    await scim("PATCH", `/Groups/${id}`, patch({ op: "Add", path: "members", value: [{ value: b }] }));
    await scim("PATCH", `/Groups/${id}`, patch({ op: "Remove", path: "members", value: [{ value: a }] }));
    expect(await members()).toEqual([b]);
    await scim(
      "PATCH",
      `/Groups/${id}`,
      patch(
        { op: "Replace", path: "members", value: [{ value: c }] },
        { op: "Replace", path: "displayName", value: "Teams" },
      ),
    );
    expect([await members(), (await organization.groups.retrieve(id)).name]).toEqual([[c], "Teams"]);
    expect(
      (await scim("PATCH", `/Users/${c}`, patch({ op: "Replace", path: "active", value: "False" }))).body.active,
    ).toBe(false);
    expect((await scim("DELETE", `/Users/${c}`)).status).toBe(204);
    expect((await scim("GET", `/Users/${c}`)).status).toBe(404);
    expect((await scim("POST", "/Users", { userName: "c@example.com" })).status).toBe(201);
    expect((await scim("DELETE", `/Groups/${id}`)).status).toBe(204);
    expect((await scim("GET", `/Groups/${id}`)).body).toMatchObject({ schemas: [SCIM.error], status: "404" });
  });

  test("a deactivated user's admin keys are refused with the next request, and work again once the user is active", async () => {
    const { scim, as, keyOf, organization } = await identityProvider();
    const { id } = (await scim("POST", "/Users", ann)).body;
    await organization.users.update(id, { role: "owner" });
    const annsKey = as(await keyOf(id));
    expect((await annsKey("GET", "/Users")).status).toBe(200);
    expect((await annsKey("DELETE", `/Users/${id}`)).body).toMatchObject({ status: "400", scimType: "mutability" });
    await scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
    expect((await annsKey("GET", "/Users")).body).toMatchObject({ schemas: [SCIM.error], status: "401" });
    await scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: true }));
    expect((await annsKey("GET", "/Users")).status).toBe(200);
  });

  test("a user whom an owner removes is gone at the identity provider too, and can be created again", async () => {
    const { scim, organization } = await identityProvider();
    const { id } = (await scim("POST", "/Users", ann)).body;
    await organization.users.delete(id);
    expect((await scim("GET", `/Users/${id}`)).status).toBe(404);
    const again = await scim("POST", "/Users", ann);
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(id);
  });

  test("a replacement that says nothing of `active` activates nobody", async () => {
    const { scim } = await identityProvider();
    const { id } = (await scim("POST", "/Users", { userName: "a@example.com" })).body;
    await scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
    const replaced = await scim("PUT", `/Users/${id}`, { userName: "a@example.com", displayName: "A" });
    expect(replaced.body).toMatchObject({ displayName: "A", active: false });
  });

  test("a group is made once, also when its request is sent again, and with all members while others change it", async () => {
    const { scim, organization } = await identityProvider();
    const ids = [];
    for (const name of ["a", "b", "c", "d"])
      ids.push((await scim("POST", "/Users", { userName: `${name}@example.com` })).body.id);
    const body = { displayName: "G", externalId: "g1", members: ids.map((value) => ({ value })) };
    const [made] = await Promise.all([
      scim("POST", "/Groups", body),
      ...ids.map((id) => organization.users.update(id, { role: "owner" }, { maxRetries: 5 })),
    ]);
    expect(made.status).toBe(201);
    expect((made.body.members as Fields[]).map(({ value }) => value)).toEqual(ids);
    expect(await scim("POST", "/Groups", body)).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    expect((await all(organization.groups.list())).length).toBe(1);
  });

  test("lists users whom nobody provisioned too, in pages by index", async () => {
    const { scim } = await identityProvider();
    for (const name of ["a", "b", "c"])
      await scim("POST", "/Users", { userName: `${name}@example.com`, active: name !== "b" });
    const page = (await scim("GET", "/Users?startIndex=2&count=2")).body;
    expect(page).toMatchObject({ totalResults: 4, startIndex: 2, itemsPerPage: 2 });
    const whole = (await scim("GET", "/Users?startIndex=-1&count=1000")).body.Resources.map(({ userName }) => userName);
    expect(whole).toEqual(["owner@org-a.example", "a@example.com", "b@example.com", "c@example.com"]);
    expect((await scim("GET", "/Users?count=-1")).body).toMatchObject({ totalResults: 4, Resources: [] });
  });

  test.each([
    ["POST", "/Users", "{", 400, "invalidSyntax", "JSON"],
    ["POST", "/Users", {}, 400, "invalidValue", "`userName` is required"],
    [
      "POST",
      "/Users",
      { userName: "ann" },
      400,
      "invalidValue",
      `got "ann"; map userName to the user's e-mail address`,
    ],
    ["POST", "/Users", { userName: "\u212Aate@example.com" }, 400, "invalidValue", "userName"],
    ["POST", "/Users", { userName: "owner@org-a.example" }, 409, "uniqueness", "exists already"],
    [
      "POST",
      "/Users",
      { userName: "a@example.com", active: "yes" },
      400,
      "invalidValue",
      '`active` must be a boolean, got "yes"',
    ],
    ["GET", "/Users?filter=title%20pr", undefined, 400, "invalidFilter", 'userName eq "…"'],
    ["GET", "/Users?filter=title%20pr", undefined, 400, "invalidFilter", 'got "title pr"'],
    ["GET", "/Users?count=1e1", undefined, 400, "invalidValue", 'without leading zeros, got "1e1"; correct it.'],
    ["GET", "/Users?count=1&count=2", undefined, 400, "invalidValue", "`count` must come once in the query"],
    ["PATCH", "/Users/user-none", patch({ op: "replace", value: { active: false } }), 404, undefined, "user-none"],
    ["PATCH", "/Users/user-none", {}, 400, "invalidValue", "Operations"],
    ["POST", "/Groups", { displayName: "G", members: [{ value: "user-none" }] }, 400, "invalidValue", "user-none"],
    ["POST", "/Bulk", {}, 404, undefined, "path"],
    ["PUT", "/Users", {}, 405, undefined, "GET, POST"],
  ])("%s %s %j is refused with %i", async (method, path, body, status, scimType, detail) => {
    const { scim, organization } = await identityProvider();
    const refused = await scim(method, path, body);
    expect(refused).toMatchObject({ status, type: "application/scim+json" });
    expect(refused.body).toMatchObject({ schemas: [SCIM.error], status: String(status) });
    expect(refused.body.scimType).toBe(scimType);
    expect(refused.body.detail).toContain(detail);
    expect((await all(organization.users.list())).length).toBe(1);
    expect((await all(organization.groups.list())).length).toBe(0);
  });

  // documented: scim-permissions
  test("a reader reads, and is refused each change with the rule that decided", async () => {
    const { scim, as, keyOf, lines } = await identityProvider();
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
    const { scim, as, keyOf, organization } = await identityProvider();
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
    const { scim, as, owner, organization, lines } = await identityProvider();
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

  test("says what it can", async () => {
    const { scim } = await identityProvider();
    expect((await scim("GET", "/ServiceProviderConfig")).body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
    });
    expect((await scim("GET", "/ResourceTypes")).body.Resources.map(({ id }) => id)).toEqual(["User", "Group"]);
    expect((await scim("GET", "/Schemas")).body.Resources.map(({ id }) => id)).toEqual([SCIM.user, SCIM.group]);
  });
});
