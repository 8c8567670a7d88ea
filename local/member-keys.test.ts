import { describe, expect, test } from "vitest";
import type { MemberKeys } from "../contracts/control/project-keys.ts";
import { apiKeyId } from "../domain/keys/api-key.ts";
import { checkKey } from "../domain/keys/check-key.ts";
import { DynamoKeyStore } from "../gateway/keys/dynamo-key-store.ts";
import { keyChangesReader } from "../gateway/keys/key-changes.ts";
import { controlMembers } from "./test/control-members.ts";

const ID = "user-ada";

/** The control API with a project, and ada and bob, who are members of it and read nothing of others. */
async function started(bounds?: { readonly memberKeys: MemberKeys | undefined }) {
  const server = await controlMembers(bounds);
  const { owner, joinWithKey, url, document, keys, clock } = server;
  const project = await owner.projects.create({ name: "search" });
  const members = { ada: await joinWithKey(ID, "member"), bob: await joinWithKey("user-bob", "member") };
  for (const id of [ID, "user-bob"]) await owner.projects.users.create(project.id, { user_id: id, role: "member" });
  const origin = url.replace("/v1", "");
  /** A request with the admin key of one of them. */
  const send = async (who: keyof typeof members | "owner", method: string, path: string, body?: object) => {
    const secret = who === "owner" ? server.ownerSecret : members[who];
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const path = `/v1/organization/projects/${project.id}/api_keys`;
  const create = async (who: keyof typeof members = "ada", body: object = {}) => {
    const { status, body: key } = await send(who, "POST", path, { name: "laptop", ...body });
    expect([status, key.error?.message]).toEqual([200, undefined]);
    return key as { id: string; value: string; expires_at: number };
  };
  const store = new DynamoKeyStore({ client: document, tableName: keys });
  const stored = (key: string) => store.get(apiKeyId(key) ?? "");
  /** Why a gateway refuses a key, which it reads as it is now. */
  const refusal = async (key: string, scope: "generate" | "read" = "generate") =>
    checkKey(key, await stored(key), { scope }, clock.ms);
  const listed = async (who: keyof typeof members = "ada") =>
    (await send(who, "GET", "/api/keys/")).body.data.map(({ id }: { id: string }) => id);
  return {
    ...server,
    members,
    project,
    send,
    path,
    create,
    stored,
    refusal,
    listed,
    changes: keyChangesReader(document, keys),
  };
}
type Started = Awaited<ReturnType<typeof started>>;

describe("a member of a project", () => {
  // documented: member-keys
  test("makes a key that uses models as that person in that project, and is shown once", async () => {
    const { create, stored, refusal, send, path, project, clock } = await started();
    const key = await create();
    expect(await refusal(key.value)).toBeUndefined();
    expect(await stored(key.value)).toMatchObject({ owner: { type: "user", id: ID }, projectId: project.id });
    expect(Math.abs(key.expires_at - clock.ms / 1000 - 90 * 86_400)).toBeLessThan(10);
    const shown = await send("ada", "GET", `${path}/${key.id}`);
    expect(shown.body).toMatchObject({ id: key.id, owner: { type: "user", user: { id: ID, role: "member" } } });
    const list = await send("ada", "GET", "/api/keys/");
    expect(list.body.data).toMatchObject([{ id: key.id, project_id: project.id, owner_project_access: "active" }]);
    expect(JSON.stringify([shown, list])).not.toContain(key.value.slice(-43));
    clock.ms = 1000 * key.expires_at;
    expect(await refusal(key.value)).toBe("invalid");
  });

  test("makes, rotates and deletes keys by the short paths too", async () => {
    const { send, project, refusal, listed } = await started();
    const body = { project_id: project.id, owner: "me", name: "laptop", scopes: ["api.all.read"] };
    const made = await send("ada", "POST", "/api/keys/", body);
    expect(made.status).toBe(200);
    expect([await refusal(made.body.value), await refusal(made.body.value, "read")]).toEqual(["scope", undefined]);
    const rotated = await send("ada", "POST", `/api/keys/${made.body.id}/rotate`);
    expect(rotated.body.id).toBe(made.body.id);
    expect([await refusal(made.body.value, "read"), await refusal(rotated.body.value, "read")]).toEqual([
      "invalid",
      undefined,
    ]);
    expect((await send("ada", "DELETE", `/api/keys/${made.body.id}/`)).status).toBe(200);
    expect(await refusal(rotated.body.value, "read")).toBe("invalid");
    expect(await listed()).toEqual([]);
  });

  // documented: member-key-rotation
  test("rotates a key with an overlap that is held to the second, again and again", async () => {
    const { create, send, path, refusal, clock } = await started();
    const first = await create();
    const rotate = async (seconds: number) =>
      (await send("ada", "POST", `${path}/${first.id}/rotate`, { overlap_seconds: seconds })).body as {
        value: string;
        previous_valid_until: number;
      };
    const second = await rotate(60);
    expect([await refusal(first.value), await refusal(second.value)]).toEqual([undefined, undefined]);
    clock.ms = 1000 * (second.previous_valid_until + 1);
    expect([await refusal(first.value), await refusal(second.value)]).toEqual(["invalid", undefined]);
    const third = await rotate(0);
    expect([await refusal(second.value), await refusal(third.value)]).toEqual(["invalid", undefined]);
  });

  test("gets the same secret for a repeated rotation with the same Idempotency-Key", async () => {
    const { create, members, url, path } = await started();
    const { id } = await create();
    const rotate = async () => {
      const response = await fetch(`${url.replace("/v1", "")}${path}/${id}/rotate`, {
        method: "POST",
        headers: { authorization: `Bearer ${members.ada}`, "idempotency-key": "8b0c0c4e-repeated-1" },
      });
      return JSON.parse(await response.text()).value;
    };
    const first = await rotate();
    expect(first).toMatch(/^sk-sl-/);
    expect(await rotate()).toBe(first);
  });

  // documented: member-keys-own-alone
  test("does to another's key what can be done to one that does not exist", async () => {
    const { create, send, path, refusal, listed } = await started();
    const foreign = await create("bob");
    const own = await create("ada");
    const absent = `key_${"a".repeat(12)}`;
    for (const [method, suffix, body] of [
      ["GET", "", undefined],
      ["POST", "", { scopes: [] }],
      ["POST", "/rotate", {}],
      ["DELETE", "", undefined],
    ] as const) {
      const [theirs, none] = await Promise.all(
        [foreign.id, absent].map((id) => send("ada", method, `${path}/${id}${suffix}`, body)),
      );
      expect([theirs?.status, theirs?.body.error.code], `${method} ${suffix}`).toEqual([404, "not_found"]);
      expect(theirs?.body.error.message.replace(foreign.id, absent)).toBe(none?.body.error.message);
    }
    expect((await send("ada", "DELETE", `/api/keys/${foreign.id}/`)).status).toBe(404);
    const { data } = (await send("ada", "GET", path)).body;
    expect(data.map(({ id }: { id: string }) => id)).toEqual([own.id]);
    expect([await listed("ada"), await listed("bob")]).toEqual([[own.id], [foreign.id]]);
    expect(await refusal(foreign.value)).toBeUndefined();
  });

  test("has keys whose secret an owner does not get, and which an owner can end", async () => {
    const { create, send, path, refusal } = await started();
    const key = await create();
    const rotated = await send("owner", "POST", `${path}/${key.id}/rotate`);
    expect([rotated.status, rotated.body.error.message]).toEqual([400, expect.stringContaining("belongs to a user")]);
    expect(await refusal(key.value)).toBeUndefined();
    expect((await send("owner", "DELETE", `${path}/${key.id}`)).status).toBe(200);
    expect(await refusal(key.value)).toBe("invalid");
  });

  test("has as many keys as the environment permits, also when more are requested at once", async () => {
    const { create, send, path, listed } = await started({ memberKeys: { perPerson: 3, maxDays: 30 } });
    const first = await create();
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, index) => send("ada", "POST", path, { name: `key ${index}` })),
    );
    expect(all.filter(({ status }) => status === 200)).toHaveLength(2);
    for (const { body } of all.filter(({ status }) => status === 400))
      expect(body.error.message).toMatch(/You have 3 keys of your own, and this environment permits 3/);
    await send("ada", "DELETE", `${path}/${first.id}`);
    await create();
    expect(await listed()).toHaveLength(3);
  });

  test.each([
    ["an end later than the environment permits", { expires_in_seconds: 30 * 86_400 + 1 }, "expires_in_seconds"],
    ["a scope of administrators", { scopes: ["admin"] }, "scopes[0]"],
    ["no name", { name: "" }, "name"],
  ])("gets no key with %s", async (_, fields, param) => {
    const { send, path, listed } = await started({ memberKeys: { perPerson: 3, maxDays: 30 } });
    const { status, body } = await send("ada", "POST", path, { name: "laptop", ...fields });
    expect([status, body.error.param]).toEqual([400, param]);
    expect(await listed()).toEqual([]);
  });

  test("can't lengthen a key beyond what the environment permits", async () => {
    const { create, send, path } = await started({ memberKeys: { perPerson: 3, maxDays: 30 } });
    const { id } = await create();
    const later = await send("ada", "POST", `${path}/${id}`, { expires_in_seconds: 31 * 86_400 });
    expect([later.status, later.body.error.param]).toEqual([400, "expires_in_seconds"]);
    expect((await send("ada", "POST", `${path}/${id}`, { expires_in_seconds: 60 })).status).toBe(200);
  });

  test("gets none where the environment permits none, and none of a project of others", async () => {
    const { send, path } = await started({ memberKeys: undefined });
    const off = await send("ada", "POST", path, { name: "laptop" });
    expect([off.status, off.body.error.message]).toEqual([404, expect.stringContaining("`api.memberKeys` is null")]);
    const on = await started();
    const other = await on.owner.projects.create({ name: "other" });
    const foreign = await on.send("ada", "POST", `/v1/organization/projects/${other.id}/api_keys`, { name: "laptop" });
    expect(foreign.status).toBe(404);
  });
});

/** What ends a person's access to the project. */
const ENDINGS: Readonly<Record<string, (started: Started) => Promise<unknown>>> = {
  "the person is removed from the project": ({ owner, project }) =>
    owner.projects.users.delete(ID, { project_id: project.id }),
  "the person is removed from the organisation": ({ owner }) => owner.users.delete(ID),
  "the identity provider deactivates the person": ({ send }) =>
    send("owner", "PATCH", `/scim/v2/Users/${ID}`, { Operations: [{ op: "replace", path: "active", value: false }] }),
  "the project is archived": ({ owner, project }) => owner.projects.archive(project.id),
};

describe("a key of one's own", () => {
  // documented: member-keys-end
  test.each(Object.entries(ENDINGS))("is refused by every gateway once %s, and another's is not", async (name, end) => {
    const all = await started();
    const { create, refusal, changes } = all;
    const [key, other] = [await create("ada"), await create("bob")];
    const before = await changes();
    await end(all);
    expect(await refusal(key.value)).toBe("invalid");
    expect(await refusal(other.value)).toBe(name.includes("archived") ? "invalid" : undefined);
    expect(await changes()).toBeGreaterThan(before);
  });

  test("that is made while the person is removed from the project does not work", async () => {
    const { send, path, owner, project, refusal } = await started();
    const [made] = await Promise.all([
      Promise.all(Array.from({ length: 3 }, () => send("ada", "POST", path, { name: "late" }))),
      owner.projects.users.delete(ID, { project_id: project.id }),
    ]);
    const keys = made.flatMap(({ body }) => (typeof body.value === "string" ? [body.value] : []));
    expect(await Promise.all(keys.map((key) => refusal(key)))).toEqual(keys.map(() => "invalid"));
  });

  test("by a group ends with the group's access, is shown as inactive, and can be deleted", async () => {
    const { owner, joinWithKey, project, url, refusal } = await started();
    const cleo = await joinWithKey("user-cleo", "member");
    const group = await owner.groups.create({ name: "research" });
    await owner.groups.users.create(group.id, { user_id: "user-cleo" });
    await owner.projects.groups.create(project.id, { group_id: group.id, role: "member" });
    const send = async (method: string, path: string, body?: object) => {
      const headers = { authorization: `Bearer ${cleo}` };
      const init = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${url.replace("/v1", "")}${path}`, { method, headers, ...init });
      return { status: response.status, body: JSON.parse(await response.text()) };
    };
    const made = await send("POST", "/api/keys/", { project_id: project.id, owner: "me", name: "laptop" });
    expect([made.status, await refusal(made.body.value)]).toEqual([200, undefined]);
    await owner.projects.groups.delete(group.id, { project_id: project.id });
    expect(await refusal(made.body.value)).toBe("invalid");
    const [shown] = (await send("GET", "/api/keys/")).body.data;
    expect(shown).toMatchObject({ id: made.body.id, owner_project_access: "inactive" });
    const { data } = await owner.projects.apiKeys.list(project.id, { owner_project_access: "inactive" });
    expect(data.map(({ id }) => id)).toEqual([made.body.id]);
    await owner.projects.apiKeys.delete(made.body.id, { project_id: project.id });
    expect((await send("GET", "/api/keys/")).body.data).toEqual([]);
  });

  test("by a group ends when the person leaves the group", async () => {
    const { owner, joinWithKey, project, post, refusal } = await started();
    const cleo = await joinWithKey("user-cleo", "member");
    const group = await owner.groups.create({ name: "research" });
    await owner.groups.users.create(group.id, { user_id: "user-cleo" });
    await owner.projects.groups.create(project.id, { group_id: group.id, role: "member" });
    const response = await post(`/organization/projects/${project.id}/api_keys`, cleo, { name: "laptop" });
    const made = JSON.parse(await response.text());
    expect(await refusal(made.value)).toBeUndefined();
    await owner.groups.users.delete("user-cleo", { group_id: group.id });
    expect(await refusal(made.value)).toBe("invalid");
    expect((await owner.projects.apiKeys.list(project.id)).data).toEqual([]);
  });

  test("has audit events that name the person and the key, and not the secret", async () => {
    const { create, send, path, owner } = await started();
    const { id, value } = await create();
    const { body } = await send("ada", "POST", `${path}/${id}/rotate`, { overlap_seconds: 5 });
    const { data } = await owner.auditLogs.list({ resource_ids: [id] });
    expect(data.map(({ type }) => type)).toEqual(["api_key.updated", "api_key.created"]);
    for (const secret of [value, body.value]) expect(JSON.stringify(data)).not.toContain(secret.slice(-43));
  });
});
