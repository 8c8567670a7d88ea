import type { AuditLogListParams } from "openai/resources/admin/organization/audit-logs";
import { describe, expect, test } from "vitest";
import { create, user } from "./test/control/object-records.ts";
import { startControl } from "./test/control/started-control.ts";

/** An organisation with an owner and a reader, whose addresses are taken. */
async function seeded() {
  const twin = await startControl();
  const users = [user("user-owner", "owner"), user("user-reader", "reader")];
  for (const organization of ["org-a", "org-b"])
    await twin.seed(
      organization,
      ...users.map(create),
      ...users.map(({ id, email }) => create({ kind: "email", version: 1, email, ownerId: id } as const)),
    );
  return { ...twin, organization: twin.sdk("org-a", "user-owner") };
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

describe("the control API, called by the official SDK", () => {
  test("creates, lists in pages, renames and archives projects", async () => {
    const { organization, sdk } = await seeded();
    const made = [];
    for (const name of ["one", "two", "three", "four", "five"]) made.push(await organization.projects.create({ name }));
    const [first] = made;
    expect((await organization.projects.update(first!.id, { name: "uno" })).name).toBe("uno");
    expect((await organization.projects.archive(made[1]!.id)).status).toBe("archived");
    const active = await all(organization.projects.list({ limit: 2 }));
    expect(active.map(({ name }) => name)).toEqual(["uno", "three", "four", "five"]);
    expect(await all(organization.projects.list({ limit: 2, include_archived: true }))).toHaveLength(5);
    expect(await organization.projects.retrieve(first!.id)).toEqual({ ...first, name: "uno" });
    await expect(organization.projects.update(made[1]!.id, { name: "dos" })).rejects.toThrow(/is archived/);
    await expect(sdk("org-b", "user-owner").projects.retrieve(first!.id)).rejects.toMatchObject({ status: 404 });
  });

  test("adds users to a project by id and by address, changes their role and removes them", async () => {
    const { organization } = await seeded();
    const { id: project_id } = await organization.projects.create({ name: "one" });
    const { users } = organization.projects;
    await users.create(project_id, { email: "user-reader@example.com", role: "member" });
    await users.create(project_id, { user_id: "user-owner", role: "owner" });
    await expect(users.create(project_id, { user_id: "user-owner", role: "owner" })).rejects.toThrow(/already/);
    expect((await users.update("user-reader", { project_id, role: "owner" })).role).toBe("owner");
    expect((await users.retrieve("user-reader", { project_id })).email).toBe("user-reader@example.com");
    expect((await all(users.list(project_id, { limit: 1 }))).map(({ id }) => id)).toEqual([
      "user-owner",
      "user-reader",
    ]);
    expect(await users.delete("user-reader", { project_id })).toMatchObject({ deleted: true });
    await expect(users.retrieve("user-reader", { project_id })).rejects.toMatchObject({ status: 404 });
  });

  test("lists, changes and removes users, but not the caller", async () => {
    const { organization } = await seeded();
    expect((await organization.users.update("user-reader", { role: "owner" })).role).toBe("owner");
    await expect(organization.users.delete("user-owner")).rejects.toThrow(/another owner/);
    expect((await organization.users.retrieve("user-reader")).role).toBe("owner");
    await organization.users.delete("user-reader");
    expect((await all(organization.users.list())).map(({ id }) => id)).toEqual(["user-owner"]);
  });

  test("sends one invitation to an address, and can delete it", async () => {
    const { organization } = await seeded();
    const sent = await organization.invites.create({ email: "New@example.com", role: "reader" });
    expect(sent).toMatchObject({ email: "new@example.com", status: "pending" });
    await expect(organization.invites.create({ email: "new@example.com", role: "owner" })).rejects.toThrow(/already/);
    expect(await organization.invites.retrieve(sent.id)).toEqual(sent);
    await organization.invites.delete(sent.id);
    expect(await all(organization.invites.list())).toEqual([]);
    await organization.invites.create({ email: "new@example.com", role: "owner" });
  });

  test("has one audit event of each change, newest first, found by type, project and actor", async () => {
    const { organization } = await seeded();
    const { id } = await organization.projects.create({ name: "one" });
    await organization.projects.update(id, { name: "two" });
    await organization.projects.users.create(id, { user_id: "user-reader", role: "member" });
    await organization.users.update("user-reader", { role: "owner" });
    const events = await all(organization.auditLogs.list({ limit: 1 }));
    expect(events.map(({ type }) => type)).toEqual([
      "user.updated",
      "user.added",
      "project.updated",
      "project.created",
    ]);
    expect(events[2]).toMatchObject({
      project: { id, name: "two" },
      "project.updated": { id, changes_requested: { title: "two" } },
      actor: { api_key: { id: "key_user-owner", user: { id: "user-owner" } } },
    });
    const of = async (query: AuditLogListParams) =>
      (await all(organization.auditLogs.list(query))).map(({ type }) => type);
    expect(await of({ event_types: ["user.added"] })).toEqual(["user.added"]);
    expect(await of({ project_ids: [id], limit: 2 })).toEqual(["user.added", "project.updated", "project.created"]);
    expect(await of({ actor_ids: ["user-reader"] })).toEqual([]);
    expect(await of({ effective_at: { lt: 1 } })).toEqual([]);
  });
});

describe("the control API", () => {
  test("refuses a change of a version that is no longer the object's", async () => {
    const { send } = await seeded();
    const made = await send(
      { method: "POST", path: "/v1/organization/projects", body: '{"name":"one"}' },
      "org-a",
      "user-owner",
    );
    const path = `/v1/organization/projects/${(made.body as { id: string }).id}`;
    const rename = (ifMatch: string) =>
      send({ method: "POST", path, body: '{"name":"two"}', ifMatch }, "org-a", "user-owner");
    expect(made.headers.etag).toBe('"1"');
    expect(await rename('"1"')).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(await rename('"1"')).toMatchObject({ status: 412, body: { error: { code: "version_conflict" } } });
  });

  test("answers a change that other changes overtake each time with 429 and a time to wait", async () => {
    const { send, store } = await seeded();
    store.write = async () => false;
    const change = { method: "POST", path: "/v1/organization/projects", body: '{"name":"one"}' };
    expect(await send(change, "org-a", "user-owner")).toMatchObject({
      status: 429,
      headers: { "retry-after": "1" },
      body: { error: { code: "rate_limit_exceeded" } },
    });
  });

  test("leaves one owner when two owners demote each other at once", async () => {
    const { send, seed, store } = await seeded();
    await seed("org-a", create(user("user-second", "owner")));
    const demote = (who: string, by: string) =>
      send({ method: "POST", path: `/v1/organization/users/${who}`, body: '{"role":"reader"}' }, "org-a", by);
    for (let round = 0; round < 5; round++) {
      const results = await Promise.all([demote("user-second", "user-owner"), demote("user-owner", "user-second")]);
      expect(results.map(({ status }) => status).sort()).toEqual([200, 403]);
      const { records } = await store.list("org-a", { kind: "user", limit: 10 });
      const owners = records.filter(({ role }) => role === "owner");
      expect(owners).toHaveLength(1);
      const demoted = records.find(({ id, role }) => role === "reader" && id !== "user-reader")!;
      const restore = { method: "POST", path: `/v1/organization/users/${demoted.id}`, body: '{"role":"owner"}' };
      expect((await send(restore, "org-a", owners[0]!.id)).status).toBe(200);
    }
  });

  test("makes as many audit events as changes, whatever races there are", async () => {
    const { send, store } = await seeded();
    const made = await send(
      { method: "POST", path: "/v1/organization/projects", body: '{"name":"0"}' },
      "org-a",
      "user-owner",
    );
    const path = `/v1/organization/projects/${(made.body as { id: string }).id}`;
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        send({ method: "POST", path, body: `{"name":"${n}"}` }, "org-a", "user-owner"),
      ),
    );
    const changes = results.filter(({ status }) => status === 200).length;
    expect(changes).toBeGreaterThan(0);
    expect((await store.list("org-a", { kind: "event", limit: 100 })).records).toHaveLength(1 + changes);
    const id = path.split("/").at(-1)!;
    expect((await store.get("org-a", { kind: "project", ids: [id] }))?.version).toBe(1 + changes);
  });

  test.each([
    ["POST", "/v1/organization/projects", "{", 400, "invalid_json"],
    ["POST", "/v1/organization/projects", '{"name":""}', 400, "invalid_request"],
    ["POST", "/v1/organization/projects", '{"name":"a","residency":"GLOBAL"}', 400, "invalid_request"],
    ["GET", "/v1/organization/projects/a%23b", "", 404, "not_found"],
    ["GET", "/v1/organization/nothing", "", 404, "not_found"],
    ["DELETE", "/v1/organization/projects", "", 405, "method_not_allowed"],
  ])("responds to %s %s with the body %j with %i %s", async (method, path, body, status, code) => {
    const { send } = await seeded();
    expect(await send({ method, path, body }, "org-a", "user-owner")).toMatchObject({
      status,
      body: { error: { code } },
    });
  });
});
