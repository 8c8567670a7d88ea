import { describe, expect, test } from "vitest";
import { AdminApiKey, AdminApiKeyPage, CreatedAdminApiKey } from "../contracts/control/admin-keys.ts";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { newApiKey } from "../domain/keys/api-key.ts";
import { all, controlServer } from "./test/control-server.ts";

describe("admin keys", () => {
  // documented: admin-keys
  test("are created, listed in both orders, read and deleted by the official SDK", async () => {
    const { owner, sdk } = await controlServer();
    const { adminAPIKeys } = sdk(await owner("org-a"));
    const second = CreatedAdminApiKey.parse(await adminAPIKeys.create({ name: "job", expires_in_seconds: 60 }));
    expect(second.expires_at).toBe(second.created_at + 60);
    expect(second.redacted_value).toBe(`${second.value.slice(0, 21)}...${second.value.slice(-4)}`);
    const { value, ...shown } = second;
    expect(AdminApiKey.parse(await adminAPIKeys.retrieve(second.id))).toEqual(shown);
    const names = async (order: "asc" | "desc") =>
      (await all(adminAPIKeys.list({ limit: 1, order }))).map(({ name }) => name);
    expect([await names("asc"), await names("desc")]).toEqual([
      ["first", "job"],
      ["job", "first"],
    ]);
    expect(JSON.stringify(await all(adminAPIKeys.list()))).not.toContain(value.slice(-43));
    expect((await all(sdk(value).projects.list())).length).toBe(0);
    expect(await adminAPIKeys.delete(second.id)).toMatchObject({ deleted: true });
    await expect(sdk(value).projects.list()).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
    await expect(adminAPIKeys.retrieve(second.id)).rejects.toMatchObject({ status: 404 });
  });

  test("have the roles of their owner, also when these change", async () => {
    const { owner, sdk, store } = await controlServer();
    const secret = await owner("org-a");
    await sdk(secret).projects.create({ name: "one" });
    const { records } = await store.list("org-a", { kind: "user", limit: 1 });
    const [user] = records;
    const record = { ...user!, role: "reader", version: user!.version + 1 } as const;
    await store.write("org-a", [{ action: "replace", record, version: user!.version }]);
    await expect(sdk(secret).projects.create({ name: "two" })).rejects.toMatchObject({ status: 403 });
    expect(await all(sdk(secret).projects.list())).toHaveLength(1);
    await store.write("org-a", [{ action: "remove", key: { kind: "user", ids: [user!.id] }, version: record.version }]);
    await expect(sdk(secret).projects.list()).rejects.toMatchObject({ status: 401 });
  });

  test("work until, not at, the second in which they expire", async () => {
    const { owner, sdk, clock } = await controlServer();
    const { value, expires_at } = await sdk(await owner("org-a")).adminAPIKeys.create({
      name: "short",
      expires_in_seconds: 60,
    });
    clock.ms = expires_at! * 1000 - 10;
    await sdk(value).projects.list();
    clock.ms = expires_at! * 1000;
    await expect(sdk(value).projects.list()).rejects.toMatchObject({ status: 401 });
  });

  test("reach only their own organisation", async () => {
    const { owner, sdk } = await controlServer();
    const [a, b] = [sdk(await owner("org-a")), sdk(await owner("org-b"))];
    const { id } = await a.projects.create({ name: "one" });
    await expect(b.projects.retrieve(id)).rejects.toMatchObject({ status: 404 });
    expect(await all(b.projects.list())).toEqual([]);
    expect((await all(b.adminAPIKeys.list())).map(({ name }) => name)).toEqual(["first"]);
  });
});

describe("a request without a valid admin key", () => {
  test.each([
    ["no key", undefined, "missing_api_key"],
    ["an unknown admin key", newAdminKey().secret, "invalid_api_key"],
    ["a key for models", newApiKey().secret, "invalid_api_key"],
    ["other text", "a text of no form", "invalid_api_key"],
  ])("with %s is refused with 401 and logged with an id of the decision", async (_, secret, code) => {
    const { url, lines } = await controlServer();
    const headers: Readonly<Record<string, string>> = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
    const response = await fetch(`${url}/organization/projects`, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code, type: "authentication_error" } });
    expect(lines).toEqual([
      expect.objectContaining({ msg: "refused", rule: code, decision_id: expect.stringMatching(/^dec_/) }),
    ]);
    if (secret !== undefined) expect(JSON.stringify(lines)).not.toContain(secret.slice(-43));
  });

  test("gets the same response for a key that never was, one with a wrong secret and one that is deleted", async () => {
    const { owner, sdk, url } = await controlServer();
    const { adminAPIKeys } = sdk(await owner("org-a"));
    const { id, value } = await adminAPIKeys.create({ name: "job" });
    await adminAPIKeys.delete(id);
    const read = async (secret: string) => {
      const response = await fetch(`${url}/organization/projects`, { headers: { authorization: `Bearer ${secret}` } });
      return [response.status, [...response.headers.keys()], await response.text()];
    };
    const unknown = await read(newAdminKey().secret);
    expect([await read(value), await read(`${value}x`)]).toEqual([unknown, unknown]);
  });
});

describe("a refusal", () => {
  // documented: control-api-refusals
  test("has the id of its decision in the response and in the log, with the rule that decided", async () => {
    const { owner, store, post, lines } = await controlServer();
    const secret = await owner("org-a");
    const [user] = (await store.list("org-a", { kind: "user", limit: 1 })).records;
    const record = { ...user!, role: "reader", version: 2 } as const;
    await store.write("org-a", [{ action: "replace", record, version: 1 }]);
    const response = await post("/organization/projects", secret, { name: "one" });
    expect(response.status).toBe(403);
    const { error } = (await response.json()) as { error: { decision_id: string } };
    expect(lines).toEqual([
      expect.objectContaining({
        decision_id: error.decision_id,
        rule: "no-role-permits:projects.write",
        operation: "createProject",
        organizationId: "org-a",
        userId: user!.id,
      }),
    ]);
  });
});

describe("an id that no record can have", () => {
  const LONG = "x".repeat(1500);

  test.each([
    `projects/${LONG}`,
    `users/${LONG}`,
    `invites/${LONG}`,
    `admin_api_keys/${LONG}`,
    `projects/${LONG}/users/${LONG}`,
  ])("is not found, case %#", async (path) => {
    const { url, owner } = await controlServer();
    const headers = { authorization: `Bearer ${await owner("org-a")}` };
    expect((await fetch(`${url}/organization/${path}`, { headers })).status).toBe(404);
  });

  test.each(["", "a%23b", "%F0%9F%99%82", LONG])("begins no page of a list, case %#", async (after) => {
    const { url, owner } = await controlServer();
    const headers = { authorization: `Bearer ${await owner("org-a")}` };
    for (const list of ["projects", "users", "invites", "admin_api_keys", "audit_logs"]) {
      const response = await fetch(`${url}/organization/${list}?after=${after}`, { headers });
      expect([list, response.status]).toEqual([list, 400]);
      expect(await response.json()).toMatchObject({ error: { param: "after" } });
    }
  });
});

describe("a request with an Idempotency-Key", () => {
  const key = { "idempotency-key": "5b0c0c36-6a0f-4c54-9f38-6a4c0f3a9e10" };

  // documented: control-api-idempotency
  test("that is sent again gets the same response, secret included, and changes nothing more", async () => {
    const { owner, post, sdk, store } = await controlServer();
    const secret = await owner("org-a");
    const send = async () => (await post("/organization/admin_api_keys", secret, { name: "job" }, key)).json();
    const first = await send();
    expect(await send()).toEqual(first);
    expect(await all(sdk(secret).adminAPIKeys.list())).toHaveLength(2);
    const { records } = await store.list("org-a", { kind: "idempotency", limit: 10 });
    expect(records).toHaveLength(1);
    expect(JSON.stringify(records)).not.toContain((first as { value: string }).value.slice(-43));
  });

  test("makes one change of twelve at once", async () => {
    const { owner, post, sdk } = await controlServer();
    const secret = await owner("org-a");
    const send = () => post("/organization/projects", secret, { name: "one" }, key);
    const bodies = await Promise.all(Array.from({ length: 12 }, async () => (await send()).text()));
    expect(new Set(bodies).size).toBe(1);
    expect(await all(sdk(secret).projects.list())).toHaveLength(1);
  });

  test("is refused with another body, and taken anew after a day", async () => {
    const { owner, post, sdk, clock } = await controlServer();
    const secret = await owner("org-a");
    const send = async (name: string) => (await post("/organization/projects", secret, { name }, key)).status;
    expect(await send("one")).toBe(200);
    expect(await send("two")).toBe(400);
    clock.ms += 86_400_000;
    expect(await send("two")).toBe(200);
    expect((await all(sdk(secret).projects.list())).map(({ name }) => name)).toEqual(["one", "two"]);
  });

  test("belongs to the admin key that sent it", async () => {
    const { owner, post, sdk } = await controlServer();
    const secret = await owner("org-a");
    const other = await sdk(secret).adminAPIKeys.create({ name: "job" });
    const send = (caller: string) => post("/organization/projects", caller, { name: "one" }, key);
    const ids = await Promise.all([secret, other.value].map(async (caller) => (await send(caller)).json()));
    expect(new Set(ids.map((project) => (project as { id: string }).id)).size).toBe(2);
  });

  test("is refused when it could be guessed", async () => {
    const { owner, post } = await controlServer();
    const response = await post(
      "/organization/projects",
      await owner("org-a"),
      { name: "a" },
      { "idempotency-key": "1" },
    );
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("Idempotency-Key must have 16 to 255 characters, got 1");
  });
});

test("pages have the form of OpenAI's, their cursors survive a deletion", async () => {
  const { owner, url } = await controlServer();
  const secret = await owner("org-a");
  const read = async (query: string) => {
    const headers = { authorization: `Bearer ${secret}` };
    return AdminApiKeyPage.parse(await (await fetch(`${url}/organization/admin_api_keys${query}`, { headers })).json());
  };
  const first = await read("?limit=1");
  expect(first).toMatchObject({ has_more: false, first_id: first.data[0]!.id, last_id: first.data[0]!.id });
  expect(await read(`?after=${first.last_id}`)).toMatchObject({ data: [], first_id: null, last_id: null });
});

test("a method that a path does not take is 405 with those that it takes", async () => {
  const { owner, url } = await controlServer();
  const headers = { authorization: `Bearer ${await owner("org-a")}` };
  const response = await fetch(`${url}/organization/projects`, { method: "DELETE", headers });
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, POST"]);
});
