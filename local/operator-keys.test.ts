import { expect, test } from "vitest";
import { LogKey, ObserverKey, OperatorKey } from "../contracts/control/admin-keys.ts";
import { apiKeyId } from "../domain/keys/api-key.ts";
import { checkKey } from "../domain/keys/check-key.ts";
import { DynamoKeyStore } from "../gateway/keys/dynamo-key-store.ts";
import { startControl } from "./test/control/started-control.ts";
import { controlMembers } from "./test/control-members.ts";

const PATH = "/v1/organization/operator_keys";

/** The control API with a second owner, who makes keys for the gateways. */
async function started() {
  const server = await controlMembers();
  const { owner, joinWithKey, url, document, keys, clock } = server;
  const secret = await joinWithKey("user-ada", "owner");
  const origin = url.replace("/v1", "");
  const create = async (path: string = PATH, authorization = secret) => {
    const response = await fetch(`${origin}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${authorization}` },
    });
    return { status: response.status, body: await response.json() };
  };
  const store = new DynamoKeyStore({ client: document, tableName: keys });
  const refusal = async (key: string, scope: "admin" | "observe" | "logs" | "generate") =>
    checkKey(key, await store.get(apiKeyId(key) ?? ""), { scope }, clock.ms);
  return { owner, create, refusal, clock, joinWithKey };
}

// documented: operator-keys
test("an owner gets a key that operates the gateways for five minutes, uses no models and is in the audit log", async () => {
  const { owner, create, refusal, clock } = await started();
  const { status, body } = await create();
  expect(status).toBe(200);
  const key = OperatorKey.parse(body);
  expect(key.expires_at - key.created_at).toBe(300);
  expect(await refusal(key.value, "admin")).toBeUndefined();
  expect(await refusal(key.value, "generate")).toBe("scope");
  const { data } = await owner.auditLogs.list({ event_types: ["api_key.created"] });
  expect(data.find((event) => event["api_key.created"]?.id === key.id)).toMatchObject({
    "api_key.created": { data: { scopes: ["admin"] } },
    actor: { api_key: { user: { id: "user-ada" } } },
  });
  clock.ms = 1000 * key.expires_at;
  expect(await refusal(key.value, "admin")).toBe("invalid");
});

test("a reader gets a key that sees the health of the service and no key that changes it, a member neither", async () => {
  const { create, refusal, joinWithKey } = await started();
  const reader = await joinWithKey("user-eve", "reader");
  const { value } = ObserverKey.parse((await create("/v1/organization/observer_keys", reader)).body);
  expect(await refusal(value, "observe")).toBeUndefined();
  expect(await refusal(value, "admin")).toBe("scope");
  expect(await refusal(value, "generate")).toBe("scope");
  expect((await create(PATH, reader)).status).toBe(403);
  const member = await joinWithKey("user-joe", "member");
  expect((await create("/v1/organization/observer_keys", member)).status).toBe(403);
});

// documented: log-keys
test("a member whose own role has service_logs.read gets a key that reads the log and nothing that changes, a reader without it none", async () => {
  const { owner, create, refusal, joinWithKey } = await started();
  const path = "/v1/organization/log_keys";
  const reader = await joinWithKey("user-eve", "reader");
  expect(await create(path, reader)).toMatchObject({
    status: 403,
    body: { error: { message: expect.stringContaining("(rule no-role-permits:service_logs.read)") } },
  });
  const member = await joinWithKey("user-joe", "member");
  expect((await create(path, member)).status).toBe(403);
  const role = await owner.roles.create({ role_name: "on call", permissions: ["service_logs.read"] });
  await owner.users.roles.create("user-joe", { role_id: role.id });
  const key = LogKey.parse((await create(path, member)).body);
  expect(key.expires_at - key.created_at).toBe(300);
  expect(await refusal(key.value, "logs")).toBeUndefined();
  expect(await refusal(key.value, "admin")).toBe("scope");
  expect(await refusal(key.value, "generate")).toBe("scope");
  for (const other of [PATH, "/v1/organization/observer_keys", "/v1/organization/users"])
    expect((await create(other, member)).status).not.toBe(200);
  const { data } = await owner.auditLogs.list({ event_types: ["api_key.created"] });
  expect(data.find((event) => event["api_key.created"]?.id === key.id)).toMatchObject({
    "api_key.created": { data: { scopes: ["logs"] } },
  });
});

test("the key ends with its user", async () => {
  const { owner, create, refusal } = await started();
  const { body } = await create();
  const { value } = OperatorKey.parse(body);
  expect(await refusal(value, "admin")).toBeUndefined();
  await owner.users.delete("user-ada");
  expect(await refusal(value, "admin")).toBe("invalid");
});

test("an owner of another organisation gets none, as gateways serve all organisations", async () => {
  const { send, seed } = await startControl();
  const user = {
    kind: "user",
    version: 1,
    id: "user-eve",
    email: "eve@example.com",
    role: "owner",
    addedAt: 1,
  } as const;
  await seed("org-b", { action: "create", record: user });
  const { status, body } = await send({ method: "POST", path: PATH, body: "" }, "org-b", "user-eve");
  expect([status, JSON.stringify(body)]).toEqual([403, expect.stringContaining("not-the-operators-organization")]);
});
