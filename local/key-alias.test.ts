import { describe, expect, test } from "vitest";
import { CreatedServiceAccount } from "../contracts/control/project-keys.ts";
import type { RecordOf } from "../contracts/control/records.ts";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { apiKeyId } from "../domain/keys/api-key.ts";
import { checkKey } from "../domain/keys/check-key.ts";
import { adminKeyRecord, createAdminKey } from "../domain/tenancy/admin-key-record.ts";
import { DynamoKeyStore } from "../gateway/keys/dynamo-key-store.ts";
import { all, controlServer } from "./test/control-server.ts";

const MEMBER: RecordOf<"user"> = {
  kind: "user",
  version: 1,
  id: "user-member",
  email: "member@example.com",
  role: "owner",
  addedAt: 1,
};

/** An organisation with two projects, and requests of its owner to the short paths. */
async function started() {
  const server = await controlServer();
  const secret = await server.owner("org-a");
  const { projects } = server.sdk(secret);
  const [project, other] = [await projects.create({ name: "search" }), await projects.create({ name: "other" })];
  const origin = server.url.replace("/v1", "");
  const send = async (method: string, path: string, body?: unknown, key = secret) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: response.status, allow: response.headers.get("allow"), body: await response.json() };
  };
  const keys = new DynamoKeyStore({ client: server.document, tableName: server.keys });
  /** Why a gateway refuses a key. */
  const refusal = async (value: string) =>
    checkKey(value, await keys.get(apiKeyId(value) ?? ""), { scope: "generate" }, server.clock.ms);
  return { ...server, projects, project, other, send, refusal };
}

describe("the short paths for keys", () => {
  test("find the project of a key by the key's own item, and read no list of keys", async () => {
    const { project, send, document } = await started();
    const { body } = await send("POST", "/api/keys", { project_id: project.id, name: "job" });
    const { api_key: key } = CreatedServiceAccount.parse(body);
    const lists: string[] = [];
    document.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const input = JSON.stringify(args.input);
          if (commandName === "QueryCommand" && input.includes("projectKey")) lists.push(input);
          return next(args);
        },
      { step: "initialize" },
    );
    expect((await send("POST", `/api/keys/${key!.id}/rotate`)).status).toBe(200);
    expect((await send("DELETE", `/api/keys/${key!.id}`)).status).toBe(200);
    for (const id of ["key_", "key_aaaaaaaaaaaa", "x", `key_${"a".repeat(3000)}`])
      expect((await send("DELETE", `/api/keys/${id}`)).status).toBe(404);
    expect(lists).toEqual([]);
  });

  // documented: control-key-alias
  test.each(["/api/keys/", "/api/keys"])("POST %s makes a key of a project, which DELETE ends", async (path) => {
    const { project, projects, other, send, refusal } = await started();
    const created = await send("POST", path, { project_id: project.id, name: "job", expires_in_seconds: 60 });
    expect(created.status).toBe(200);
    const { api_key: key } = CreatedServiceAccount.parse(created.body);
    expect(key?.expires_at).toBe(key!.created_at + 60);
    expect(await refusal(key!.value)).toBeUndefined();
    expect((await all(projects.apiKeys.list(project.id))).map(({ id }) => id)).toEqual([key!.id]);
    expect(await all(projects.apiKeys.list(other.id))).toEqual([]);
    expect(await send("DELETE", `${path.replace(/\/$/, "")}/${key!.id}/`)).toMatchObject({
      status: 200,
      body: { id: key!.id, deleted: true },
    });
    expect(await refusal(key!.value)).toBe("invalid");
    expect(await send("DELETE", `/api/keys/${key!.id}`)).toMatchObject({
      status: 404,
      body: { error: { code: "not_found" } },
    });
  });

  test("refuses what the operations refuse: roles, foreign keys, bodies, methods, and no key at all", async () => {
    const { project, projects, send, owner, store, clock } = await started();
    const { api_key: key } = await projects.serviceAccounts.create(project.id, { name: "job" });
    const admin = newAdminKey();
    const record = adminKeyRecord(admin, { name: "reader", ownerId: MEMBER.id, nowMs: clock.ms });
    await store.write("org-a", [
      { action: "create", record: { ...MEMBER, role: "reader" } },
      ...createAdminKey("org-a", record),
    ]);
    const body = { project_id: project.id, name: "job" };
    expect((await send("POST", "/api/keys/", body, admin.secret)).status).toBe(403);
    expect((await send("DELETE", `/api/keys/${key!.id}/`, undefined, admin.secret)).status).toBe(403);
    const foreign = await owner("org-b");
    expect((await send("POST", "/api/keys/", body, foreign)).status).toBe(404);
    const hidden = await send("DELETE", `/api/keys/${key!.id}/`, undefined, foreign);
    expect([hidden.status, JSON.stringify(hidden.body).includes(project.id)]).toEqual([404, false]);
    expect((await send("POST", "/api/keys/", body, "sk-wrong")).status).toBe(401);
    expect(await send("POST", "/api/keys/", { name: "job" })).toMatchObject({
      status: 400,
      body: { error: { code: "invalid_request", param: "project_id" } },
    });
    expect(await send("POST", "/api/keys/", { ...body, colour: "red" })).toMatchObject({ status: 400 });
    expect(await send("POST", "/api/keys/", "{")).toMatchObject({
      status: 400,
      body: { error: { code: "invalid_json" } },
    });
    expect(await send("PUT", "/api/keys/", {})).toMatchObject({ status: 405, allow: "GET, POST" });
    expect(await send("POST", `/api/keys/${key!.id}/`, {})).toMatchObject({ status: 405, allow: "DELETE" });
    expect((await send("DELETE", `/api/keys/${key!.id}/more/`)).status).toBe(404);
    expect((await all(projects.apiKeys.list(project.id))).map(({ id }) => id)).toEqual([key!.id]);
  });
});
