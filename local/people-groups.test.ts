import { beforeEach, describe, expect, test } from "vitest";
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
  return { ...exchange, signIn, group, userId: user?.id ?? "" };
}

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
