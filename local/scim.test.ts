import { describe, expect, test } from "vitest";
import { SCIM } from "../contracts/scim/schemas.ts";
import { all } from "./test/control-server.ts";
import { filter, patch } from "./test/identity-provider.ts";
import { ann, type Fields, scimClient } from "./test/scim-client.ts";

describe("provisioning by SCIM", () => {
  // documented: scim-okta
  test("Okta's sequence: look up, create, update, put into a group, deactivate, activate", async () => {
    const { scim, organization, clock } = await scimClient();
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
    const { scim, organization } = await scimClient();
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
    const { scim, as, keyOf, organization } = await scimClient();
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
    const { scim, organization } = await scimClient();
    const { id } = (await scim("POST", "/Users", ann)).body;
    await organization.users.delete(id);
    expect((await scim("GET", `/Users/${id}`)).status).toBe(404);
    const again = await scim("POST", "/Users", ann);
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(id);
  });

  test("a replacement that says nothing of `active` activates nobody", async () => {
    const { scim } = await scimClient();
    const { id } = (await scim("POST", "/Users", { userName: "a@example.com" })).body;
    await scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
    const replaced = await scim("PUT", `/Users/${id}`, { userName: "a@example.com", displayName: "A" });
    expect(replaced.body).toMatchObject({ displayName: "A", active: false });
  });

  test("a group is made once, also when its request is sent again, and with all members while others change it", async () => {
    const { scim, organization } = await scimClient();
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
    const { scim } = await scimClient();
    for (const name of ["a", "b", "c"])
      await scim("POST", "/Users", { userName: `${name}@example.com`, active: name !== "b" });
    const page = (await scim("GET", "/Users?startIndex=2&count=2")).body;
    expect(page).toMatchObject({ totalResults: 4, startIndex: 2, itemsPerPage: 2 });
    const whole = (await scim("GET", "/Users?startIndex=-1&count=1000")).body.Resources.map(({ userName }) => userName);
    expect(whole).toEqual(["owner@org-a.example", "a@example.com", "b@example.com", "c@example.com"]);
    expect((await scim("GET", "/Users?count=-1")).body).toMatchObject({ totalResults: 4, Resources: [] });
  });

  test("says what it can", async () => {
    const { scim } = await scimClient();
    expect((await scim("GET", "/ServiceProviderConfig")).body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
    });
    expect((await scim("GET", "/ResourceTypes")).body.Resources.map(({ id }) => id)).toEqual(["User", "Group"]);
    expect((await scim("GET", "/Schemas")).body.Resources.map(({ id }) => id)).toEqual([SCIM.user, SCIM.group]);
  });
});
