import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import { SCIM } from "../contracts/scim/schemas.ts";
import { startLocalIssuer } from "./issuer/local-issuer.ts";
import { all } from "./test/control-server.ts";
import { filter, identityProvider, patch } from "./test/identity-provider.ts";
import { signInCode } from "./test/oidc-sign-in.ts";
import { personExchange } from "./test/person-exchange.ts";

/** A user's profile as Okta pushes it: with attributes that are not stored, and a password that nobody asked for. */
const profile = (name: string, more: object = {}) => ({
  schemas: [SCIM.user],
  userName: `${name}@example.com`,
  externalId: `00u-${name}`,
  name: { givenName: name, middleName: "", familyName: "Lee" },
  emails: [{ primary: true, value: `${name}@example.com`, type: "work", display: `${name}@example.com` }],
  phoneNumbers: [{ value: "+1 555 0100", type: "work" }],
  displayName: `${name} Lee`,
  locale: "en-US",
  password: "okta-made-Pw-1",
  groups: [],
  active: true,
  ...more,
});
const lookUp = (name: string) => `/Users${filter(`userName eq "${name}@example.com"`)}&startIndex=1&count=100`;
const deactivate = patch({ op: "replace", value: { active: false } });

/** A group that Okta has pushed, with people who are in the project by it. */
async function pushed(...names: readonly string[]) {
  const okta = await identityProvider();
  const ids: string[] = [];
  for (const name of names) ids.push((await okta.scim("POST", "/Users", profile(name))).body.id);
  const made = await okta.scim("POST", "/Groups", { schemas: [SCIM.group], displayName: "Search", members: [] });
  const { id } = made.body;
  await okta.intoProject(id);
  const change = (...operations: readonly object[]) => okta.scim("PATCH", `/Groups/${id}`, patch(...operations));
  const add = (...users: readonly string[]) =>
    change({ op: "add", path: "members", value: users.map((value) => ({ value, display: "a person" })) });
  return { ...okta, ids, groupId: id, change, add };
}

// Requests in the shapes of Okta's reference "Okta and SCIM Version 2.0".
describe("Okta's sequences", () => {
  test("connection test: the first two users and the first groups are asked for, in pages by index", async () => {
    const { scim, assigned } = await identityProvider();
    for (const name of ["a", "b", "c"]) await assigned(name);
    const first = await scim("GET", "/Users?startIndex=1&count=2");
    expect(first.body).toMatchObject({ totalResults: 4, startIndex: 1, itemsPerPage: 2 });
    const rest = await scim("GET", "/Users?startIndex=3&count=2");
    const found = [...first.body.Resources, ...rest.body.Resources].map(({ userName }) => userName);
    expect(found).toEqual(["owner@org-a.example", "a@example.com", "b@example.com", "c@example.com"]);
    expect((await scim("GET", "/Users?startIndex=5&count=2")).body).toMatchObject({ totalResults: 4, Resources: [] });
    expect((await scim("GET", "/Groups?startIndex=1&count=100")).body).toMatchObject({ totalResults: 0 });
  });

  test("assignment: a user who is not found is created as a reader, and the password is stored and logged nowhere", async () => {
    const { scim, organization, document, controlTable, lines } = await identityProvider();
    expect((await scim("GET", lookUp("ann"))).body).toMatchObject({ totalResults: 0, Resources: [] });
    const created = await scim("POST", "/Users", profile("ann"));
    expect(created).toMatchObject({
      status: 201,
      body: { active: true, externalId: "00u-ann", displayName: "ann Lee" },
    });
    expect(await organization.users.retrieve(created.body.id)).toMatchObject({ role: "reader", name: "ann Lee" });
    expect((await scim("GET", lookUp("ann"))).body.Resources).toMatchObject([{ id: created.body.id }]);
    const stored = JSON.stringify((await document.send(new ScanCommand({ TableName: controlTable }))).Items);
    for (const text of [created.text, stored, JSON.stringify(lines)]) expect(text).not.toContain("okta-made-Pw-1");
  });

  test("profile push: the whole user is replaced, and an attribute that is not sent is taken away", async () => {
    const { scim } = await identityProvider();
    const { id } = (await scim("POST", "/Users", profile("ann"))).body;
    const { displayName: _, ...unnamed } = profile("ann", { name: { givenName: "Anna", familyName: "Lee-Cho" } });
    const replaced = await scim("PUT", `/Users/${id}`, { ...unnamed, id, title: "Engineer" });
    expect(replaced).toMatchObject({ status: 200, body: { name: { givenName: "Anna", familyName: "Lee-Cho" } } });
    expect(replaced.body).toMatchObject({ id, active: true, displayName: "Anna Lee-Cho" });
    expect(replaced.body).not.toHaveProperty("title");
    expect((await scim("GET", `/Users/${id}`)).body).toEqual(replaced.body);
  });

  test("unassignment: the keys of the user are refused at once, and so is the next sign-in", async () => {
    const { ids, add, as, scim, keyOf, refusal, signIn } = await pushed("ann");
    await add(...ids);
    const key = await keyOf("ann@example.com");
    const admin = String((await signIn("ann@example.com", { audience: "control" })).body.access_token);
    expect([await refusal(key), (await as(admin)("GET", "/Users")).status]).toEqual([undefined, 200]);
    const off = await scim("PATCH", `/Users/${ids[0]}`, deactivate);
    expect(off).toMatchObject({ status: 200, body: { active: false } });
    expect([await refusal(key), (await as(admin)("GET", "/Users")).status]).toEqual(["invalid", 401]);
    expect((await signIn("ann@example.com")).body).toMatchObject({ error: "invalid_grant" });
  });

  test("unassignment by PUT: `active` false in the whole user ends the keys as well", async () => {
    const { ids, add, scim, keyOf, refusal } = await pushed("ann");
    await add(...ids);
    const key = await keyOf("ann@example.com");
    const off = await scim("PUT", `/Users/${ids[0]}`, profile("ann", { id: ids[0], active: false }));
    expect(off.body).toMatchObject({ id: ids[0], active: false });
    expect(await refusal(key)).toBe("invalid");
  });

  test("assignment again: the inactive user is found and activated with id, role and groups, and old keys stay ended", async () => {
    const { ids, add, scim, keyOf, refusal, organization } = await pushed("ann");
    const [id = ""] = ids;
    await add(id);
    await organization.users.update(id, { role: "owner" });
    const before = await keyOf("ann@example.com");
    await scim("PATCH", `/Users/${id}`, deactivate);
    expect((await scim("GET", lookUp("ann"))).body.Resources).toMatchObject([{ id, active: false }]);
    expect((await scim("POST", "/Users", profile("ann"))).body).toMatchObject({ scimType: "uniqueness" });
    expect((await scim("PUT", `/Users/${id}`, profile("ann", { id }))).body).toMatchObject({ id, active: true });
    expect((await organization.users.retrieve(id)).role).toBe("owner");
    expect(await refusal(await keyOf("ann@example.com"))).toBeUndefined();
    expect(await refusal(before)).toBe("invalid");
  });

  test("rename: the person signs in by the new address alone, and another one may have the old address", async () => {
    const { ids, add, scim, keyOf, signIn } = await pushed("ann");
    const [id = ""] = ids;
    await add(id);
    expect((await scim("PUT", `/Users/${id}`, profile("anna", { id, externalId: "00u-ann" }))).body.userName).toBe(
      "anna@example.com",
    );
    expect(await keyOf("anna@example.com")).toMatch(/^sk-/);
    expect((await signIn("ann@example.com")).status).toBe(400);
    const other = await scim("POST", "/Users", profile("ann", { externalId: "00u-other" }));
    expect([other.status, other.body.id === id]).toEqual([201, false]);
    expect((await scim("PUT", `/Users/${id}`, profile("ann", { id }))).body).toMatchObject({ scimType: "uniqueness" });
  });

  test("assignment twice: the second POST is a conflict, whatever the letters' case", async () => {
    const { scim, organization } = await identityProvider();
    await scim("POST", "/Users", profile("ann"));
    const again = await scim("POST", "/Users", profile("ann", { userName: "ANN@Example.com" }));
    expect(again).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
    expect((await all(organization.users.list())).length).toBe(2);
  });

  test("group push: the group is looked up by name, created empty, and its members get keys of its project", async () => {
    const { scim, add, ids, members, groupId, keyOf, signIn } = await pushed("ann", "bob");
    const found = await scim("GET", `/Groups${filter('displayName eq "Search"')}&startIndex=1&count=100`);
    expect(found.body.Resources).toMatchObject([{ id: groupId, displayName: "Search" }]);
    expect((await signIn("ann@example.com")).status).toBe(400);
    expect((await add(...ids)).status).toBe(200);
    expect(await members(groupId)).toEqual(ids);
    expect(await keyOf("ann@example.com")).toMatch(/^sk-/);
  });

  test("a member leaves: the key by the group ends, and those of others work on", async () => {
    const { change, add, ids, members, groupId, keyOf, refusal } = await pushed("ann", "bob");
    await add(...ids);
    const keys = [await keyOf("ann@example.com"), await keyOf("bob@example.com")];
    await change({ op: "remove", path: `members[value eq "${ids[0]}"]` });
    expect(await members(groupId)).toEqual([ids[1]]);
    expect(await Promise.all(keys.map(refusal))).toEqual(["invalid", undefined]);
  });

  test("members are pushed anew: who is not in the list leaves, and the others stay with their keys", async () => {
    const { change, add, ids, members, groupId, keyOf, refusal } = await pushed("ann", "bob", "cho");
    const [ann = "", bob = "", cho = ""] = ids;
    await add(ann, bob);
    const keys = [await keyOf("ann@example.com"), await keyOf("bob@example.com")];
    await change({ op: "replace", path: "members", value: [{ value: bob }, { value: cho }] });
    expect(await members(groupId)).toEqual([bob, cho]);
    expect(await Promise.all(keys.map(refusal))).toEqual(["invalid", undefined]);
  });

  test("group rename: by PATCH with the id beside the name, and by PUT of the whole group with its members", async () => {
    const { change, scim, organization, ids, add, members, groupId } = await pushed("ann", "bob");
    await add(...ids);
    await change({ op: "replace", value: { id: groupId, displayName: "Retrieval" } });
    expect((await organization.groups.retrieve(groupId)).name).toBe("Retrieval");
    expect(await members(groupId)).toEqual(ids);
    const whole = { schemas: [SCIM.group], id: groupId, displayName: "Ranking", members: [{ value: ids[1] }] };
    expect((await scim("PUT", `/Groups/${groupId}`, whole)).body).toMatchObject({ displayName: "Ranking" });
    expect(await members(groupId)).toEqual([ids[1]]);
  });

  test("the pushed group is deleted: keys by it end, and a group of the same name that is pushed later gives nothing", async () => {
    const { scim, add, ids, groupId, keyOf, refusal, signIn } = await pushed("ann");
    await add(...ids);
    const key = await keyOf("ann@example.com");
    expect((await scim("DELETE", `/Groups/${groupId}`)).status).toBe(204);
    expect((await scim("GET", `/Groups/${groupId}`)).status).toBe(404);
    expect(await refusal(key)).toBe("invalid");
    const body = { schemas: [SCIM.group], displayName: "Search", members: ids.map((value) => ({ value })) };
    const again = await scim("POST", "/Groups", body);
    expect([again.status, again.body.id === groupId]).toEqual([201, false]);
    expect((await signIn("ann@example.com")).status).toBe(400);
  });

  test("the user is deleted: the address is free, and who gets it next has neither role nor groups of the one before", async () => {
    const { scim, add, ids, organization, groupId, members, keyOf, refusal } = await pushed("ann");
    const [id = ""] = ids;
    await add(id);
    await organization.users.update(id, { role: "owner" });
    const key = await keyOf("ann@example.com");
    expect((await scim("DELETE", `/Users/${id}`)).status).toBe(204);
    expect((await scim("DELETE", `/Users/${id}`)).status).toBe(404);
    expect(await refusal(key)).toBe("invalid");
    const next = (await scim("POST", "/Users", profile("ann"))).body.id;
    expect(next).not.toBe(id);
    expect((await organization.users.retrieve(next)).role).toBe("reader");
    expect(await members(groupId)).not.toContain(next);
  });

  // documented: scim-ends-sessions
  test("unassignment ends the browser's session of a person who has signed in at a real issuer", async () => {
    const redirectUri = "http://127.0.0.1:1/login";
    const issuer = await startLocalIssuer("sluice", { redirectUris: [redirectUri] });
    onTestFinished(() => issuer.close());
    const server = await personExchange({ issuer: issuer.url, clientId: "sluice" }, [], Date.now());
    const scim = (method: string, path: string, body: object) =>
      fetch(`${server.url.replace(/\/v1$/, "/scim/v2")}${path}`, {
        method,
        headers: { authorization: `Bearer ${server.secret}` },
        body: JSON.stringify(body),
      });
    const made = await scim("POST", "/Users", profile("ada"));
    const { id } = (await made.json()) as { id: string };
    const oidc = { issuer: issuer.url, clientId: "sluice", redirectUri };
    const begun = await server.session("POST", "/session", await signInCode(oidc, "ada@example.com"));
    expect(begun.status).toBe(200);
    const header = { cookie: begun.cookie.split(";")[0] ?? "" };
    const administers = async () =>
      (
        await fetch(`${server.url}/organization/projects`, {
          headers: { authorization: `Bearer ${begun.body.control.key}` },
        })
      ).status;
    expect(await administers()).toBe(200);
    await scim("PATCH", `/Users/${id}`, deactivate);
    expect(await administers()).toBe(401);
    expect((await server.session("POST", "/session/refresh", {}, header)).status).toBe(400);
    expect((await server.session("POST", "/session/refresh", {}, header)).body.error.code).toBe("session_required");
  });
});
