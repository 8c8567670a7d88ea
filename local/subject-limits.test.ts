import { BatchGetCommand, type DynamoDBDocumentClient, PutCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SubjectLimits } from "../contracts/limits/use-limit.ts";
import type { ApiKeyItem } from "../contracts/processes/auth.ts";
import { createKey } from "../domain/keys/key-item.ts";
import { countedChange } from "../domain/keys/key-updates.ts";
import { subjectLimitsUpdate } from "../domain/limits/subject-limits.ts";
import { CachedKeyStore } from "../gateway/keys/cached-key-store.ts";
import { DynamoKeyStore } from "../gateway/keys/dynamo-key-store.ts";
import { KeyChanges, keyChangesReader, keyDrops } from "../gateway/keys/key-changes.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { controlServer } from "./test/control-server.ts";

const limit = (max: number) => ({ metric: "requests", window: "minute", max }) as const;

/** A keys table with some keys of a person, a service account and the environment. */
async function started() {
  const { document, keys: TableName } = await controlServer();
  const add = async (fields: Pick<ApiKeyItem, "owner" | "projectId"> = {}) => {
    const { item } = createKey({ name: "k", plan: "standard", createdAt: new Date(), ...fields });
    await document.send(new PutCommand({ TableName, Item: item }));
    return item;
  };
  const write = (limits: SubjectLimits, version = 0) => {
    const now = new Date();
    const TransactItems = countedChange(subjectLimitsUpdate(limits, version, now), now).map((update) => ({
      Update: { TableName, ...update },
    }));
    return document.send(new TransactWriteCommand({ TransactItems }));
  };
  const store = new DynamoKeyStore({ client: document, tableName: TableName, organization: "org-a" });
  return { document, TableName, add, write, store };
}

describe("a key is read with its limits", () => {
  // documented: limits-read-with-the-key
  test("those of its organisation, project, owner and its own, and no other's", async () => {
    const { add, write, store } = await started();
    const person = await add({ owner: { type: "user", id: "user-1" }, projectId: "proj_1" });
    const account = await add({ owner: { type: "service_account", id: "svc-1" }, projectId: "proj_2" });
    const own = await add();
    await write({ scope: "organization", subject: "org-a", limits: [limit(1)] });
    await write({ scope: "organization", subject: "org-b", limits: [limit(2)] });
    await write({
      scope: "project",
      subject: "proj_1",
      limits: [limit(3)],
      models: { mode: "deny_list", models: ["a"] },
      weight: 3,
    });
    await write({ scope: "user", subject: "user-1", limits: [limit(4)] });
    await write({ scope: "service_account", subject: "svc-1", limits: [limit(5)] });
    await write({ scope: "service_account", subject: "user-1", limits: [limit(6)] });
    await write({ scope: "key", subject: person.keyId, limits: [limit(7)] });
    const maxima = async ({ keyId }: ApiKeyItem) =>
      (await store.get(keyId))?.limits?.flatMap(({ limits }) => limits.map(({ max }) => max));
    expect(await maxima(person)).toEqual([1, 3, 4, 7]);
    expect(await maxima(account)).toEqual([1, 5]);
    expect(await maxima(own)).toEqual([1]);
    expect((await store.get(person.keyId))?.modelPermissions).toEqual({ mode: "deny_list", models: ["a"] });
    expect((await store.get(account.keyId))?.modelPermissions).toBeUndefined();
    expect((await store.get(person.keyId))?.weight).toBe(3);
    expect((await store.get(account.keyId))?.weight).toBeUndefined();
  });

  test("and without any where there are none", async () => {
    const { add, store } = await started();
    const key = await add({ projectId: "proj_1" });
    expect(await store.get(key.keyId)).toEqual(key);
  });

  test("also when DynamoDB returns the items of one call in several responses", async () => {
    const { add, write, document, TableName } = await started();
    const key = await add({ owner: { type: "user", id: "user-1" }, projectId: "proj_1" });
    await write({ scope: "project", subject: "proj_1", limits: [limit(3)] });
    await write({ scope: "key", subject: key.keyId, limits: [limit(7)] });
    // A busy DynamoDB does this: it reads the first of the keys, and names the others.
    const send = async (command: unknown, options: object) => {
      if (!(command instanceof BatchGetCommand)) return document.send(command as never, options);
      const [first, ...rest] = command.input.RequestItems?.[TableName]?.Keys ?? [];
      const one = { Keys: first === undefined ? [] : [first], ConsistentRead: true };
      const response = await document.send(new BatchGetCommand({ RequestItems: { [TableName]: one } }), options);
      return rest.length === 0 ? response : { ...response, UnprocessedKeys: { [TableName]: { Keys: rest } } };
    };
    const client = { send } as unknown as DynamoDBDocumentClient;
    const store = new DynamoKeyStore({ client, tableName: TableName, organization: "org-a" });
    // Five items, but four calls: a key whose limits are not known is not used.
    await expect(store.get(key.keyId)).rejects.toThrow("all items");
    const other = await add({ projectId: "proj_1" });
    expect((await store.get(other.keyId))?.limits).toMatchObject([{ scope: "project", limits: [limit(3)] }]);
  });

  test("and a gateway that holds the key sees the change of its limits", async () => {
    const { add, write, store, document, TableName } = await started();
    const memory = new SharedArrayBuffer(4);
    const changes = new KeyChanges({ read: keyChangesReader(document, TableName), memory, pollMs: 50 });
    changes.start();
    onTestFinished(() => changes.stop());
    const cache = new CachedKeyStore({ store, now: () => performance.now(), drops: keyDrops(memory), ttlMs: 600_000 });
    const { keyId } = await add();
    const max = async () => (await cache.get(keyId))?.limits?.[0]?.limits[0]?.max;
    expect(await max()).toBeUndefined();
    await write({ scope: "key", subject: keyId, limits: [limit(7)] });
    await eventually(async () => expect(await max()).toBe(7));
    await write({ scope: "key", subject: keyId, limits: [limit(8)] }, 1);
    await eventually(async () => expect(await max()).toBe(8));
  });
});
