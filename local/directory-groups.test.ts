import { describe, expect, onTestFinished, test } from "vitest";
import type { DirectoryGroups } from "../contracts/processes/directory-groups.ts";
import type { PeopleSettings } from "../contracts/processes/people.ts";
import { Session } from "../contracts/sign-in/session.ts";
import { type IssuerKey, newKey, startIssuer } from "../lambdas/exchange-token/test/local-issuer.ts";
import { startLocalIssuer } from "./issuer/local-issuer.ts";
import { all } from "./test/control-server.ts";
import { signInCode } from "./test/oidc-sign-in.ts";
import { personExchange } from "./test/person-exchange.ts";

const ADA = "ada@example.com";
const CLIENT = "sluice";
const HOUR_MS = 3_600_000;
let signing: IssuerKey | undefined;

/** An organisation with a group that is in its project; the setting is made once the group has its id. */
async function withGroup(people: PeopleSettings, startMs?: number) {
  const exchange = await personExchange(people, [], startMs);
  const { organization, project, tools } = exchange;
  const group = await organization.groups.create({ name: "engineers" });
  await organization.projects.groups.create(project.id, { group_id: group.id, role: "member" });
  /** Changes the setting, as a deployment does. */
  const follow = (groups: Omit<DirectoryGroups, "map">, map: DirectoryGroups["map"] = { engineering: group.id }) =>
    Object.assign(tools.people.settings, { groups: { ...groups, map } });
  const members = async (id = group.id) => (await all(organization.groups.users.list(id))).map(({ email }) => email);
  const events = async () =>
    (await all(organization.auditLogs.list()))
      .filter(({ type }) => type.startsWith("tenant.group.member") || type === "user.added")
      .map((event) => [event.type.split(".").at(-1), event.actor?.session?.user?.email]);
  return { ...exchange, group, follow, members, events };
}

/** The same with an issuer whose tokens the test writes. */
async function withTokens() {
  signing ??= newKey("first");
  const issuer = await startIssuer([signing]);
  const base = await withGroup({ issuer: issuer.issuer, clientId: CLIENT });
  let tokens = 0;
  /** @param own claims beside those that every token has */
  const tokenOf = (own: object, email = ADA) => {
    const now = Math.floor(base.clock.ms / 1000);
    const claims = { sub: email, aud: CLIENT, email, email_verified: true, jti: String(tokens++) };
    return issuer.token({ ...claims, iat: now, nbf: now, exp: now + 48 * 3600, ...own });
  };
  const signIn = (own: object, email = ADA) => base.exchange(tokenOf(own, email));
  return { ...base, tokenOf, signIn };
}

describe("groups of the directory", () => {
  // documented: directory-groups-sign-in
  test("a person who signs in at a real issuer is in the groups that it names, and is not with the next refresh once it does not", async () => {
    const groups = new Map([[ADA, ["everyone", "engineering"]]]);
    const redirectUri = "http://127.0.0.1:1/login";
    const issuer = await startLocalIssuer(CLIENT, {
      redirectUris: [redirectUri],
      groupsOf: (email) => groups.get(email) ?? [],
    });
    onTestFinished(() => issuer.close());
    const base = await withGroup({ issuer: issuer.url, clientId: CLIENT }, Date.now());
    const { session, follow, members, project, refusal, events, clock, organization } = base;
    follow({ admit: "member" });
    const oidc = { issuer: issuer.url, clientId: CLIENT, redirectUri };
    const begun = await session("POST", "/session", await signInCode(oidc, ADA));
    const { projects, project_key: key } = Session.parse(begun.body);
    expect(projects.map(({ id }) => id)).toEqual([project.id]);
    expect(await members()).toEqual([ADA]);
    expect((await all(organization.users.list())).find(({ email }) => email === ADA)?.role).toBe("member");
    expect(await refusal(key?.key ?? "")).toBeUndefined();
    groups.set(ADA, ["everyone"]);
    clock.ms += 600_000;
    const header = { cookie: begun.cookie.split(";")[0] ?? "" };
    const refreshed = Session.parse((await session("POST", "/session/refresh", {}, header)).body);
    expect([refreshed.projects, refreshed.project_key]).toEqual([[], null]);
    expect(await members()).toEqual([]);
    expect(await refusal(key?.key ?? "")).toBe("invalid");
    groups.set(ADA, ["engineering"]);
    clock.ms += 600_000;
    const again = Session.parse((await session("POST", "/session/refresh", {}, header)).body);
    expect(await refusal(again.project_key?.key ?? "")).toBeUndefined();
    expect(await events()).toEqual([
      ["added", ADA],
      ["removed", ADA],
      ["added", ADA],
      ["added", ADA],
      ["added", "owner@org-a.example"],
    ]);
  });

  test("give a user pool's people their groups by the claim of Cognito's name", async () => {
    const issuer = await startLocalIssuer(CLIENT, { redirectUris: ["http://127.0.0.1:1/login"], isCognito: true });
    onTestFinished(() => issuer.close());
    const { session, follow, members } = await withGroup({ issuer: issuer.url, clientId: CLIENT }, Date.now());
    follow({ claim: "cognito:groups", admit: "reader" });
    const oidc = { issuer: issuer.url, clientId: CLIENT, redirectUri: "http://127.0.0.1:1/login" };
    expect((await session("POST", "/session", await signInCode(oidc, ADA))).status).toBe(200);
    expect(await members()).toEqual([ADA]);
    // The other example person is in no group that the setting names, so nothing lets her in.
    const grace = await session("POST", "/session", await signInCode(oidc, "grace@example.com"));
    expect(grace.body.error).toMatchObject({ code: "access_denied" });
  });

  test("let nobody in who is neither invited nor in one, and only where the setting says so", async () => {
    const { signIn, follow } = await withTokens();
    follow({});
    expect((await signIn({ groups: ["engineering"] })).body.error).toBe("invalid_grant");
    follow({ admit: "member" });
    expect((await signIn({ groups: ["support"] })).body.error).toBe("invalid_grant");
    expect((await signIn({ groups: ["engineering"] })).status).toBe(200);
  });

  // documented: directory-groups-overage
  test.each([
    ["overage", { _claim_names: { groups: "src1" }, _claim_sources: { src1: { endpoint: "https://graph.example" } } }],
    ["form", { groups: [{ id: "engineering" }] }],
  ])("end with a token whose groups can't be read (%s), and the log says what to do", async (problem, claims) => {
    const { signIn, follow, members, refusal, lines } = await withTokens();
    follow({ admit: "member" });
    const key = String((await signIn({ groups: ["engineering"] })).body.access_token);
    expect(await refusal(key)).toBeUndefined();
    expect((await signIn(claims)).body).toMatchObject({ error: "invalid_grant" });
    expect(await members()).toEqual([]);
    expect(await refusal(key)).toBe("invalid");
    expect(lines).toContainEqual(
      expect.objectContaining({ level: "warn", rule: `people: groups-${problem}`, subject: ADA }),
    );
  });

  test("do not come back by a token that was made before the one that ended them, used or not", async () => {
    const { signIn, exchange, tokenOf, follow, members, clock } = await withTokens();
    follow({ admit: "member" });
    const [used, unused] = [tokenOf({ groups: ["engineering"] }), tokenOf({ groups: ["engineering"] })];
    await exchange(used);
    expect(await members()).toEqual([ADA]);
    clock.ms += 60_000;
    await signIn({});
    expect(await members()).toEqual([]);
    for (const old of [used, unused]) expect((await exchange(old)).status).toBe(400);
    expect(await members()).toEqual([]);
  });

  // documented: directory-groups-held
  test("hold for a day after the last token, and their roles and listings end by themselves", async () => {
    const { signIn, follow, clock, organization, group, members } = await withTokens();
    follow({ admit: "member" });
    await organization.groups.roles.create(group.id, { role_id: "role-organization-reader" });
    const comes = () => signIn({ groups: ["engineering"] });
    await comes();
    const { id } = (await all(organization.groups.users.list(group.id)))[0] ?? { id: "" };
    const roles = async () => (await all(organization.users.roles.list(id))).map(({ name }) => name);
    expect(await roles()).toContain("reader");
    clock.ms += 13 * HOUR_MS;
    await comes();
    clock.ms += 23 * HOUR_MS;
    expect(await roles()).toContain("reader");
    const membership = () => organization.groups.users.retrieve(id, { group_id: group.id });
    expect(await membership()).toMatchObject({ email: ADA });
    clock.ms += 2 * HOUR_MS;
    await expect(membership()).rejects.toMatchObject({ status: 404 });
    expect([await roles(), await members()]).toEqual([["member"], []]);
    await organization.groups.users.create(group.id, { user_id: id });
    clock.ms += 48 * HOUR_MS;
    expect([(await roles()).toSorted(), await members()]).toEqual([["member", "reader"], [ADA]]);
    await organization.groups.users.delete(id, { group_id: group.id });
    expect(await members()).toEqual([]);
    await comes();
    expect(await members()).toEqual([ADA]);
    expect(await roles()).toContain("reader");
  });

  test("leave groups alone that SCIM manages, that do not exist, and that the setting does not name", async () => {
    const { signIn, follow, organization, group, members, lines, url, secret } = await withTokens();
    const made = await fetch(`${url.replace(/\/v1$/, "/scim/v2")}/Groups`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify({ displayName: "Pushed" }),
    });
    const pushed = ((await made.json()) as { id: string }).id;
    const own = await organization.groups.create({ name: "own" });
    follow({ admit: "member" }, { engineering: group.id, pushed, gone: "group_0000" });
    expect((await signIn({ groups: ["engineering", "pushed", "gone"] })).status).toBe(200);
    const [user] = await all(organization.groups.users.list(group.id));
    await organization.groups.users.create(own.id, { user_id: user?.id ?? "" });
    await signIn({ groups: ["pushed"] });
    expect([await members(), await members(pushed), await members(own.id)]).toEqual([[], [], [ADA]]);
    expect(lines).toContainEqual(expect.objectContaining({ level: "warn", group: pushed }));
    expect(lines).toContainEqual(expect.objectContaining({ level: "warn", group: "group_0000" }));
  });

  test("are at most ten of a user, and the log names those that were left out", async () => {
    const { signIn, follow, organization, lines, members } = await withTokens();
    const map: Record<string, string> = {};
    for (let index = 0; index < 11; index++)
      map[`g${index}`] = (await organization.groups.create({ name: `g${index}` })).id;
    follow({ admit: "member" }, map);
    await signIn({ groups: Object.keys(map) });
    const counts = await Promise.all(Object.values(map).map(async (id) => (await members(id)).length));
    expect(counts).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
    expect(lines).toContainEqual(expect.objectContaining({ level: "warn", group: map.g10 }));
  });

  test("are right after two sign-ins of a person at the same time", async () => {
    const { signIn, follow, members } = await withTokens();
    follow({ admit: "member" });
    const claims = { groups: ["engineering"] };
    const both = await Promise.all([signIn(claims), signIn(claims)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(await members()).toEqual([ADA]);
  });
});
