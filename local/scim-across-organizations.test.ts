import { describe, expect, test } from "vitest";
import { SCIM } from "../contracts/scim/schemas.ts";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { apiKeyId } from "../domain/keys/api-key.ts";
import { checkKey } from "../domain/keys/check-key.ts";
import { adminKeyRecord, createAdminKey } from "../domain/tenancy/admin-key-record.ts";
import { DynamoKeyStore } from "../gateway/keys/dynamo-key-store.ts";
import { controlServer } from "./test/control-server.ts";

type Fields = Record<string, unknown> & { readonly id: string };

const ANN = { schemas: [SCIM.user], userName: "ann@example.com", externalId: "00u1", active: true };
/** Ids of the forms that `org-b` has, which nobody has. */
const ABSENT = { user: "user-01m3pzx0000000000000000000000000", group: "group_01m3pzx0000000000000000000000000" };

/** Two organisations, each with a user of the same address and the same external id, in a group of the same name. */
async function started() {
  const server = await controlServer();
  const client = (secret: string) => async (method: string, path: string, body?: object) => {
    const response = await fetch(`${server.url.replace(/\/v1$/, "/scim/v2")}${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/scim+json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Fields, text };
  };
  const directory = async (organization: string) => {
    const secret = await server.owner(organization);
    const scim = client(secret);
    const user = await scim("POST", "/Users", ANN);
    const members = [{ value: user.body.id }];
    const group = await scim("POST", "/Groups", {
      schemas: [SCIM.group],
      displayName: "Search",
      externalId: "g1",
      members,
    });
    expect([user.status, group.status]).toEqual([201, 201]);
    const snapshot = async () => {
      const paths = ["/Users", "/Groups", `/Users/${user.body.id}`, `/Groups/${group.body.id}`];
      return await Promise.all(paths.map(async (path) => (await scim("GET", path)).text));
    };
    return { organization, scim, user: user.body.id, group: group.body.id, snapshot, sdk: server.sdk(secret) };
  };
  /** A key for models that the user made. */
  const keyOf = async ({ sdk, user: ownerId, organization }: Awaited<ReturnType<typeof directory>>) => {
    const made = newAdminKey();
    const record = adminKeyRecord(made, { name: "own", ownerId, nowMs: server.clock.ms });
    expect(await server.store.write(organization, createAdminKey(organization, record))).toBe(true);
    const { id } = await sdk.projects.create({ name: "search" });
    await sdk.projects.users.create(id, { user_id: ownerId, role: "member" });
    const key = await server.post(`/organization/projects/${id}/api_keys`, made.secret, { name: "laptop" });
    expect(key.status).toBe(200);
    return ((await key.json()) as { value: string }).value;
  };
  const gatewayKeys = new DynamoKeyStore({ client: server.document, tableName: server.keys });
  /** Why gateways refuse a key. */
  const refusal = async (key: string) =>
    checkKey(key, await gatewayKeys.get(apiKeyId(key) ?? ""), { scope: "generate" }, server.clock.ms);
  return { a: await directory("org-a"), b: await directory("org-b"), keyOf, refusal };
}

const patch = (...Operations: readonly object[]) => ({ schemas: [SCIM.patch], Operations });
const filter = (text: string) => `?filter=${encodeURIComponent(text)}`;
type Ids = typeof ABSENT;
type Request = readonly [method: string, path: string, body?: object];

/** Requests that name a user and a group. @param group of the caller */
const requests = ({ user, group: named }: Ids, group: string): Readonly<Record<string, Request>> => ({
  "reads a user": ["GET", `/Users/${user}`],
  "replaces a user": ["PUT", `/Users/${user}`, { ...ANN, userName: "other@example.com" }],
  "deactivates a user": ["PATCH", `/Users/${user}`, patch({ op: "replace", path: "active", value: false })],
  "deletes a user": ["DELETE", `/Users/${user}`],
  "reads a group": ["GET", `/Groups/${named}`],
  "replaces a group": ["PUT", `/Groups/${named}`, { schemas: [SCIM.group], displayName: "Mine", members: [] }],
  "renames a group": ["PATCH", `/Groups/${named}`, patch({ op: "replace", path: "displayName", value: "Mine" })],
  "empties a group": ["PATCH", `/Groups/${named}`, patch({ op: "remove", path: "members" })],
  "deletes a group": ["DELETE", `/Groups/${named}`],
  "finds a user by its id": ["GET", `/Users${filter(`id eq "${user}"`)}`],
  "finds a group by its id": ["GET", `/Groups${filter(`id eq "${named}"`)}`],
  "finds a group by its member": ["GET", `/Groups${filter(`id eq "${named}" and members eq "${user}"`)}`],
  "finds its own group by another's member": ["GET", `/Groups${filter(`id eq "${group}" and members eq "${user}"`)}`],
  "makes a group of a user": [
    "POST",
    "/Groups",
    { schemas: [SCIM.group], displayName: "Taken", members: [{ value: user }] },
  ],
  "replaces its group's members": [
    "PUT",
    `/Groups/${group}`,
    { schemas: [SCIM.group], displayName: "Search", externalId: "g1", members: [{ value: user }] },
  ],
  "adds a user to its group": [
    "PATCH",
    `/Groups/${group}`,
    patch({ op: "add", path: "members", value: [{ value: user }] }),
  ],
  "removes a user from its group": [
    "PATCH",
    `/Groups/${group}`,
    patch({ op: "remove", path: `members[value eq "${user}"]` }),
  ],
  "sends many at once": [
    "POST",
    "/Bulk",
    { schemas: [SCIM.patch], Operations: [{ method: "DELETE", path: `/Users/${user}` }] },
  ],
});

/** Without the id of a decision, which is another one for each request. */
const alike = (text: string) => text.replace(/dec_[0-9a-z]+/, "dec_");

describe("provisioning with the key of one organisation", () => {
  // documented: scim-foreign-ids
  test("finds ids of another as little as ids that nobody has, by the same responses, and changes nothing of it", async () => {
    const { a, b } = await started();
    const before = [await a.snapshot(), await b.snapshot()];
    const absent = Object.entries(requests(ABSENT, a.group));
    const foreign = requests({ user: b.user, group: b.group }, a.group);
    for (const [name, request] of absent) {
      const [none, others] = [await a.scim(...request), await a.scim(...foreign[name]!)];
      const masked = others.text.replaceAll(b.user, ABSENT.user).replaceAll(b.group, ABSENT.group);
      expect([others.status, alike(masked)], name).toEqual([none.status, alike(none.text)]);
      expect(others.status, name).not.toBe(403);
      const isNamedInPath = [ABSENT.user, ABSENT.group, "Bulk"].some((id) => request[1].endsWith(`/${id}`));
      if (isNamedInPath) expect(others.status, name).toBe(404);
    }
    expect([await a.snapshot(), await b.snapshot()]).toEqual(before);
  });

  test("reads and ends its own user of an address that is in both, whose namesake stays and keeps the key", async () => {
    const { a, b, keyOf, refusal } = await started();
    const key = await keyOf(b);
    for (const text of ['userName eq "ann@example.com"', 'externalId eq "00u1"']) {
      const found = (await a.scim("GET", `/Users${filter(text)}`)).body;
      expect(found.Resources).toMatchObject([{ id: a.user }]);
    }
    const groups = (await a.scim("GET", `/Groups${filter('displayName eq "search"')}`)).body;
    expect(groups.Resources).toMatchObject([{ id: a.group }]);
    const before = await b.snapshot();
    const renamed = await a.scim("PUT", `/Users/${a.user}`, { ...ANN, userName: "ann.lee@example.com" });
    expect(renamed.status).toBe(200);
    expect((await a.scim("POST", "/Users", ANN)).status).toBe(201);
    expect((await a.scim("DELETE", `/Users/${a.user}`)).status).toBe(204);
    expect((await a.scim("DELETE", `/Groups/${a.group}`)).status).toBe(204);
    expect(await b.snapshot()).toEqual(before);
    expect(await refusal(key)).toBeUndefined();
    expect((await b.scim("DELETE", `/Users/${b.user}`)).status).toBe(204);
    expect(await refusal(key)).toBe("invalid");
  });
});
