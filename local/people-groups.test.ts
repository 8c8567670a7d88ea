import { beforeEach, describe, expect, test } from "vitest";
import { keyChangesReader } from "../gateway/keys/key-changes.ts";
import { type IssuerKey, newKey, startIssuer } from "../lambdas/exchange-token/test/local-issuer.ts";
import { personExchange } from "./test/person-exchange.ts";

const CLIENT = "sluice-cli";
const ADA = "ada@acme.example";

let signing: IssuerKey;
beforeEach(() => {
  signing ??= newKey("first");
});

/** A user who is in a group, and in no project. */
async function started() {
  const issuer = await startIssuer([signing]);
  const exchange = await personExchange({ issuer: issuer.issuer, clientId: CLIENT });
  const { organization, clock } = exchange;
  let tokens = 0;
  const scim = (method: string, path: string, body?: object) =>
    fetch(`${exchange.url.replace("/v1", "/scim/v2")}${path}`, {
      method,
      headers: { authorization: `Bearer ${exchange.secret}`, "content-type": "application/scim+json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const changes = keyChangesReader(exchange.document, exchange.keysTable);
  const signIn = (fields: Readonly<Record<string, string>> = {}) => {
    const now = Math.floor(clock.ms / 1000);
    const common = { sub: ADA, aud: CLIENT, email: ADA, email_verified: true, jti: String(tokens++) };
    return exchange.exchange(issuer.token({ ...common, iat: now, nbf: now, exp: now + 3600 }), fields);
  };
  await organization.invites.create({ email: ADA, role: "reader" });
  await signIn();
  const user = (await organization.users.list()).data.find(({ email }) => email === ADA);
  const group = await organization.groups.create({ name: "research" });
  await organization.groups.users.create(group.id, { user_id: user?.id ?? "" });
  return { ...exchange, signIn, scim, changes, group, userId: user?.id ?? "" };
}

type Started = Awaited<ReturnType<typeof started>>;

/** What takes the group's users out of the project. */
const ENDINGS: Readonly<Record<string, (started: Started) => Promise<unknown>>> = {
  "the person leaves the group": ({ organization, userId, group }) =>
    organization.groups.users.delete(userId, { group_id: group.id }),
  "the identity provider takes the person out of the group": ({ scim, userId, group }) =>
    scim("PATCH", `/Groups/${group.id}`, { Operations: [{ op: "remove", path: `members[value eq "${userId}"]` }] }),
  "the group is deleted": ({ organization, group }) => organization.groups.delete(group.id),
  "the identity provider deletes the group": ({ scim, group }) => scim("DELETE", `/Groups/${group.id}`),
  "the group leaves the project": ({ organization, group, project: { id } }) =>
    organization.projects.groups.delete(group.id, { project_id: id }),
  "the group loses its last role in the project": ({ organization, group, project: { id } }) =>
    organization.projects.groups.roles.delete("role-project-member", { project_id: id, group_id: group.id }),
  "the identity provider deactivates the person": ({ scim, userId }) =>
    scim("PATCH", `/Users/${userId}`, { Operations: [{ op: "replace", path: "active", value: false }] }),
};

describe("a person whose group is in a project", () => {
  // documented: person-key-by-group
  test("gets a key of the project by signing in, with predefined and with own roles, until the group is no longer in it", async () => {
    const { signIn, group, organization, project, refusal, item, userId } = await started();
    expect((await signIn()).body.error_description).toMatch(/member of no project/);
    await organization.projects.groups.create(project.id, { group_id: group.id, role: "member" });
    const { status, body } = await signIn();
    expect([status, body.scope, body.project_id]).toEqual([200, "generate read", project.id]);
    expect(await refusal(body.access_token)).toBeUndefined();
    expect(await item(body.access_token)).toMatchObject({ owner: { type: "user", id: userId }, projectId: project.id });
    await organization.projects.groups.delete(group.id, { project_id: project.id });
    expect((await signIn()).status).toBe(400);
    expect((await signIn({ project_id: project.id })).status).toBe(400);
  });

  // documented: keys-by-group-end
  test.each(Object.entries(ENDINGS))("has keys that every gateway refuses once %s", async (_, end) => {
    const all = await started();
    const { signIn, group, organization, project, refusal, changes } = all;
    await organization.projects.groups.create(project.id, { group_id: group.id, role: "member" });
    const key = String((await signIn()).body.access_token);
    expect(await refusal(key)).toBeUndefined();
    const before = await changes();
    await end(all);
    expect(await refusal(key)).toBe("invalid");
    // By this count gateways read their cached keys again within a second.
    expect(await changes()).toBeGreaterThan(before);
  });

  test("has keys by a role of the project's own that end with the role, and others by the next one", async () => {
    const { signIn, group, organization, project, refusal } = await started();
    const { roles } = organization.projects;
    const own = await roles.create(project.id, { role_name: "users", permissions: ["projects.read"] });
    await organization.projects.groups.create(project.id, { group_id: group.id, role: own.id });
    const first = String((await signIn()).body.access_token);
    expect(await refusal(first)).toBeUndefined();
    await roles.delete(own.id, { project_id: project.id });
    expect(await refusal(first)).toBe("invalid");
    expect((await signIn()).status).toBe(400);
    await organization.projects.groups.roles.create(group.id, {
      project_id: project.id,
      role_id: "role-project-member",
    });
    expect(await refusal(String((await signIn()).body.access_token))).toBeUndefined();
    expect(await refusal(first)).toBe("invalid");
  });

  test("has keys that work after the group came into the project again, and those before stay ended", async () => {
    const { signIn, group, organization, project, refusal } = await started();
    const join = () => organization.projects.groups.create(project.id, { group_id: group.id, role: "member" });
    const { groups } = organization.projects;
    await join();
    const first = String((await signIn()).body.access_token);
    await groups.delete(group.id, { project_id: project.id });
    await join();
    const second = String((await signIn()).body.access_token);
    expect([await refusal(first), await refusal(second)]).toEqual(["invalid", undefined]);
    const ids = { project_id: project.id, group_id: group.id };
    await groups.roles.delete("role-project-member", ids);
    await groups.roles.create(group.id, { project_id: project.id, role_id: "role-project-owner" });
    const third = String((await signIn()).body.access_token);
    expect([await refusal(second), await refusal(third)]).toEqual(["invalid", undefined]);
  });

  test("keeps the keys of a membership, and of another group, when one group is left", async () => {
    const { signIn, group, organization, project, refusal, userId } = await started();
    const other = await organization.groups.create({ name: "ops" });
    await organization.groups.users.create(other.id, { user_id: userId });
    const chat = await organization.projects.create({ name: "chat" });
    await organization.projects.groups.create(project.id, { group_id: group.id, role: "member" });
    await organization.projects.groups.create(chat.id, { group_id: other.id, role: "member" });
    const keys = [];
    for (const { id } of [project, chat]) keys.push(String((await signIn({ project_id: id })).body.access_token));
    await organization.projects.users.create(project.id, { user_id: userId, role: "member" });
    keys.push(String((await signIn({ project_id: project.id })).body.access_token));
    await organization.groups.users.delete(userId, { group_id: group.id });
    expect(await Promise.all(keys.map(refusal))).toEqual(["invalid", undefined, undefined]);
  });

  test("gets none once the person has left the group, or the group was deleted", async () => {
    const { signIn, group, organization, project, userId } = await started();
    await organization.projects.groups.create(project.id, { group_id: group.id, role: "member" });
    await organization.groups.users.delete(userId, { group_id: group.id });
    expect((await signIn()).status).toBe(400);
    await organization.groups.users.create(group.id, { user_id: userId });
    expect((await signIn()).status).toBe(200);
    await organization.groups.delete(group.id);
    expect((await signIn()).status).toBe(400);
  });

  test("names one of several projects, whether they come by a membership or a group", async () => {
    const { signIn, group, organization, project, userId } = await started();
    const other = await organization.projects.create({ name: "chat" });
    await organization.projects.groups.create(project.id, { group_id: group.id, role: "member" });
    await organization.projects.users.create(other.id, { user_id: userId, role: "owner" });
    const { body } = await signIn();
    expect(body.projects.map(({ name }: { name: string }) => name).sort()).toEqual(["chat", "search"]);
    expect((await signIn({ project_id: other.id })).status).toBe(200);
    expect((await signIn({ project_id: project.id })).status).toBe(200);
  });
});
