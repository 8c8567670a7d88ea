import { describe, expect, test } from "vitest";
import { Session } from "../contracts/sign-in/session.ts";
import { ADA, sessionExchange } from "./test/session-exchange.ts";

describe("a browser's session", () => {
  // documented: session-begins
  test("begins with a code of the issuer: keys in the response, and a cookie that no script can read in place of the refresh token", async () => {
    const { invite, signIn, administers, refusal, project, lines, store } = await sessionExchange();
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
    const { invite, signIn, refresh, administers, later, refusal } = await sessionExchange();
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
    const { invite, signIn, refresh, store, clock } = await sessionExchange();
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
    const { invite, signIn, refresh, administers, later, client } = await sessionExchange();
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
    const { invite, signIn, refresh, later } = await sessionExchange();
    await invite();
    const { header } = await signIn();
    for (let round = 0; round < 3; round++) {
      later(600);
      expect((await refresh(header)).status).toBe(200);
      expect((await refresh(header)).status).toBe(200);
    }
  });

  test("survives that the function ended while it renewed, once the time for that is over", async () => {
    const { invite, signIn, refresh, later, client } = await sessionExchange();
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
    const { invite, signIn, refresh, session, administers, refusal, client } = await sessionExchange();
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
    const { invite, signIn, refresh, administers, organization } = await sessionExchange();
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
    const { invite, signIn, refresh, later, client } = await sessionExchange();
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
    const { invite, signIn, refresh, organization, project } = await sessionExchange();
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
    const { invite, signIn, administers } = await sessionExchange();
    await invite([]);
    const { control, projects, project_key: models } = await signIn();
    expect([projects, models]).toEqual([[], null]);
    expect(await administers(control.key)).toBe(true);
  });

  test("can be loaded again 30 times in its 15 minutes", async () => {
    const { invite, signIn, refresh, refusal } = await sessionExchange();
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

test("a sign-out that comes again leaves the session that was begun since, and its cookie", async () => {
  const { invite, signIn, session, administers } = await sessionExchange();
  await invite();
  const first = await signIn();
  const signOut = (header: object, id = "") =>
    session("DELETE", "/session", {}, { ...header, "x-sluice-session-id": id });
  expect((await signOut(first.header, first.id)).cookie).toMatch(/^sluice-session=;/);
  expect(await administers(first.control.key)).toBe(false);
  const second = await signIn();
  expect(second.id).not.toBe(first.id);
  expect(await signOut(second.header, first.id)).toMatchObject({ status: 200, body: { deleted: true }, cookie: "" });
  expect(await administers(second.control.key)).toBe(true);
  expect((await signOut(second.header, second.id)).cookie).toMatch(/^sluice-session=;/);
  expect(await administers(second.control.key)).toBe(false);
});

test("a browser that signs in again has one session: the one before ends with its keys", async () => {
  const { invite, code, signIn, refresh, session, administers } = await sessionExchange();
  await invite();
  const first = await signIn();
  expect((await session("POST", "/session", await code(), first.header)).status).toBe(200);
  expect(await administers(first.control.key)).toBe(false);
  expect((await refresh(first.header)).status).toBe(401);
});
