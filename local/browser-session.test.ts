import { describe, expect, onTestFinished, test } from "vitest";
import { Session } from "../contracts/sign-in/session.ts";
import { startLocalIssuer } from "./issuer/local-issuer.ts";
import { signInCode } from "./test/oidc-sign-in.ts";
import { personExchange } from "./test/person-exchange.ts";

const ADA = "ada@example.com";
const CLIENT = "sluice";

/** A real OpenID provider, whose refresh tokens rotate and are good for one use, and an organisation with an invited person. */
async function started() {
  const redirectUri = "http://127.0.0.1:1/login";
  const issuer = await startLocalIssuer(CLIENT, { redirectUris: [redirectUri] });
  onTestFinished(() => issuer.close());
  const exchange = await personExchange({ issuer: issuer.url, clientId: CLIENT }, [], Date.now());
  const { session, organization, project } = exchange;
  const oidc = { issuer: issuer.url, clientId: CLIENT, redirectUri };
  const invite = (projectIds: readonly string[] = [project.id]) =>
    organization.invites.create({
      email: ADA,
      role: "reader",
      projects: projectIds.map((id) => ({ id, role: "member" as const })),
    });
  const code = () => signInCode(oidc, ADA);
  /** Signs in. @returns the response, and the header with the cookie as the browser sends it */
  const signIn = async (own: object = {}) => {
    const response = await session("POST", "/session", { ...(await code()), ...own });
    expect(response).toMatchObject({ status: 200 });
    return { ...Session.parse(response.body), header: { cookie: response.cookie.split(";")[0] ?? "" }, response };
  };
  const refresh = (header: Readonly<Record<string, string>>, body: object = {}) =>
    session("POST", "/session/refresh", body, header);
  /** Whether a key of the control API works. */
  const administers = async (key: string) =>
    (await fetch(`${exchange.url}/organization/projects`, { headers: { authorization: `Bearer ${key}` } })).status ===
    200;
  const later = (seconds: number) => {
    exchange.clock.ms += seconds * 1000;
  };
  return { issuer, invite, code, signIn, refresh, administers, later, ...exchange };
}

describe("a browser's session", () => {
  // documented: session-begins
  test("begins with a code of the issuer: keys in the response, and a cookie that no script can read in place of the refresh token", async () => {
    const { invite, signIn, administers, refusal, project, lines, store } = await started();
    await invite();
    const { user, control, projects, project_key: models, response } = await signIn();
    expect(user).toMatchObject({ email: ADA, name: null, role: "reader" });
    expect(projects).toEqual([{ id: project.id, name: "search", role: "member" }]);
    expect(models?.project_id).toBe(project.id);
    expect(await administers(control.key)).toBe(true);
    expect(await refusal(models?.key ?? "")).toBeUndefined();
    expect(response.cookie).toMatch(
      /^sluice-session=[\w-]{43}; Path=\/session; HttpOnly; SameSite=Strict; Max-Age=2592000; Secure$/,
    );
    expect(response.headers["cache-control"]).toEqual(["no-store"]);
    const text = JSON.stringify(lines);
    for (const secret of [control.key, models?.key ?? "", /=([\w-]+);/.exec(response.cookie)?.[1] ?? ""])
      expect(text).not.toContain(secret);
    expect(store.organizationId).toBe("org-a");
  });

  test("is renewed by its cookie alone, and both the keys before and the new ones work", async () => {
    const { invite, signIn, refresh, administers, later, refusal } = await started();
    await invite();
    const first = await signIn();
    later(600);
    const { status, body, cookie } = await refresh(first.header);
    expect([status, cookie]).toEqual([200, ""]);
    const second = Session.parse(body);
    expect(second.control.key).not.toBe(first.control.key);
    expect(second.control.expires_at).toBeGreaterThan(first.control.expires_at);
    expect(second.expires_at).toBe(first.expires_at);
    expect(await Promise.all([first.control.key, second.control.key].map(administers))).toEqual([true, true]);
    expect(await refusal(second.project_key?.key ?? "")).toBeUndefined();
  });

  test("gives keys that end no later than itself", async () => {
    const { invite, signIn, refresh, store, clock } = await started();
    await invite();
    const first = await signIn();
    const keys = await store.get({ kind: "personAdminKeys", ids: [first.user.id] });
    const id = keys?.keys[0]?.sessionId ?? "";
    const record = await store.get({ kind: "browserSession", ids: [id] });
    const expiresAt = Math.floor(clock.ms / 1000) + 100;
    const shorter = { ...record!, expiresAt, version: record!.version + 1 };
    expect(await store.write([{ action: "replace", record: shorter, version: record!.version }], undefined)).toBe(
      "stored",
    );
    const { control, project_key: models } = Session.parse((await refresh(first.header)).body);
    expect([control.expires_at, models?.expires_at].map((end = Infinity) => end <= expiresAt)).toEqual([true, true]);
  });

  // documented: session-two-tabs
  test("is renewed by four pages at once, though the issuer ends it when a refresh token comes twice", async () => {
    const { invite, signIn, refresh, administers, later, client } = await started();
    await invite();
    const { header } = await signIn();
    const renewals: string[] = [];
    const original = client.refreshed.bind(client);
    client.refreshed = (token) => {
      renewals.push(token);
      return original(token);
    };
    for (let round = 0; round < 2; round++) {
      later(600);
      const responses = await Promise.all(Array.from({ length: 4 }, () => refresh(header)));
      expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 200));
      const keys = responses.map(({ body }) => Session.parse(body).control.key);
      expect(new Set(keys).size).toBe(4);
      expect(await Promise.all(keys.map(administers))).toEqual(keys.map(() => true));
    }
    expect(new Set(renewals).size).toBe(2);
    expect(renewals).toHaveLength(2);
  });

  test("survives that the response of a renewal was lost: the same cookie renews again", async () => {
    const { invite, signIn, refresh, later } = await started();
    await invite();
    const { header } = await signIn();
    for (let round = 0; round < 3; round++) {
      later(600);
      expect((await refresh(header)).status).toBe(200);
      expect((await refresh(header)).status).toBe(200);
    }
  });

  test("survives that the function ended while it renewed, once the time for that is over", async () => {
    const { invite, signIn, refresh, later, client } = await started();
    await invite();
    const { header } = await signIn();
    later(600);
    const original = client.refreshed.bind(client);
    const stopped = Promise.withResolvers<never>();
    client.refreshed = () => stopped.promise;
    void refresh(header);
    client.refreshed = original;
    later(11);
    expect((await refresh(header)).status).toBe(200);
  });

  // documented: session-ends
  test("ends with DELETE: its keys, its cookie, and the refresh token at the issuer", async () => {
    const { invite, signIn, refresh, session, administers, refusal, client } = await started();
    await invite();
    const [first, other] = [await signIn(), await signIn()];
    const revoked: string[] = [];
    const original = client.revoke.bind(client);
    client.revoke = async (token) => {
      await original(token);
      revoked.push(token);
    };
    const ended = await session("DELETE", "/session", {}, first.header);
    expect([ended.status, ended.cookie]).toEqual([
      200,
      expect.stringMatching(/^sluice-session=; Path=\/session; .*Max-Age=0/),
    ]);
    expect(await administers(first.control.key)).toBe(false);
    expect(await refusal(first.project_key?.key ?? "")).toBe("invalid");
    expect((await refresh(first.header)).status).toBe(401);
    expect(await administers(other.control.key)).toBe(true);
    expect(await refusal(other.project_key?.key ?? "")).toBeUndefined();
    await expect(client.refreshed(revoked[0] ?? "")).rejects.toThrow("invalid_grant");
    expect((await session("DELETE", "/session", {}, first.header)).status).toBe(200);
  });

  test("ends for a user who was removed, and does not go on when the address is invited again", async () => {
    const { invite, signIn, refresh, administers, organization } = await started();
    await invite();
    const { header, control, user } = await signIn();
    await organization.users.delete(user.id);
    expect(await administers(control.key)).toBe(false);
    const { status, body, cookie } = await refresh(header);
    expect([status, body.error.code]).toEqual([400, "access_denied"]);
    expect(cookie).toContain("Max-Age=0");
    await invite();
    expect((await refresh(header)).body.error.code).toBe("session_required");
  });

  test("ends when the issuer ends it, and after 30 days", async () => {
    const { invite, signIn, refresh, later, client } = await started();
    await invite();
    const [first, second] = [await signIn(), await signIn()];
    const original = client.refreshed.bind(client);
    client.refreshed = async (token) => {
      await client.revoke(token);
      return await original(token);
    };
    later(600);
    expect((await refresh(first.header)).body.error.code).toBe("session_required");
    client.refreshed = original;
    later(30 * 86_400);
    expect((await refresh(second.header)).body.error.code).toBe("session_required");
  });

  test("gives a key for the project that is asked for, none where several are possible, and none of a foreign project", async () => {
    const { invite, signIn, refresh, organization, project } = await started();
    const other = await organization.projects.create({ name: "chat" });
    const foreign = await organization.projects.create({ name: "secret" });
    await invite([project.id, other.id]);
    const { header, project_key: none, projects } = await signIn();
    expect(none).toBeNull();
    expect(projects.map(({ name }) => name).sort()).toEqual(["chat", "search"]);
    expect((await refresh(header, { project_id: other.id })).body.project_key.project_id).toBe(other.id);
    expect((await refresh(header, { project_id: foreign.id })).body.project_key).toBeNull();
    expect((await signIn({ project_id: project.id })).project_key?.project_id).toBe(project.id);
  });

  test("gives a key of the control API to a person without a project", async () => {
    const { invite, signIn, administers } = await started();
    await invite([]);
    const { control, projects, project_key: models } = await signIn();
    expect([projects, models]).toEqual([[], null]);
    expect(await administers(control.key)).toBe(true);
  });

  test("can be loaded again 30 times in its 15 minutes", async () => {
    const { invite, signIn, refresh, refusal } = await started();
    await invite();
    const { header } = await signIn();
    let last = "";
    for (let load = 0; load < 30; load++) {
      const { status, body } = await refresh(header);
      expect(status).toBe(200);
      last = body.project_key.key;
    }
    expect(await refusal(last)).toBeUndefined();
  });
});

test("a browser that signs in again has one session: the one before ends with its keys", async () => {
  const { invite, code, signIn, refresh, session, administers } = await started();
  await invite();
  const first = await signIn();
  expect((await session("POST", "/session", await code(), first.header)).status).toBe(200);
  expect(await administers(first.control.key)).toBe(false);
  expect((await refresh(first.header)).status).toBe(401);
});

describe("a request of a session", () => {
  test.each<[string, string, string, Readonly<Record<string, string>>, number, string]>([
    ["without the header", "POST", "/session/refresh", { "x-sluice-session": "" }, 400, "cross_site"],
    ["of another site", "POST", "/session/refresh", { "sec-fetch-site": "cross-site" }, 400, "cross_site"],
    ["of a sister site", "DELETE", "/session", { "sec-fetch-site": "same-site" }, 400, "cross_site"],
    ["that does not say where it is from", "POST", "/session", { "sec-fetch-site": "" }, 400, "cross_site"],
    ["without a cookie", "POST", "/session/refresh", {}, 401, "session_required"],
    [
      "with an unknown cookie",
      "POST",
      "/session/refresh",
      { cookie: `sluice-session=${"a".repeat(43)}` },
      401,
      "session_required",
    ],
    ["with a malformed cookie", "POST", "/session/refresh", { cookie: "sluice-session=%00" }, 401, "session_required"],
    ["by another method", "GET", "/session", {}, 405, "method_not_allowed"],
    ["that is a form", "POST", "/session", { "content-type": "text/plain" }, 400, "invalid_request"],
  ])("%s is refused", async (_, method, path, headers, status, code) => {
    const { session } = await started();
    const response = await session(method, path, {}, headers);
    expect([response.status, response.body.error.code]).toEqual([status, code]);
    expect(response.body.error.message).toBeTruthy();
  });

  test("with wrong fields names each of them", async () => {
    const { session } = await started();
    const body = { code: "x", code_verifier: "short", redirect_uri: "javascript:1", more: 1 };
    const { status, body: refused } = await session("POST", "/session", body);
    expect(status).toBe(400);
    for (const field of ["code_verifier", "redirect_uri", "nonce", "more"])
      expect(refused.error.message).toContain(field);
  });

  test("with a code that was used, of another verifier, or with another nonce begins no session", async () => {
    const { invite, code, session } = await started();
    await invite();
    const used = await code();
    expect((await session("POST", "/session", used)).status).toBe(200);
    const wrong = [used, { ...(await code()), code_verifier: "v".repeat(43) }, { ...(await code()), nonce: "other" }];
    for (const body of wrong) {
      const { status, body: refused, cookie } = await session("POST", "/session", body);
      expect([400, 503]).toContain(status);
      expect(refused.error.code).not.toBe("server_error");
      expect(cookie).toBe("");
    }
  });

  test("of somebody who is not in the organisation says so, and is an audit event", async () => {
    const { code, session, lines } = await started();
    const { status, body } = await session("POST", "/session", await code());
    expect([status, body.error.code]).toEqual([400, "access_denied"]);
    expect(body.error.message).toBe(`${ADA} is not in the organisation. An owner can invite you.`);
    expect(lines.at(-1)).toMatchObject({ rule: "people: not-invited" });
  });

  test("is 503 while the issuer can't be reached, and the session goes on afterwards", async () => {
    const { invite, signIn, refresh, later, client } = await started();
    await invite();
    const { header } = await signIn();
    later(600);
    const original = client.refreshed.bind(client);
    client.refreshed = async (token) => {
      const { IssuerUnavailable } = await import("../lib/http/fetch-document.ts");
      client.refreshed = original;
      throw new IssuerUnavailable(token.slice(0, 0), "connection refused");
    };
    const { status, headers } = await refresh(header);
    expect([status, headers["retry-after"]]).toEqual([503, ["5"]]);
    expect((await refresh(header)).status).toBe(200);
  });

  test("is 429 after 30 refused codes of one browser in a minute, and other browsers behind the same edge go on", async () => {
    const { invite, code, session } = await started();
    await invite();
    const wrong = { ...(await code()), code: "wrong" };
    for (let tries = 0; tries < 30; tries++) expect((await session("POST", "/session", wrong)).status).toBe(400);
    expect((await session("POST", "/session", await code())).status).toBe(429);
    const other = { "x-forwarded-for": "198.51.100.2, 192.0.2.1" };
    expect((await session("POST", "/session", await code(), other)).status).toBe(200);
  });
});
