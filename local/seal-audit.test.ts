import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetPublicKeyCommand } from "@aws-sdk/client-kms";
import { GetObjectCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import type { AuditFault } from "../domain/audit/audit-fault.ts";
import { headFile } from "../domain/audit/chain-files.ts";
import { memoryStore } from "../domain/audit/test/written-chain.ts";
import { verifyChain } from "../domain/audit/verify-chain.ts";
import { DynamoAuditTable } from "../lambdas/seal-audit/dynamo-audit-table.ts";
import { sealAll } from "../lambdas/seal-audit/seal-chain.ts";
import { bucketService, keyService } from "./test/audit-services.ts";
import { all, controlServer } from "./test/control-server.ts";

// documented: sealer-with-table-and-key-service
test("every change by the control API is sealed once, for each organisation, verifies with the public key alone, and a changed file is found", async () => {
  const { owner, sdk, document, clock } = await controlServer();
  const [{ key, signer }, { bucket, files, folder }] = await Promise.all([keyService(), bucketService()]);
  const table = new DynamoAuditTable(document, "sluice-dev-control");
  const run = () => sealAll({ table, bucket, signer, now: () => clock.ms, deadlineMs: Number.POSITIVE_INFINITY });
  const [a, b] = [sdk(await owner("org-a")), sdk(await owner("org-b"))];
  for (let index = 0; index < 3; index++) await a.projects.create({ name: `project ${index}` });
  expect((await Promise.all([run(), run()])).flatMap(({ errors }) => errors)).toEqual([]);
  clock.ms += 60_000;
  await b.projects.create({ name: "one" });
  expect(await run()).toEqual({ unsealed: 0, errors: [] });
  for (const [chain, api] of [
    ["org-a", a],
    ["org-b", b],
  ] as const) {
    const faults: AuditFault[] = [];
    const report = (fault: AuditFault) => void faults.push(fault);
    const { entries } = await verifyChain(chain, { store: memoryStore(files()), keys: [key], until: clock.ms, report });
    const events = await all(api.auditLogs.list());
    expect([chain, faults, entries]).toEqual([chain, [], events.length]);
    const sealed = [...files()]
      .filter(([name]) => name.startsWith(`${chain}/segments/`))
      .map(([, text]) => String(text));
    for (const { id } of events) expect(sealed.join("").split(`"id":"${id}"`)).toHaveLength(2);
  }
  const head = join(folder, "objects", `=${encodeURIComponent(`org-a/${headFile(1)}`)}`);
  writeFileSync(head, readFileSync(head, "utf8").replace('"number":1', '"number":2'));
  const faults: AuditFault[] = [];
  const report = (fault: AuditFault) => void faults.push(fault);
  await verifyChain("org-a", { store: memoryStore(files()), keys: [key], until: clock.ms, report });
  expect(faults).toContainEqual(expect.objectContaining({ chain: "org-a", file: headFile(1) }));
});

// documented: events-say-whether-they-are-sealed
test("an event of the audit log is waiting, then sealed, and has no seal where a release before the sealer wrote it", async () => {
  const { owner, sdk, document, clock } = await controlServer();
  const [{ signer }, { bucket }] = await Promise.all([keyService(), bucketService()]);
  const api = sdk(await owner("org-a"));
  const seals = async () => (await all(api.auditLogs.list({ limit: 2 }))).map((event) => Reflect.get(event, "seal"));
  expect(await seals()).toEqual(["waiting", "waiting"]);
  const table = new DynamoAuditTable(document, "sluice-dev-control");
  await sealAll({ table, bucket, signer, now: () => clock.ms, deadlineMs: Number.POSITIVE_INFINITY });
  await api.projects.create({ name: "later" });
  expect(await seals()).toEqual(["waiting", "sealed", "sealed"]);
  const { Items = [] } = await document.send(
    new QueryCommand({
      TableName: "sluice-dev-control",
      KeyConditionExpression: "organizationId = :organization AND begins_with(recordId, :events)",
      ExpressionAttributeValues: { ":organization": "org-a", ":events": "event#" },
    }),
  );
  const { hasMark: _, ...before } = Items[0]?.record ?? {};
  await document.send(new PutCommand({ TableName: "sluice-dev-control", Item: { ...Items[0], record: before } }));
  expect(await seals()).toEqual(["waiting", "sealed", "none"]);
});

test("the twin's KMS signs with no key that encrypts, and its S3 takes a file once where the request says so", async () => {
  const [{ api }, { s3, bucket }] = await Promise.all([keyService(), bucketService()]);
  await expect(api.send(new GetPublicKeyCommand({ KeyId: "arn:other" }))).rejects.toMatchObject({
    name: "NotFoundException",
  });
  const writes = await Promise.all(["one", "two", "three"].map((text) => bucket.putOnce("org-a/file", text)));
  expect(new Set(writes).size).toBe(1);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "audit", Key: "org-a/file" }));
  expect(await Body?.transformToString()).toBe(writes[0]);
  const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket: "audit", Prefix: "org-a/" }));
  expect(Versions?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([
    ["org-a/file", "null", true],
  ]);
});
