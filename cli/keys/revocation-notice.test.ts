import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { createKey } from "../../domain/keys/key-item.ts";
import { chainEndKey } from "../../domain/tenancy/audit-marks.ts";
import { noticeSender } from "../../local/test/notice-sender.ts";
import { DynamoKeyRegistry } from "./key-registry.ts";

const AT = new Date("2026-09-21T12:00:00.000Z");

/** The control API, the registry of `sluice keys`, and what waits to be sent to webhooks. */
async function started(controlTable?: string) {
  const server = await noticeSender();
  const { endpoint, region, keys: table, controlTable: name, sender } = server;
  const control = { table: controlTable ?? name, organization: "org-a" };
  const registry = new DynamoKeyRegistry({ endpoint, region, table, control });
  const add = async (fields: { readonly projectId?: string } = {}) => {
    const { item } = createKey({ name: "job", plan: "standard", createdAt: AT, ...fields });
    await registry.add(item);
    return item.keyId;
  };
  const waiting = async () => {
    const unsent = await sender.table.unsent();
    return unsent.map(({ organizationId, record }) => [organizationId, record.notice] as const);
  };
  return { ...server, registry, add, waiting };
}

const revoked = (keyId: string, projectId: string | null) => ({
  type: "key.revoked",
  data: { key_id: keyId, project_id: projectId },
});

describe("key.revoked", () => {
  // documented: webhook-key-revoked-by-command
  test("is sent once for a key that the command line revokes, to the organisation of its project", async () => {
    const { registry, add, waiting, project, owner, post, document, controlTable } = await started();
    const own = await add({ projectId: project.id });
    const made = await post("/organization/projects", await owner("org-b"), { name: "other" });
    const foreign = z.object({ id: z.string() }).parse(await made.json());
    await document.send(new PutCommand({ TableName: controlTable, Item: { ...chainEndKey("org-b"), version: 1 } }));
    const others = await add({ projectId: foreign.id });
    const none = await add();
    for (const keyId of [own, others, none, own]) expect(await registry.revoke(keyId, AT)).toBe(true);
    expect(await waiting()).toEqual(
      expect.arrayContaining([
        ["org-a", revoked(`key_${own}`, project.id)],
        ["org-b", revoked(`key_${others}`, foreign.id)],
        ["org-a", revoked(`key_${none}`, null)],
      ]),
    );
    expect(await waiting()).toHaveLength(3);
    expect((await registry.key(own))?.revokedAt).toBe(AT.toISOString());
  });

  test("is sent once where two commands revoke a key at once, and not for one that does not exist", async () => {
    const { registry, add, waiting } = await started();
    const keyId = await add();
    expect(await Promise.all([1, 2, 3].map(() => registry.revoke(keyId, AT)))).toEqual([true, true, true]);
    expect(await registry.revoke("aaaaaaaaaaaa", AT)).toBe(false);
    expect(await waiting()).toHaveLength(1);
  });

  test("that can't be stored keeps no key from being revoked, and the caller is told", async () => {
    const { registry, add, waiting } = await started("sluice-other-control");
    const keyId = await add();
    const reasons: string[] = [];
    expect(await registry.revoke(keyId, AT, (reason) => void reasons.push(reason))).toBe(true);
    expect(reasons).toEqual([expect.stringMatching(/^(ResourceNotFound|Validation)Exception$/)]);
    expect((await registry.key(keyId))?.revokedAt).toBe(AT.toISOString());
    expect(await waiting()).toEqual([]);
  });

  // documented: webhook-admin-key-revoked
  test("of an admin key that was deleted has no project", async () => {
    const { sdk, waiting } = await started();
    const { id } = await sdk.adminAPIKeys.create({ name: "job" });
    await sdk.adminAPIKeys.delete(id);
    expect(await waiting()).toEqual([["org-a", revoked(id, null)]]);
  });
});
