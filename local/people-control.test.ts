import { beforeEach, describe, expect, test } from "vitest";
import { MAX_LIVE_ADMIN_KEYS_PER_USER } from "../domain/people/person-admin-key.ts";
import { type IssuerKey, newKey, startIssuer } from "../lambdas/exchange-token/test/local-issuer.ts";
import { personExchange } from "./test/person-exchange.ts";

const CLIENT = "sluice-cli";
const ADA = "ada@acme.example";

let signing: IssuerKey;
beforeEach(() => {
  signing ??= newKey("first");
});

async function started() {
  const issuer = await startIssuer([signing]);
  const exchange = await personExchange({ issuer: issuer.issuer, clientId: CLIENT });
  let tokens = 0;
  const token = (email: string, claims: object = {}) => {
    const now = Math.floor(exchange.clock.ms / 1000);
    const common = { sub: email, aud: CLIENT, email, email_verified: true, jti: String(tokens++) };
    return issuer.token({ ...common, iat: now, nbf: now, exp: now + 3600, ...claims });
  };
  const invite = (role: "owner" | "reader" = "reader", projectRole?: "owner" | "member") =>
    exchange.organization.invites.create({
      email: ADA,
      role,
      projects: projectRole === undefined ? [] : [{ id: exchange.project.id, role: projectRole }],
    });
  const signedIn = async () => {
    const { status, body } = await exchange.exchange(token(ADA), { audience: "control" });
    expect({ status, body }).toMatchObject({ status: 200 });
    return String(body.access_token);
  };
  const statusOf = async (secret: string) =>
    (await fetch(`${exchange.url}/organization/projects`, { headers: { authorization: `Bearer ${secret}` } })).status;
  const userId = async () =>
    (await exchange.organization.users.list()).data.find(({ email }) => email === ADA)?.id ?? "";
  return { token, invite, signedIn, statusOf, userId, ...exchange };
}

describe("an ID token that is exchanged for the audience control", () => {
  // documented: person-admin-key
  test("gives a key of the control API for 15 minutes, also to an invited person without a project", async () => {
    const { exchange, token, invite, statusOf, clock, lines } = await started();
    await invite();
    const { status, body } = await exchange(token(ADA), { audience: "control" });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^sk-admin-/),
        issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
        token_type: "Bearer",
        expires_in: 900,
        scope: "control",
      },
    });
    expect(await statusOf(body.access_token)).toBe(200);
    expect(lines.at(-1)).toMatchObject({ msg: "person key issued", audience: "control" });
    expect(JSON.stringify(lines)).not.toContain(body.access_token);
    clock.ms += 901_000;
    expect(await statusOf(body.access_token)).toBe(401);
  });

  test("gives a key with the roles that the person has at each request: a reader reads, a project's owner changes that project alone", async () => {
    const { invite, signedIn, sdk, organization, project } = await started();
    await invite("reader", "owner");
    const other = await organization.projects.create({ name: "other" });
    const own = sdk(await signedIn());
    expect((await own.projects.list()).data.map(({ id }) => id).sort()).toEqual([project.id, other.id].sort());
    expect(await own.projects.update(project.id, { name: "renamed" })).toMatchObject({ name: "renamed" });
    await expect(own.projects.update(other.id, { name: "mine" })).rejects.toMatchObject({ status: 403 });
    await expect(own.invites.create({ email: "eve@acme.example", role: "reader" })).rejects.toMatchObject({
      status: 403,
    });
  });

  test("makes changes whose audit events name the person, and refusals too", async () => {
    const { invite, signedIn, sdk, organization, project, userId } = await started();
    await invite("reader", "owner");
    const own = sdk(await signedIn());
    await own.projects.update(project.id, { name: "renamed" });
    await expect(own.projects.create({ name: "mine" })).rejects.toMatchObject({ status: 403 });
    const session = { type: "session", session: { user: { id: await userId(), email: ADA } } };
    const { data } = await organization.auditLogs.list({ event_types: ["project.updated", "access.denied" as never] });
    expect(data.map(({ type, actor }) => ({ type, actor }))).toEqual([
      { type: "access.denied", actor: session },
      { type: "project.updated", actor: session },
    ]);
  });

  // documented: person-admin-key-ends
  test("gives keys that end with the user, and do not work again when SCIM activates the user again", async () => {
    const { invite, signedIn, statusOf, url, secret, userId } = await started();
    await invite();
    const keys = [await signedIn(), await signedIn()];
    const id = await userId();
    const active = async (value: boolean) => {
      const response = await fetch(`${url.replace("/v1", "/scim/v2")}/Users/${id}`, {
        method: "PATCH",
        headers: { authorization: `Bearer ${secret}`, "content-type": "application/scim+json" },
        body: JSON.stringify({ Operations: [{ op: "replace", path: "active", value }] }),
      });
      expect(response.status).toBe(200);
    };
    await active(false);
    expect(await Promise.all(keys.map(statusOf))).toEqual([401, 401]);
    await active(true);
    expect(await Promise.all(keys.map(statusOf))).toEqual([401, 401]);
    expect(await statusOf(await signedIn())).toBe(200);
  });

  test("ends too when it is exchanged while the user is removed: no key is left that works", async () => {
    const { invite, signedIn, exchange, token, organization, statusOf, userId } = await started();
    await invite();
    await signedIn();
    const id = await userId();
    const [responses] = await Promise.all([
      Promise.all(Array.from({ length: 4 }, () => exchange(token(ADA), { audience: "control" }))),
      organization.users.delete(id),
    ]);
    const secrets = responses.flatMap(({ body }) => body.access_token ?? []);
    expect(await Promise.all(secrets.map(statusOf))).toEqual(secrets.map(() => 401));
  });

  test("ends the oldest of a person's 20 keys by one more", async () => {
    const { invite, signedIn, statusOf } = await started();
    await invite();
    const keys: string[] = [];
    for (let index = 0; index <= MAX_LIVE_ADMIN_KEYS_PER_USER; index++) keys.push(await signedIn());
    expect(await statusOf(keys[0] ?? "")).toBe(401);
    expect(await statusOf(keys[1] ?? "")).toBe(200);
    expect(await statusOf(keys.at(-1) ?? "")).toBe(200);
  });

  test("is exchanged once, whatever for, and its key is not in the list of admin keys", async () => {
    const { exchange, token, invite, organization } = await started();
    await invite("reader", "member");
    const once = token(ADA);
    expect((await exchange(once)).status).toBe(200);
    expect((await exchange(once, { audience: "control" })).body.error_description).toMatch(/exchanged before/);
    expect((await exchange(token(ADA), { audience: "control" })).status).toBe(200);
    expect((await organization.adminAPIKeys.list()).data).toHaveLength(1);
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ["another audience", { audience: "https://api.example.com" }, "invalid_target"],
    ["a scope", { audience: "control", scope: "read" }, "invalid_scope"],
    ["a project", { audience: "control", project_id: "proj_1" }, "invalid_request"],
  ])("with %s is refused with what to leave out", async (_, fields, error) => {
    const { exchange, token, invite } = await started();
    await invite();
    const { status, body } = await exchange(token(ADA), fields);
    expect([status, body.error]).toEqual([400, error]);
    expect(body.error_description).toMatch(/leave/);
  });

  test("gives nothing to a workload", async () => {
    const issuer = await startIssuer([signing]);
    const policy = {
      name: "nightly",
      issuer: issuer.issuer,
      audience: "https://api.example.com",
      claims: { sub: "job" },
    };
    const { exchange, clock } = await personExchange({ issuer: issuer.issuer, clientId: CLIENT }, [policy]);
    const now = Math.floor(clock.ms / 1000);
    const token = issuer.token({ sub: "job", aud: policy.audience, iat: now, nbf: now, exp: now + 300 });
    expect((await exchange(token, { audience: "control" })).body.error).toBe("invalid_target");
    expect((await exchange(token)).status).toBe(200);
  });
});
