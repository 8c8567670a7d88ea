import { beforeEach, describe, expect, test } from "vitest";
import type { PeopleSettings } from "../contracts/processes/people.ts";
import { MAX_LIVE_KEYS_PER_USER } from "../domain/people/person-key.ts";
import { type IssuerKey, newKey, startIssuer } from "../lambdas/exchange-token/test/local-issuer.ts";
import { startOidcIssuer } from "./test/oidc-issuer.ts";
import { signIn } from "./test/oidc-sign-in.ts";
import { personExchange } from "./test/person-exchange.ts";

const CLIENT = "sluice-cli";
const ADA = "ada@acme.example";

let signing: IssuerKey;
beforeEach(() => {
  signing ??= newKey("first");
});

async function started(own: Partial<PeopleSettings> = {}) {
  const issuer = await startIssuer([signing]);
  const exchange = await personExchange({ issuer: issuer.issuer, clientId: CLIENT, ...own });
  let tokens = 0;
  /** An ID token of the time of the test's clock. */
  const token = (email: string, claims: object = {}) => {
    const now = Math.floor(exchange.clock.ms / 1000);
    const common = { sub: email, aud: CLIENT, email, email_verified: true, jti: String(tokens++) };
    return issuer.token({ ...common, iat: now, nbf: now, exp: now + 3600, ...claims });
  };
  const invite = (email: string, projectIds: readonly string[] = [exchange.project.id]) =>
    exchange.organization.invites.create({
      email,
      role: "reader",
      projects: projectIds.map((id) => ({ id, role: "member" as const })),
    });
  const userOf = async (email: string) => {
    const { data } = await exchange.organization.users.list();
    return data.find((user) => user.email === email);
  };
  /** A person who has signed in. */
  const member = async (email = ADA) => {
    await invite(email);
    const { body } = await exchange.exchange(token(email));
    const user = await userOf(email);
    return { secret: String(body.access_token), userId: user?.id ?? "" };
  };
  return { issuer, token, invite, userOf, member, ...exchange };
}

describe("a person's ID token", () => {
  // documented: scim-ends-keys
  test("gives nothing to a user whom the identity provider deactivates by SCIM, whose keys end, until it activates them", async () => {
    const { exchange, token, refusal, url, secret, project, organization } = await started({
      admit: { domains: ["acme.example"], projectIds: [] },
    });
    const scim = async (method: string, path: string, body: object) => {
      const headers = { authorization: `Bearer ${secret}`, "content-type": "application/scim+json" };
      const sent = { method, headers, body: JSON.stringify(body) };
      return (await (await fetch(`${url.replace("/v1", "/scim/v2")}${path}`, sent)).json()) as { id: string };
    };
    const active = (value: boolean) => ({ Operations: [{ op: "replace", path: "active", value }] });
    const { id } = await scim("POST", "/Users", { userName: ADA });
    await organization.projects.users.create(project.id, { user_id: id, role: "member" });
    const { body } = await exchange(token(ADA));
    expect(await refusal(body.access_token)).toBeUndefined();
    await scim("PATCH", `/Users/${id}`, active(false));
    expect(await refusal(body.access_token)).toBeDefined();
    expect((await exchange(token(ADA))).body).toMatchObject({ error: "invalid_grant" });
    expect((await organization.users.list()).data).toHaveLength(1);
    await scim("PATCH", `/Users/${id}`, active(true));
    const again = await exchange(token(ADA));
    expect(await refusal(again.body.access_token)).toBeUndefined();
    expect(await refusal(body.access_token)).toBeDefined();
  });

  // documented: person-key-of-project
  test("of an invited address gives a key of the project, and accepts the invitation", async () => {
    const { exchange, invite, token, organization, project, userOf, refusal, item, lines, clock } = await started();
    const invitation = await invite(ADA);
    const { status, body } = await exchange(token("Ada@ACME.example"));
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^sk-sl-/),
        issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
        token_type: "Bearer",
        expires_in: 900,
        scope: "generate read",
        project_id: project.id,
      },
    });
    expect(await refusal(body.access_token)).toBeUndefined();
    const user = await userOf(ADA);
    expect(user).toMatchObject({ role: "reader" });
    expect(await item(body.access_token)).toMatchObject({
      owner: { type: "user", id: user?.id },
      projectId: project.id,
      name: ADA,
    });
    expect(await organization.invites.retrieve(invitation.id)).toMatchObject({ status: "accepted" });
    expect(await organization.projects.users.retrieve(user?.id ?? "", { project_id: project.id })).toMatchObject({
      role: "member",
    });
    expect(lines.at(-1)).toMatchObject({ msg: "person key issued", user: user?.id, project: project.id });
    clock.ms += 900_000;
    expect(await refusal(body.access_token)).toBe("invalid");
  });

  test("never gives a key that outlives it", async () => {
    const { exchange, invite, token, clock } = await started();
    await invite(ADA);
    const { body } = await exchange(token(ADA, { exp: Math.floor(clock.ms / 1000) + 100 }));
    expect(body.expires_in).toBeGreaterThanOrEqual(98);
    expect(body.expires_in).toBeLessThanOrEqual(100);
  });

  test("of a real OpenID provider, signed in with PKCE, gives a key", async () => {
    const oidc = await startOidcIssuer("acme.example");
    const { issuer, clientId } = oidc;
    const { exchange, organization, project } = await personExchange({ issuer, clientId }, [], Date.now());
    await organization.invites.create({
      email: ADA,
      role: "reader",
      projects: [{ id: project.id, role: "owner" }],
    });
    expect(await exchange(await signIn(oidc, "ada"))).toMatchObject({ status: 200, body: { project_id: project.id } });
  });

  test("is exchanged once", async () => {
    const { exchange, invite, token } = await started();
    await invite(ADA);
    const once = token(ADA);
    const responses = await Promise.all([exchange(once), exchange(once)]);
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect((await exchange(once)).body.error_description).toMatch(/exchanged before/);
  });

  test("asks for one of several projects, names them, and gives a key of the named one", async () => {
    const { exchange, invite, token, organization, project } = await started();
    const other = await organization.projects.create({ name: "chat" });
    await invite(ADA, [project.id, other.id]);
    const unnamed = await exchange(token(ADA));
    expect([unnamed.status, unnamed.body.error]).toEqual([400, "invalid_request"]);
    expect(unnamed.body.projects).toEqual(
      expect.arrayContaining([
        { id: project.id, name: "search" },
        { id: other.id, name: "chat" },
      ]),
    );
    const named = await exchange(token(ADA), { project_id: other.id });
    expect(named.body.project_id).toBe(other.id);
    // Now that she is a user, her memberships are read from the table.
    expect((await exchange(token(ADA))).body.error).toBe("invalid_request");
    expect((await exchange(token(ADA), { project_id: project.id })).body.project_id).toBe(project.id);
  });

  test.each<[string, object, string]>([
    ["of another client", { aud: "other" }, "people: audience"],
    ["that another party requested", { aud: [CLIENT, "x"], azp: "x" }, "people: authorized-party"],
    ["whose address is not verified", { email_verified: false }, "people: claims.email_verified"],
    [
      "that does not say whether the address is verified",
      { email_verified: undefined },
      "people: claims.email_verified",
    ],
    ["without an address", { email: undefined }, "people: claims.email"],
    ["with a list in place of an address", { email: [ADA] }, "people: claims.email"],
    ["with what is no address", { email: "ada#x@acme.example" }, "people: claims.email"],
    ["of a stranger", { email: "eve@acme.example" }, "people: not-invited"],
  ])("%s gives no key", async (_, claims, rule) => {
    const { exchange, invite, token, lines } = await started();
    await invite(ADA);
    const { status, body } = await exchange(token(ADA, claims));
    expect([status, body.error]).toEqual([400, "invalid_grant"]);
    expect(lines.at(-1)).toMatchObject({ rule });
  });

  test("gives no key of a project that the person is not in, that is archived, or by an expired invitation", async () => {
    const { exchange, invite, token, organization, project, member, clock } = await started();
    await member();
    const other = await organization.projects.create({ name: "secret" });
    const foreign = await exchange(token(ADA), { project_id: other.id });
    const absent = await exchange(token(ADA), { project_id: "proj_none" });
    expect([foreign.status, foreign.body]).toEqual([400, absent.body]);
    await organization.projects.archive(project.id);
    expect((await exchange(token(ADA))).body.error_description).toMatch(/member of no project/);
    await invite("late@acme.example", [other.id]);
    clock.ms += 8 * 86_400_000;
    expect((await exchange(token("late@acme.example"))).status).toBe(400);
  });

  test("makes an invited person without a project a user, whom an owner can then add to one", async () => {
    const { exchange, invite, token, organization, project, userOf } = await started();
    await invite(ADA, []);
    expect((await exchange(token(ADA))).body.error_description).toMatch(/member of no project/);
    const user = await userOf(ADA);
    await organization.projects.users.create(project.id, { user_id: user?.id ?? "", role: "member" });
    expect((await exchange(token(ADA))).status).toBe(200);
  });

  test("may be asked for fewer scopes than the role has, and for no other", async () => {
    const { exchange, invite, token } = await started();
    await invite(ADA);
    expect((await exchange(token(ADA), { scope: "read" })).body.scope).toBe("read");
    expect((await exchange(token(ADA), { scope: "admin" })).body.error).toBe("invalid_scope");
  });
});

describe("who comes in by domain", () => {
  test("becomes a reader of the organisation and a member of the named projects; other domains do not", async () => {
    const first = await started();
    const projectIds = [first.project.id];
    const settings = first.tools.people.settings;
    Object.assign(first.tools.people, { settings: { ...settings, admit: { domains: ["acme.example"], projectIds } } });
    const { exchange, token, userOf } = first;
    expect((await exchange(token(ADA))).body.project_id).toBe(first.project.id);
    expect(await userOf(ADA)).toMatchObject({ role: "reader" });
    expect((await exchange(token("eve@acme.example.evil.example"))).status).toBe(400);
    expect((await exchange(token("eve@sub.acme.example"))).status).toBe(400);
    expect(await first.organization.auditLogs.list({ event_types: ["user.added"] })).toMatchObject({
      data: [{ actor: { type: "session", session: { user: { email: ADA } } } }, {}],
    });
  });
});

describe("the keys of a person", () => {
  // documented: removed-person-keys
  test("end with the user", async () => {
    const { member, organization, refusal, exchange, token } = await started();
    const { secret, userId } = await member();
    await organization.users.delete(userId);
    expect(await refusal(secret)).toBe("invalid");
    expect((await exchange(token(ADA))).status).toBe(400);
  });

  test("of a project end with the membership, those of another project do not", async () => {
    const { member, organization, project, refusal, exchange, token } = await started();
    const { secret, userId } = await member();
    const other = await organization.projects.create({ name: "chat" });
    await organization.projects.users.create(other.id, { user_id: userId, role: "member" });
    const second = (await exchange(token(ADA), { project_id: other.id })).body.access_token;
    await organization.projects.users.delete(userId, { project_id: project.id });
    expect([await refusal(secret), await refusal(second)]).toEqual(["invalid", undefined]);
    expect((await exchange(token(ADA), { project_id: project.id })).status).toBe(400);
  });

  test("end with their project", async () => {
    const { member, organization, project, refusal } = await started();
    const { secret } = await member();
    await organization.projects.archive(project.id);
    expect(await refusal(secret)).toBe("invalid");
  });

  test("end too when one is made while the user is removed: no key is left that works", async () => {
    const { member, organization, refusal, exchange, token } = await started();
    const { userId } = await member();
    const [responses] = await Promise.all([
      Promise.all(Array.from({ length: 4 }, () => exchange(token(ADA)))),
      organization.users.delete(userId),
    ]);
    const secrets = responses.flatMap(({ body }) => body.access_token ?? []);
    expect(await Promise.all(secrets.map(refusal))).toEqual(secrets.map(() => "invalid"));
  });

  test("are 20 at once; a further one is 429 until the first ends", async () => {
    const { exchange, invite, token, clock } = await started();
    await invite(ADA);
    for (let index = 0; index < MAX_LIVE_KEYS_PER_USER; index++) expect((await exchange(token(ADA))).status).toBe(200);
    const { status, headers } = await exchange(token(ADA));
    expect(status).toBe(429);
    expect(Number(headers["retry-after"]?.[0])).toBeGreaterThan(890);
    clock.ms += 900_000;
    expect((await exchange(token(ADA))).status).toBe(200);
  });
});

test("a token of the issuer whose audience is a workload policy's is the workload's", async () => {
  const issuer = await startIssuer([signing]);
  const policy = {
    name: "nightly",
    issuer: issuer.issuer,
    audience: "https://api.example.com",
    claims: { sub: "job" },
  };
  const { exchange, lines, clock } = await personExchange({ issuer: issuer.issuer, clientId: CLIENT }, [policy]);
  const now = Math.floor(clock.ms / 1000);
  const token = (own: object): string => issuer.token({ sub: "job", iat: now, nbf: now, exp: now + 300, ...own });
  expect((await exchange(token({ aud: policy.audience }))).status).toBe(200);
  expect(lines.at(-1)).toMatchObject({ msg: "workload key issued", workload: "nightly" });
  await exchange(token({ aud: CLIENT, email: ADA, email_verified: true }));
  expect(lines.at(-1)).toMatchObject({ rule: "people: not-invited" });
});
