import { describe, expect, test } from "vitest";
import type { AdminApiKey } from "../contracts/control/admin-keys.ts";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { adminKeyRecord, createAdminKey } from "../domain/tenancy/admin-key-record.ts";
import { controlMembers } from "./test/control-members.ts";
import { all } from "./test/control-server.ts";

const KEYS = "/organization/admin_api_keys";
const DAY = 86_400;

type Created = AdminApiKey & { readonly value: string };

/** An owner whose admin key does not expire, and one of the same owner that expires after ten minutes. */
async function started() {
  const server = await controlMembers();
  const { post, url, ownerSecret, owner } = server;
  const send = async <T>(path: string, by: string, body?: object) => {
    const response = body
      ? await post(path, by, body)
      : await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${by}` } });
    return { status: response.status, body: (await response.json()) as T & { error?: { message: string } } };
  };
  const made = async (body: object, by = ownerSecret) => {
    const response = await send<Created>(KEYS, by, { name: "job", ...body });
    expect([response.status, response.body.error?.message]).toEqual([200, undefined]);
    return response.body;
  };
  const short = await made({ expires_in_seconds: 600 });
  const project = await owner.projects.create({ name: "search" });
  const [user] = (await send<{ data: { id: string }[] }>("/organization/users", ownerSecret)).body.data;
  await owner.projects.users.create(project.id, { user_id: user?.id ?? "", role: "member" });
  return { ...server, send, made, short, project, ownKeys: `/organization/projects/${project.id}/api_keys` };
}

const REFUSED = (param: string, message: string) => ({
  status: 403,
  body: { error: { code: "permission_denied", param, message: expect.stringContaining(message) } },
});

describe("an admin key that expires", () => {
  // documented: admin-key-life
  test("makes admin keys that end no later than itself, and no other", async () => {
    const { send, made, short, lines, ownerSecret } = await started();
    const later = await send(KEYS, short.value, { name: "more", expires_in_seconds: DAY });
    expect(later).toMatchObject(
      REFUSED("expires_in_seconds", "as your admin key ends then (rule key-expiry), got 86400; send less"),
    );
    expect(await send(KEYS, short.value, { name: "endless" })).toMatchObject(
      REFUSED("expires_in_seconds", "and is missing, which means no end; send less"),
    );
    expect(lines.at(-1)).toMatchObject({ rule: "key-expiry", keyId: short.id });
    const less = await made({ expires_in_seconds: 300 }, short.value);
    expect(less.expires_at).toBeLessThan(short.expires_at ?? 0);
    expect((await send(KEYS, less.value, { name: "more", expires_in_seconds: 400 })).status).toBe(403);
    const listed = await send<{ data: AdminApiKey[] }>(KEYS, ownerSecret);
    expect(listed.body.data).toHaveLength(3);
  });

  test("makes its user's keys for models end with it, and gives none that work for longer a new secret or a later end", async () => {
    const { send, short, ownKeys, ownerSecret } = await started();
    type Key = { id: string; value: string; expires_at: number };
    const { body: own } = await send<Key>(ownKeys, short.value, { name: "laptop" });
    expect(own.expires_at).toBeLessThanOrEqual(short.expires_at ?? 0);
    expect(await send(ownKeys, short.value, { name: "laptop", expires_in_seconds: DAY })).toMatchObject(
      REFUSED("expires_in_seconds", "(rule key-expiry), got 86400"),
    );
    expect(await send(`${ownKeys}/${own.id}`, short.value, { expires_in_seconds: DAY })).toMatchObject(
      REFUSED("expires_in_seconds", "(rule key-expiry), got 86400"),
    );
    const { body: long } = await send<Key>(ownKeys, ownerSecret, { name: "desktop", expires_in_seconds: DAY });
    expect(await send(`${ownKeys}/${long.id}/rotate`, short.value, {})).toMatchObject(
      REFUSED("api_key_id", `(rule key-expiry), got ${long.expires_at}; rotate it with a key that works for longer`),
    );
    expect((await send(`${ownKeys}/${own.id}/rotate`, short.value, {})).status).toBe(200);
    expect((await send(`${ownKeys}/${long.id}`, short.value, { expires_in_seconds: DAY / 2 })).status).toBe(200);
  });

  // documented: seconds-from-receipt
  test.each([false, true])(
    "gives and changes ends that count from when the request came, though its first attempt lost a race: %s that it was stored",
    async (isStored) => {
      const { send, short, ownKeys, ownerSecret, store, clock } = await started();
      const { body: long } = await send<{ id: string }>(ownKeys, ownerSecret, {
        name: "desktop",
        expires_in_seconds: DAY,
      });
      const write = store.write.bind(store);
      /** The next change is tried again after two seconds. */
      const loseRace = () => {
        store.write = async (...change) => {
          store.write = write;
          if (isStored) await write(...change);
          clock.ms += 2000;
          return false;
        };
      };
      const left = () => (short.expires_at ?? 0) - Math.floor(clock.ms / 1000);
      loseRace();
      const made = await send<Created>(KEYS, short.value, { name: "more", expires_in_seconds: left() });
      expect([made.status, made.body.expires_at]).toEqual([200, short.expires_at]);
      loseRace();
      const end = Math.floor(clock.ms / 1000) + DAY / 2;
      const sooner = await send<Created>(`${ownKeys}/${long.id}`, short.value, { expires_in_seconds: DAY / 2 });
      expect([sooner.status, sooner.body.expires_at]).toEqual([200, end]);
    },
  );

  test("gives an operator's key that ends with it", async () => {
    const { post, short, clock } = await started();
    clock.ms += 500_000;
    const response = await post("/organization/operator_keys", short.value, undefined);
    expect([response.status, await response.json()]).toMatchObject([200, { expires_at: short.expires_at }]);
  });

  test("makes keys of service accounts without an end, which are no keys of its user's", async () => {
    const { send, short, project } = await started();
    const path = `/organization/projects/${project.id}/service_accounts`;
    const { status, body } = await send<{ api_key: { expires_at: null } }>(path, short.value, { name: "app" });
    expect([status, body.api_key.expires_at]).toEqual([200, null]);
  });
});

// documented: admin-key-deactivated
test("an admin key of a user whom the identity provider deactivates works no more, also once the user is active again", async () => {
  const { store, url, ownerSecret, clock, owner, sdk } = await controlMembers();
  const scim = async (method: string, path: string, body: object) => {
    const response = await fetch(`${url.replace("/v1", "/scim/v2")}/Users${path}`, {
      method,
      headers: { authorization: `Bearer ${ownerSecret}`, "content-type": "application/scim+json" },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as { id: string } };
  };
  const { id } = (await scim("POST", "", { userName: "ann@example.com" })).body;
  const keyOf = async (name: string) => {
    const made = newAdminKey();
    const record = adminKeyRecord(made, { name, ownerId: id, nowMs: clock.ms });
    expect(await store.write("org-a", createAdminKey("org-a", record))).toBe(true);
    return { secret: made.secret, id: record.id };
  };
  const statusOf = async (secret: string) =>
    (await fetch(`${url}/organization/users`, { headers: { authorization: `Bearer ${secret}` } })).status;
  const active = async (value: boolean) => {
    clock.ms += 5000;
    const Operations = [{ op: "replace", path: "active", value }];
    expect((await scim("PATCH", `/${id}`, { Operations })).status).toBe(200);
  };
  const before = await keyOf("before");
  expect(await statusOf(before.secret)).toBe(200);
  await active(false);
  expect(await statusOf(before.secret)).toBe(401);
  await active(true);
  expect(await statusOf(before.secret)).toBe(401);
  const after = await keyOf("after");
  expect(await statusOf(after.secret)).toBe(200);
  await owner.users.update(id, { role: "owner" });
  expect([await statusOf(before.secret), await statusOf(after.secret)]).toEqual([401, 200]);
  const listed = await all(sdk(ownerSecret).adminAPIKeys.list());
  expect(listed.map((key) => key.id)).not.toContain(before.id);
  const query = new URLSearchParams({ principal_type: "admin_key", principal_id: before.id, scope: "users.read" });
  const decision = await fetch(`${url}/organization/access_decisions?${query}`, {
    headers: { authorization: `Bearer ${ownerSecret}` },
  });
  expect(await decision.json()).toMatchObject({ outcome: "denied", rule: "user-was-deactivated" });
});
