import { describe, expect, test } from "vitest";
import { AdminApiKey, CreatedAdminApiKey } from "../contracts/control/admin-keys.ts";
import { adminKeyId } from "../domain/keys/admin-key.ts";
import { controlMembers } from "./test/control-members.ts";
import { all } from "./test/control-server.ts";
import { storeChat } from "./test/stored-chat.ts";

const KEYS = "/organization/admin_api_keys";

/** An organisation whose owner has a key with all rights, and makes keys with scopes. */
async function started() {
  const server = await controlMembers();
  const { post, store, owner, ownerSecret: secret, url } = server;
  const find = async () => {
    const { records } = await store.list("org-a", { kind: "user", limit: 1 });
    return records[0]!;
  };
  const setRole = async (role: "owner" | "reader") => {
    const user = await find();
    const record = { ...user, role, version: user.version + 1 };
    expect(await store.write("org-a", [{ action: "replace", record, version: user.version }])).toBe(true);
  };
  const giveRole = async (permissions: string[]) => {
    const { id: role_id } = await owner.roles.create({ role_name: "own", permissions });
    await owner.users.roles.create((await find()).id, { role_id });
  };
  const storeOwnChat = async () => (await storeChat(server, { ownerId: (await find()).id })).id;
  const get = (path: string, key: string, method = "GET") =>
    fetch(url.replace("/v1", `/api${path}`), { method, headers: { authorization: `Bearer ${key}` } });
  const create = (body: unknown, by = secret) => post(KEYS, by, body);
  const made = async (scopes: readonly string[], by = secret) => {
    const response = await create({ name: "job", scopes }, by);
    expect(response.status).toBe(200);
    return CreatedAdminApiKey.parse(await response.json());
  };
  /** Status and error of a refused request. */
  const refused = async (sent: Promise<Response>) => {
    const response = await sent;
    return { status: response.status, ...((await response.json()) as { error: object }) };
  };
  const denied = (rule: string, more: object = {}) => ({
    status: 403,
    error: { code: "permission_denied", message: expect.stringContaining(`(rule ${rule})`), ...more },
  });
  return { ...server, secret, setRole, giveRole, storeOwnChat, get, create, made, refused, denied };
}

describe("an admin key with scopes", () => {
  // documented: used-needs-usage-read
  test("that reads limits and no usage sees what limits are and not what is used of them", async () => {
    const { url, post, made, secret } = await started();
    const limit = { metric: "nano_usd", window: "month", max: 5 };
    const path = "/organization/limits/organization/organization";
    expect((await post(path, secret, { limits: [limit] })).status).toBe(200);
    const read = async (of: string, key: string) => {
      const headers = { authorization: `Bearer ${key}` };
      return (await fetch(`${url}${of}?include[]=used`, { headers })).json();
    };
    const keyOf = async (scopes: readonly string[]) => (await made(scopes)).value;
    const both = await keyOf(["limits.read", "usage.read"]);
    const one = await keyOf(["limits.read"]);
    for (const [key, shown] of [
      [secret, { ...limit, used: 0 }],
      [both, { ...limit, used: 0 }],
      [one, limit],
    ] as const) {
      expect(await read(path, key)).toMatchObject({ limits: [shown] });
      const { data } = (await read("/organization/limits", key)) as { data: readonly { limits: unknown }[] };
      expect(data.map(({ limits }) => limits)).toEqual([[shown]]);
    }
  });

  // documented: admin-key-scopes
  test("permits what they name of what its owner may do, is shown with them, and is an event with them", async () => {
    const { made, sdk, secret, post, refused, denied, lines } = await started();
    const { value, ...shown } = await made(["users.read", "projects.read", "users.read"]);
    expect(shown.scopes).toEqual(["users.read", "projects.read"]);
    const owner = sdk(secret);
    expect(AdminApiKey.parse(await owner.adminAPIKeys.retrieve(shown.id))).toEqual(shown);
    const listed = (await all(owner.adminAPIKeys.list())).map((key) => AdminApiKey.parse(key).scopes);
    expect(listed).toEqual([null, ["users.read", "projects.read"]]);
    const [event] = await all(owner.auditLogs.list({ event_types: ["api_key.created"] }));
    expect(event?.["api_key.created"]?.data?.scopes).toEqual(["users.read", "projects.read"]);
    expect(await all(sdk(value).users.list())).toHaveLength(1);
    expect(await refused(post("/organization/projects", value, { name: "one" }))).toMatchObject(
      denied("key-scope:projects.write", { decision_id: expect.stringMatching(/^dec_/) }),
    );
    expect(lines.at(-1)).toMatchObject({ rule: "key-scope:projects.write", keyId: shown.id });
    const { id } = await owner.projects.create({ name: "one" });
    expect((await sdk(value).projects.retrieve(id)).name).toBe("one");
    const blind = sdk((await made(["users.read"])).value);
    const messages = await Promise.all(
      [id, "proj_absent"].map((one) =>
        blind.projects.retrieve(one).then(
          () => "found",
          (error: Error) => error.message,
        ),
      ),
    );
    expect(messages[0]?.replace(id, "proj_absent")).toBe(messages[1]);
    expect(lines.map(({ rule }) => rule)).toContain("key-scope:projects.read");
  });

  test("permits less once its owner's role does, and all of what they name again after that", async () => {
    const { made, sdk, setRole } = await started();
    const { value } = await made(["users.read", "projects.write"]);
    await setRole("reader");
    await expect(sdk(value).projects.create({ name: "one" })).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("no-role-permits:projects.write"),
    });
    expect(await all(sdk(value).users.list())).toHaveLength(1);
    await setRole("owner");
    expect((await sdk(value).projects.create({ name: "one" })).name).toBe("one");
  });

  // documented: admin-key-scopes-no-escalation
  test("makes no key, no role and no owner with more than itself", async () => {
    const { made, create, refused, denied, post, sdk, store } = await started();
    const { value } = await made(["admin_keys.write", "roles.write", "users.write", "users.read"]);
    const scopes = { param: "scopes" };
    expect(await refused(create({ name: "all" }, value))).toMatchObject(denied("key-scope", scopes));
    expect(await refused(create({ name: "all", scopes: null }, value))).toMatchObject(denied("key-scope", scopes));
    expect(await refused(create({ name: "more", scopes: ["users.read", "usage.read"] }, value))).toMatchObject(
      denied("key-scope:usage.read", scopes),
    );
    const { value: less } = await made(["users.read"], value);
    expect(await all(sdk(less).users.list())).toHaveLength(1);
    expect(
      await refused(post("/organization/roles", value, { role_name: "more", permissions: ["usage.read"] })),
    ).toMatchObject(denied("key-scope:usage.read"));
    const other = { kind: "user", version: 1, email: "b@example.com", role: "owner", addedAt: 1 } as const;
    await store.write("org-a", [{ action: "create", record: { ...other, id: "user-b" } }]);
    expect(await refused(post("/organization/users/user-b", value, { role: "reader" }))).toMatchObject(
      denied("key-scope"),
    );
    await expect(sdk(value).users.delete("user-b")).rejects.toMatchObject({ status: 403 });
  });

  test("whose owner has fewer rights than they name is refused with the field, the value and the rule", async () => {
    const { create, refused, denied, secret, setRole, giveRole } = await started();
    await giveRole(["admin_keys.write"]);
    await setRole("reader");
    expect(await refused(create({ name: "a", scopes: ["users.read", "users.write"] }, secret))).toMatchObject(
      denied("more-than-own-roles:users.write", {
        param: "scopes",
        message: expect.stringContaining("`scopes` must name no more than you may do yourself, got 'users.write'"),
      }),
    );
    expect((await create({ name: "b", scopes: ["users.read", "admin_keys.write"] }, secret)).status).toBe(200);
  });

  test.each([
    [["users"], "'users' is no permission here; send some of projects.read, "],
    [[], "A key with an empty list could do nothing"],
    ["users.read", "scopes"],
  ])("%j is refused with the field, and no key is made", async (scopes, message) => {
    const { create, refused, sdk, secret } = await started();
    expect(await refused(create({ name: "job", scopes }))).toMatchObject({
      status: 400,
      error: { code: "invalid_request", message: expect.stringContaining(message) },
    });
    expect(await all(sdk(secret).adminAPIKeys.list())).toHaveLength(1);
  });

  test("reads and deletes its owner's own history with the scopes of history alone", async () => {
    const { made, get, storeOwnChat } = await started();
    const id = await storeOwnChat();
    const [none, read] = [await made(["users.read"]), await made(["history.read"])];
    const statuses = async (value: string) =>
      Promise.all(
        [get("/chats", value), get(`/chats/${id}`, value), get(`/chats/${id}`, value, "DELETE")].map(
          async (sent) => (await sent).status,
        ),
      );
    expect(await statuses(none.value)).toEqual([403, 403, 403]);
    expect(await statuses(read.value)).toEqual([200, 200, 403]);
  });

  test("is found by no record that releases before know, which would give it all rights, and leaves none when deleted", async () => {
    const { made, store, sdk, secret } = await started();
    const { id, value } = await made(["users.read"]);
    const ids = [adminKeyId(value) ?? ""];
    expect(await store.get("", { kind: "adminKeyIndex", ids })).toBeUndefined();
    expect(await store.get("", { kind: "scopedAdminKeyIndex", ids })).toMatchObject({ id });
    await sdk(secret).adminAPIKeys.delete(id);
    expect(await store.get("", { kind: "scopedAdminKeyIndex", ids })).toBeUndefined();
    await expect(sdk(value).users.list()).rejects.toMatchObject({ status: 401 });
  });

  test("permits nothing where its record has lost the scopes", async () => {
    const { made, store, sdk } = await started();
    const { id, value } = await made(["users.read"]);
    const key = await store.get("org-a", { kind: "adminKey", ids: [id] });
    const { scopes: _, ...without } = key!;
    await store.write("org-a", [{ action: "replace", record: { ...without, version: 2 }, version: 1 }]);
    await expect(sdk(value).users.list()).rejects.toMatchObject({ status: 403 });
  });
});
