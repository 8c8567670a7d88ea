import { describe, expect, test } from "vitest";
import type { DirectoryGroups } from "../contracts/processes/directory-groups.ts";
import type { PeopleSettings } from "../contracts/processes/people.ts";
import { SESSION_PATH } from "../contracts/sign-in/session.ts";
import { describeSignIn } from "../lambdas/exchange-token/sign-in-document.ts";
import { SIGN_UPS_PER_HOUR } from "../lambdas/exchange-token/signed-in-person.ts";
import { newKey, startIssuer } from "../lambdas/exchange-token/test/local-issuer.ts";
import { startLocalIssuer } from "./issuer/local-issuer.ts";
import { signInCode } from "./test/oidc-sign-in.ts";
import { personExchange } from "./test/person-exchange.ts";

const CLIENT = "sluice-cli";
const ADA = "ada@anywhere.example";
const OPEN = {
  domains: "any",
  role: "member",
  ownProject: { tier: "free", creditUsd: 2.5, creditDays: 30 },
} as const satisfies PeopleSettings["admit"];

async function started(admit: PeopleSettings["admit"] = OPEN) {
  const issuer = await startIssuer([newKey("first")]);
  const exchange = await personExchange({ issuer: issuer.issuer, clientId: CLIENT, admit });
  let tokens = 0;
  const token = (email: string, claims: object = {}) => {
    const now = Math.floor(exchange.clock.ms / 1000);
    const common = { sub: email, aud: CLIENT, email, email_verified: true, jti: String(tokens++) };
    return issuer.token({ ...common, iat: now, nbf: now, exp: now + 3600, ...claims });
  };
  return { ...exchange, token };
}

describe("a person whom nobody has invited, where everybody comes in", () => {
  // documented: sign-up-own-project
  test("gets a project of their own at the first sign-in, with its tier and credit, and the same one at the next", async () => {
    const { exchange, token, organization, item, clock } = await started();
    const { body } = await exchange(token(ADA));
    const key = await item(body.access_token);
    expect(key).toMatchObject({ projectId: body.project_id, owner: { type: "user" } });
    const expiresAt = expect.any(Number);
    expect(key?.limits).toMatchObject([
      { scope: "project", tier: "free", credits: [{ max: 2_500_000_000, expiresAt }], isComplete: true },
    ]);
    const project = await organization.projects.retrieve(body.project_id);
    expect(project.name).toBe(ADA);
    const users = await organization.projects.users.list(body.project_id);
    expect(users.data).toMatchObject([{ email: ADA, role: "owner" }]);
    const { data: people } = await organization.users.list();
    expect(people.find(({ email }) => email === ADA)).toMatchObject({ role: "member" });
    const events = (await organization.auditLogs.list({ limit: 20 })).data.map(({ type }) => type);
    expect(events).toEqual(expect.arrayContaining(["user.added", "project.created", "credit.granted"]));
    clock.ms += 1000;
    const again = await exchange(token(ADA));
    expect(again.body.project_id).toBe(body.project_id);
    const other = await exchange(token("grace@elsewhere.example"));
    expect(other.body.project_id).not.toBe(body.project_id);
  });

  // documented: sign-up-limits-in-the-control-api
  test("has limits and credit that the control API shows and changes as any other's", async () => {
    const { exchange, token, url, secret } = await started();
    const { body } = await exchange(token(ADA));
    const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
    const at = (path: string) => `${url}/organization/${path}/project/${body.project_id}`;
    expect(await (await fetch(at("limits"), { headers })).json()).toMatchObject({ tier: "free", limits: [] });
    expect(await (await fetch(at("credits"), { headers })).json()).toMatchObject({
      balance_nano_usd: 2_500_000_000,
      is_required: true,
    });
  });

  test("is refused without a verified address, and no project is made", async () => {
    const { exchange, token, organization } = await started();
    expect((await exchange(token(ADA, { email_verified: false }))).body.error).toBe("invalid_grant");
    expect((await organization.projects.list()).data).toHaveLength(1);
  });

  // documented: sign-up-rate-limit
  test("waits after ten others of the address in an hour, while those who were invited come in", async () => {
    const { exchange, token, organization, project, clock } = await started({ ...OPEN, ownProject: {} });
    for (let index = 0; index < SIGN_UPS_PER_HOUR; index++)
      expect((await exchange(token(`a${index}@anywhere.example`))).status).toBe(200);
    const refused = await exchange(token(ADA));
    expect([refused.status, refused.body.error]).toEqual([429, "temporarily_unavailable"]);
    expect(Number(refused.headers["retry-after"]?.[0])).toBeGreaterThan(0);
    const projects = [{ id: project.id, role: "member" as const }];
    await organization.invites.create({ email: "grace@anywhere.example", role: "reader", projects });
    expect((await exchange(token("grace@anywhere.example"))).body.project_id).toBe(project.id);
    expect((await exchange(token("a0@anywhere.example"))).status).toBe(200);
    clock.ms += 3_600_000;
    expect((await exchange(token(ADA))).status).toBe(200);
  });

  // documented: sign-up-in-a-browser
  test("signs up at a real issuer by the code flow, and has a session with the first key of the own project", async () => {
    const redirectUri = "http://127.0.0.1/login";
    const issuer = await startLocalIssuer(CLIENT, { redirectUris: [redirectUri] });
    const { session, item } = await personExchange(
      { issuer: issuer.url, clientId: CLIENT, admit: { ...OPEN, ownProject: { tier: "free" } } },
      [],
      Date.now(),
    );
    try {
      const oidc = { issuer: issuer.url, clientId: CLIENT, redirectUri };
      const begun = await session("POST", SESSION_PATH, await signInCode(oidc, "ada@example.com"));
      expect(begun).toMatchObject({
        status: 200,
        body: { projects: [{ name: "ada@example.com", role: "owner" }], project_key: { key: expect.any(String) } },
      });
      expect(await item(begun.body.project_key.key)).toMatchObject({ projectId: begun.body.projects[0].id });
    } finally {
      await issuer.close();
    }
  });

  test("is told so before: clients of before read that some domains are admitted", async () => {
    const client = { authorization: async () => ({ endpoint: "https://a.example/auth", scopes: ["openid"] }) };
    const settings = { issuer: "https://a.example", clientId: CLIENT, admit: OPEN };
    expect(await describeSignIn(settings, client, () => undefined)).toMatchObject({
      admit: "domains",
      is_open: true,
      has_own_project: true,
    });
    const domains = { ...settings, admit: { domains: ["acme.example"] } };
    expect(await describeSignIn(domains, client, () => undefined)).not.toHaveProperty("is_open");
  });

  test("is told that more than the invited come in where a group of the directory lets people in", async () => {
    const client = { authorization: async () => ({ endpoint: "https://a.example/auth", scopes: ["openid"] }) };
    const policyOf = async (groups: DirectoryGroups) =>
      (await describeSignIn({ issuer: "https://a.example", clientId: CLIENT, groups }, client, () => undefined)).admit;
    const map = { engineering: "group_1" };
    expect(await policyOf({ map, admit: "member" })).toBe("domains");
    expect(await policyOf({ map })).toBe("invited");
  });
});
