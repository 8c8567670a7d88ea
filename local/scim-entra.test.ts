import { describe, expect, test } from "vitest";
import { SCIM } from "../contracts/scim/schemas.ts";
import { all } from "./test/control-server.ts";
import { filter, identityProvider, patch } from "./test/identity-provider.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const OWN_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

/** A user as Entra creates it. */
const person = (name: string, more: object = {}) => ({
  schemas: [SCIM.user, ENTERPRISE],
  externalId: `oid-${name}`,
  userName: `${name}@example.com`,
  active: true,
  displayName: `${name} Lee`,
  emails: [{ primary: true, type: "work", value: `${name}@example.com` }],
  meta: { resourceType: "User" },
  name: { formatted: `${name} Lee`, familyName: "Lee", givenName: name },
  roles: [],
  [ENTERPRISE]: { employeeNumber: "701984", department: "Research" },
  ...more,
});
const team = (name: string, more: object = {}) => ({
  schemas: [SCIM.group, OWN_GROUP],
  externalId: `oid-${name}`,
  displayName: name,
  meta: { resourceType: "Group" },
  ...more,
});
const member = (value: string) => ({ $ref: null, value });

/** A group of Entra with its people, which is in the project. */
async function provisioned(...names: readonly string[]) {
  const entra = await identityProvider();
  const ids: string[] = [];
  for (const name of names) ids.push((await entra.scim("POST", "/Users", person(name))).body.id);
  const { id } = (await entra.scim("POST", "/Groups", team("Team"))).body;
  await entra.intoProject(id);
  const change = (...operations: readonly object[]) => entra.scim("PATCH", `/Groups/${id}`, patch(...operations));
  const add = (...users: readonly string[]) => change({ op: "Add", path: "members", value: users.map(member) });
  return { ...entra, ids, groupId: id, change, add };
}

// Requests in the shapes of Microsoft's "Develop and plan provisioning for a SCIM endpoint", of the old and of the later form of PATCH.
describe("Entra's sequences", () => {
  test("connection test: a user who can't exist is looked up, and the empty list is a success", async () => {
    const { scim, as } = await identityProvider();
    for (const attribute of ["userName", "externalId"]) {
      const { status, body } = await scim("GET", `/Users${filter(`${attribute} eq "5b1d2c0e-none"`)}`);
      expect([status, body.totalResults, body.Resources]).toEqual([200, 0, []]);
    }
    expect((await as("sk-admin-wrong")("GET", `/Users${filter('userName eq "x"')}`)).status).toBe(401);
  });

  test("creation: the enterprise extension is not stored, and the user is found by address and by object id", async () => {
    const { scim, organization } = await identityProvider();
    const { status, body } = await scim("POST", "/Users", person("ann"));
    expect([status, body.externalId, body.schemas]).toEqual([201, "oid-ann", [SCIM.user]]);
    expect(body).not.toHaveProperty(ENTERPRISE);
    expect((await organization.users.retrieve(body.id)).role).toBe("reader");
    // The validator of Microsoft writes spaces as plus signs.
    for (const query of [
      "?filter=userName+eq+%22ANN%40example.com%22",
      filter('externalId eq "oid-ann"'),
      filter(`id eq "${body.id}"`),
    ])
      expect((await scim("GET", `/Users${query}`)).body.Resources).toEqual([body]);
  });

  test("only the attributes that are asked for come back, and those that are excluded do not", async () => {
    const { scim, provisionedId } = await identityProvider().then(async (entra) => ({
      ...entra,
      provisionedId: (await entra.scim("POST", "/Users", person("ann"))).body.id,
    }));
    const some = await scim("GET", `/Users${filter('userName eq "ann@example.com"')}&attributes=id,userName`);
    expect(some.body.Resources).toEqual([{ schemas: [SCIM.user], id: provisionedId, userName: "ann@example.com" }]);
    const { body } = await scim(
      "GET",
      `/Users/${provisionedId}?excludedAttributes=emails,name,${SCIM.user}:displayName`,
    );
    expect(body).toMatchObject({ id: provisionedId, active: true });
    for (const name of ["emails", "name", "displayName"]) expect(body).not.toHaveProperty(name);
  });

  test("update: dotted names, selected addresses and attributes of the extension come in one PATCH", async () => {
    const { scim, ids } = await provisioned("ann");
    const changed = await scim(
      "PATCH",
      `/Users/${ids[0]}`,
      patch(
        { op: "Replace", path: 'emails[type eq "work"].value', value: "other@example.com" },
        { op: "Add", path: `${ENTERPRISE}:department`, value: "Search" },
        { op: "Add", path: `${ENTERPRISE}:manager`, value: { value: ids[0], $ref: null } },
        { op: "Remove", path: `${ENTERPRISE}:manager` },
        { op: "Add", value: { "name.givenName": "Anna", [`${ENTERPRISE}:employeeNumber`]: "7" } },
        { op: "Replace", path: "name.familyName", value: "Lee-Cho" },
        { op: "Replace", path: 'phoneNumbers[type eq "mobile"].value', value: "+1 555 0100" },
        { op: "Replace", path: 'roles[primary eq "True"].value', value: "x" },
      ),
    );
    expect(changed).toMatchObject({ status: 200, body: { userName: "ann@example.com", displayName: "ann Lee" } });
    expect(changed.body.name).toEqual({ formatted: "ann Lee", givenName: "Anna", familyName: "Lee-Cho" });
  });

  test.each([
    ["the old form, with the boolean as text", { op: "Replace", path: "active", value: "False" }],
    ["the later form, with a boolean", { op: "replace", path: "active", value: false }],
    ["without a path", { op: "Replace", value: { active: "False" } }],
  ])("soft deletion in %s ends keys and sign-in; the activation brings back id, role and groups", async (_, off) => {
    const { scim, add, ids, keyOf, refusal, signIn, organization } = await provisioned("ann");
    const [id = ""] = ids;
    await add(id);
    await organization.users.update(id, { role: "owner" });
    const key = await keyOf("ann@example.com");
    expect((await scim("PATCH", `/Users/${id}`, patch(off))).body).toMatchObject({ id, active: false });
    expect(await refusal(key)).toBe("invalid");
    expect((await signIn("ann@example.com")).status).toBe(400);
    // Entra demands that a disabled user is still found.
    expect((await scim("GET", `/Users${filter('userName eq "ann@example.com"')}`)).body.Resources).toMatchObject([
      { id, active: false },
    ]);
    await scim("PATCH", `/Users/${id}`, patch({ op: "Replace", path: "active", value: "True" }));
    expect((await organization.users.retrieve(id)).role).toBe("owner");
    expect(await refusal(await keyOf("ann@example.com"))).toBeUndefined();
  });

  test("hard deletion after the soft one: the user is gone, and a deletion that is sent again is 404", async () => {
    const { scim, add, ids, members, groupId } = await provisioned("ann", "bob");
    const [ann = "", bob = ""] = ids;
    await add(ann, bob);
    await scim("PATCH", `/Users/${ann}`, patch({ op: "Replace", path: "active", value: "False" }));
    expect((await scim("DELETE", `/Users/${ann}`)).status).toBe(204);
    expect((await scim("GET", `/Users/${ann}`)).status).toBe(404);
    expect((await scim("DELETE", `/Users/${ann}`)).status).toBe(404);
    const again = await scim("POST", "/Users", person("ann"));
    expect([again.status, again.body.id === ann]).toEqual([201, false]);
    expect(await members(groupId)).toContain(bob);
    expect(await members(groupId)).not.toContain(again.body.id);
  });

  test("rename: the user principal name changes, and the object id finds the same user", async () => {
    const { scim, ids, add, keyOf, signIn } = await provisioned("ann");
    await add(...ids);
    await scim("PATCH", `/Users/${ids[0]}`, patch({ op: "Replace", path: "userName", value: "Anna@example.com" }));
    expect((await scim("GET", `/Users${filter('externalId eq "oid-ann"')}`)).body.Resources).toMatchObject([
      { id: ids[0], userName: "anna@example.com" },
    ]);
    expect(await keyOf("anna@example.com")).toMatch(/^sk-/);
    expect((await signIn("ann@example.com")).status).toBe(400);
  });

  test("group creation: without members, found by name and object id, and made once", async () => {
    const { scim, organization } = await identityProvider();
    const made = await scim("POST", "/Groups", team("Search"));
    expect(made).toMatchObject({ status: 201, body: { displayName: "Search", externalId: "oid-Search", members: [] } });
    for (const text of ['displayName eq "Search"', 'externalId eq "oid-Search"'])
      expect((await scim("GET", `/Groups${filter(text)}&excludedAttributes=members`)).body.Resources).toMatchObject([
        { id: made.body.id },
      ]);
    expect(await scim("POST", "/Groups", team("Search"))).toMatchObject({
      status: 409,
      body: { scimType: "uniqueness" },
    });
    expect((await all(organization.groups.list())).length).toBe(1);
    expect((await scim("GET", `/Groups/${made.body.id}?excludedAttributes=members`)).body).not.toHaveProperty(
      "members",
    );
  });

  test("members are added and removed in both forms of PATCH, also when a request is sent again", async () => {
    const { add, change, ids, members, groupId, keyOf, refusal } = await provisioned("ann", "bob", "cho");
    const [ann = "", bob = "", cho = ""] = ids;
    await add(ann, bob, cho);
    expect((await add(bob)).status).toBe(200);
    const keys = [await keyOf("ann@example.com"), await keyOf("bob@example.com"), await keyOf("cho@example.com")];
    await change({ op: "Remove", path: "members", value: [member(ann)] });
    for (const _ of [1, 2]) await change({ op: "Remove", path: `members[value eq "${bob}"]` });
    expect(await members(groupId)).toEqual([cho]);
    expect(await Promise.all(keys.map(refusal))).toEqual(["invalid", "invalid", undefined]);
  });

  test("a membership is looked up by the ids of group and user", async () => {
    const { scim, add, ids, groupId } = await provisioned("ann", "bob");
    const [ann = "", bob = ""] = ids;
    await add(ann);
    const found = async (user: string) =>
      (await scim("GET", `/Groups${filter(`id eq "${groupId}" and members eq "${user}"`)}&attributes=id`)).body
        .Resources;
    expect(await found(ann)).toEqual([{ schemas: [SCIM.group], id: groupId }]);
    expect(await found(bob)).toEqual([]);
    expect((await scim("GET", `/Groups${filter('id eq "none" and members eq "none"')}`)).body.Resources).toEqual([]);
  });

  test("group rename: name and object id are replaced, and the members stay", async () => {
    const { change, add, ids, members, groupId, organization, scim } = await provisioned("ann");
    await add(...ids);
    await change(
      { op: "Replace", path: "displayName", value: "Retrieval" },
      { op: "Replace", path: "externalId", value: "oid-2" },
    );
    expect((await organization.groups.retrieve(groupId)).name).toBe("Retrieval");
    expect((await scim("GET", `/Groups${filter('externalId eq "oid-2"')}`)).body.Resources).toMatchObject([
      { id: groupId },
    ]);
    expect(await members(groupId)).toEqual(ids);
  });

  test("group deletion: the keys of its members end", async () => {
    const { scim, add, ids, groupId, keyOf, refusal } = await provisioned("ann");
    await add(...ids);
    const key = await keyOf("ann@example.com");
    expect((await scim("DELETE", `/Groups/${groupId}`)).status).toBe(204);
    expect(await refusal(key)).toBe("invalid");
    const gone = await scim(
      "PATCH",
      `/Groups/${groupId}`,
      patch({ op: "Add", path: "members", value: ids.map(member) }),
    );
    expect(gone).toMatchObject({ status: 404, body: { detail: expect.stringContaining(groupId) } });
  });

  test("an unknown member is refused with its id, and nothing of the request is done", async () => {
    const { change, ids, members, groupId, organization } = await provisioned("ann");
    const refused = await change(
      { op: "Add", path: "members", value: [member(ids[0] ?? ""), member("user-none")] },
      { op: "Replace", path: "displayName", value: "Other" },
    );
    expect(refused).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
    expect(refused.body.detail).toContain("user-none");
    expect([await members(groupId), (await organization.groups.retrieve(groupId)).name]).toEqual([[], "Team"]);
  });

  test("discovery: what the service can, its resource types and its schemas, each also by its id", async () => {
    const { scim } = await identityProvider();
    const config = (await scim("GET", "/ServiceProviderConfig")).body;
    expect(config).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
      etag: { supported: false },
    });
    for (const path of ["/ResourceTypes", "/Schemas"])
      for (const one of (await scim("GET", path)).body.Resources)
        expect((await scim("GET", `${path}/${one.id}`)).body).toEqual(one);
    expect((await scim("GET", "/ResourceTypes/Device")).status).toBe(404);
    expect((await scim("GET", `/Schemas/${ENTERPRISE}`)).status).toBe(404);
  });
});
