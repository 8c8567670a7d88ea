import { GetPublicKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Erasure } from "../contracts/erasure/erasure.ts";
import { auditPublicKey, publicKeyPem } from "../domain/audit/signed-head.ts";
import { reportFault } from "../domain/erasure/erasure-report.ts";
import { DynamoHistoryStore } from "../gateway/history/dynamo-history-store.ts";
import { ErasedSubject } from "../gateway/history/history-store.ts";
import { serve } from "../lambdas/administer/serve.ts";
import { StoredData } from "../lambdas/administer/store/erasable-data.ts";
import type { HistorySource } from "../lambdas/administer/store/history-source.ts";
import { DynamoAuditTable } from "../lambdas/seal-audit/dynamo-audit-table.ts";
import { KmsHeadSigner } from "../lambdas/seal-audit/kms-head-signer.ts";
import { signErasures } from "../lambdas/seal-audit/sign-erasures.ts";
import { awsEndpoint } from "./aws-api/endpoint.ts";
import { bind } from "./http/server.ts";
import { LOCAL_CREDENTIALS } from "./runtime/aws-environment.ts";
import { kmsOperations } from "./services/kms/api.ts";
import { KmsRuntime } from "./services/kms/runtime.ts";
import { erasureServer, SETTLED_MS, USER } from "./test/erasure-server.ts";
import { storeChat } from "./test/stored-chat.ts";

/** Of what `use` has stored: not of the notes with which keys files were stored, which name no content. */
const stored = (items: readonly Readonly<Record<string, unknown>>[]) =>
  items.filter(({ pk }) => !String(pk).startsWith("subject#"));

describe("an erasure", () => {
  // documented: erasure-deletes
  test("of a user deletes history, responses, files, batches and records, of nobody else, and is completed once gateways hold it", async () => {
    const { project, use, items, objects, erase, clock, historyTables, storeNames, send, json, store, ...tables } =
      await erasureServer();
    await storeChat({ ...tables, historyTables }, { projectId: project, ownerId: USER });
    await storeChat({ ...tables, historyTables }, { id: `gen_${"1".repeat(32)}`, projectId: project });
    await use(`user:${project}:${USER}`, { type: "user", id: USER });
    await use("account:svc_acct_1", { type: "service_account", id: "svc_acct_1" });
    const before = { batches: stored(await items(storeNames.batches)).length, objects: (await objects()).length };
    const first = await erase(USER);
    expect(first).toMatchObject({
      id: USER,
      subject_type: "user",
      status: "in_progress",
      completed_at: null,
      report: null,
      erased: { data_keys: 1, generations: 1, responses: 1, files: 1, batches: 1, records: 3 },
    });
    expect((await items(storeNames.responses)).map(({ tenant }) => tenant)).toEqual(["account:svc_acct_1"]);
    expect(stored(await items(storeNames.batches))).toHaveLength(before.batches / 2);
    expect(await objects()).toHaveLength(before.objects / 2);
    expect((await items(historyTables.history)).map(({ partition }) => partition).toSorted()).toEqual(
      [`generation#gen_${"1".repeat(32)}`, `list#${project}`, "list#svc_acct_1"].toSorted(),
    );
    expect(await store.get("org-a", { kind: "user", ids: [USER] })).toBeUndefined();
    expect(await store.get("org-a", { kind: "membership", ids: [project, USER] })).toBeUndefined();
    expect((await erase(USER)).status).toBe("in_progress");
    clock.ms += SETTLED_MS;
    expect(await erase(USER)).toMatchObject({ status: "completed", erased: first.erased });
    // A second one says that it is done.
    clock.ms += SETTLED_MS;
    const again = await erase(USER);
    expect(again.completed_at).toBeLessThan(clock.ms / 1000 - 25);
    expect((await json<Erasure>(send("GET", `/organization/erasures/${USER}`))).status).toBe("completed");
  });

  test("of a project archives it and deletes what its members, service accounts and keys have stored", async () => {
    const { project, use, items, objects, erase, clock, storeNames, json, send, ...tables } = await erasureServer();
    const account = await json<{ id: string }>(
      send("POST", `/organization/projects/${project}/service_accounts`, { name: "job" }),
    );
    const removed = await json<{ id: string }>(
      send("POST", `/organization/projects/${project}/service_accounts`, { name: "former" }),
    );
    await send("DELETE", `/organization/projects/${project}/service_accounts/${removed.id}`);
    await storeChat(tables, { projectId: project, ownerId: account.id });
    await use(`user:${project}:${USER}`, { type: "user", id: USER });
    await use(`account:${account.id}`, { type: "service_account", id: account.id });
    await use(`account:${removed.id}`, { type: "service_account", id: removed.id });
    await erase(project);
    clock.ms += SETTLED_MS;
    const done = await erase(project);
    expect(done).toMatchObject({
      status: "completed",
      erased: { generations: 1, responses: 3, files: 3, batches: 3, api_keys: 1 },
    });
    expect(await items(storeNames.responses)).toEqual([]);
    expect(stored(await items(storeNames.batches))).toEqual([]);
    expect(await objects()).toEqual([]);
    expect((await json<{ status: string }>(send("GET", `/organization/projects/${project}`))).status).toBe("archived");
  });

  test("of a service account that was deleted before is found by its audit event", async () => {
    const { project, use, items, erase, storeNames, json, send } = await erasureServer();
    const path = `/organization/projects/${project}/service_accounts`;
    const account = await json<{ id: string }>(send("POST", path, { name: "job" }));
    await use(`account:${account.id}`, { type: "service_account", id: account.id });
    await send("DELETE", `${path}/${account.id}`);
    expect((await erase(account.id)).erased).toMatchObject({ responses: 1, files: 1, batches: 1 });
    expect(stored(await items(storeNames.batches))).toEqual([]);
  });

  // documented: erasure-survives-restore
  test("holds where history and data keys come back from a backup: content stays unreadable, and nothing new is stored", async () => {
    const { project, erase, chat, open, clock, historyTables, document, items } = await erasureServer();
    const generation = await storeChat({ document, historyTables }, { projectId: project, ownerId: USER });
    await open();
    expect((await chat()).messages).toHaveLength(2);
    const backup = [
      ...(await items(historyTables.history)).map((Item) => ({ TableName: historyTables.history, Item })),
      ...(await items(historyTables.keys)).map((Item) => ({ TableName: historyTables.keys, Item })),
    ];
    await erase(USER);
    for (const put of backup) await document.send(new PutCommand(put));
    expect((await chat()).messages).toBeNull();
    const gateway = new DynamoHistoryStore({
      client: document,
      tableName: historyTables.history,
      keysTableName: historyTables.keys,
      retentionDays: 30,
      now: () => clock.ms,
    });
    await expect(gateway.dataKey(USER)).rejects.toBeInstanceOf(ErasedSubject);
    clock.ms += SETTLED_MS;
    // What was restored is found and deleted by another request, and by the next one nothing is left.
    expect(await erase(USER)).toMatchObject({ status: "in_progress", erased: { data_keys: 2, generations: 2 } });
    expect((await erase(USER)).status).toBe("completed");
    // A generation that waited on a gateway's disk is not stored.
    await gateway.put(generation, Buffer.from("sealed"));
    expect(await items(historyTables.history)).toEqual([]);
  });

  test("that fails in the middle is continued by the next request, and has ended the subject before", async () => {
    const { erase, send, tools, secret, clock, document, historyTables, project, items } = await erasureServer();
    await storeChat({ document, historyTables }, { projectId: project, ownerId: USER });
    // The function ends after the data key was erased, before the first generation is deleted.
    const { history: whole } = tools;
    const history: HistorySource = {
      list: (...list) => whole.list(...list),
      find: (id) => whole.find(id),
      content: (generation) => whole.content(generation),
      holds: whole.holds,
      eraseKey: (subject) => whole.eraseKey(subject),
      remove: () => Promise.reject(new Error("the function was stopped")),
    };
    const broken = new StoredData({ history, responses: undefined, files: undefined, holds: tools.erasable.holds });
    const request = {
      method: "POST",
      path: "/v1/organization/erasures",
      query: {},
      body: JSON.stringify({ subject_id: USER }),
      authorization: `Bearer ${secret}`,
      origin: { address: undefined, requestId: "req-1" },
    };
    await expect(serve(request, { ...tools, erasable: broken })).rejects.toThrow("the function was stopped");
    expect(await items(historyTables.keys)).toContainEqual(expect.objectContaining({ subject: `erased#${USER}` }));
    expect((await send("GET", `/organization/users/${USER}`)).status).toBe(404);
    expect((await erase(USER)).erased).toMatchObject({ generations: 1 });
    clock.ms += SETTLED_MS;
    expect((await erase(USER)).status).toBe("completed");
  });

  test("is refused for oneself, for an owner by others, for ids of another organisation, and for what is no subject", async () => {
    const { owner, send, json, project } = await erasureServer();
    const stranger = await owner("org-b");
    const [self] = (await json<{ data: readonly { id: string }[] }>(send("GET", "/organization/users"))).data;
    for (const [id, key, status, text] of [
      [self?.id ?? "", undefined, 400, /can't change or remove yourself/],
      [USER, stranger, 404, /No user with the id 'user-target'/],
      [project, stranger, 404, /No project/],
      ["svc_acct_absent", undefined, 404, /No service account/],
      ["key_abc", undefined, 400, /must be the id of a user, a service account or a project/],
    ] as const) {
      const response = await send("POST", "/organization/erasures", { subject_id: id }, key);
      expect([response.status, await response.text()], id).toEqual([status, expect.stringMatching(text)]);
    }
  });
});

/** The local stack's KMS with one signing key. */
async function keyService() {
  const kms = new KmsRuntime(undefined);
  kms.signingKeys.add("arn:key");
  const none = () => {
    throw new Error("only KMS is called here");
  };
  const server = await bind(0, "", awsEndpoint({ dynamodb: none, s3: none, query: {}, json: kmsOperations(kms) }));
  const credentials = LOCAL_CREDENTIALS;
  const api = new KMSClient({ region: "eu-west-1", credentials, endpoint: `http://127.0.0.1:${server.port}` });
  onTestFinished(async () => {
    api.destroy();
    await server.close();
  });
  const { PublicKey = new Uint8Array() } = await api.send(new GetPublicKeyCommand({ KeyId: "arn:key" }));
  return { key: auditPublicKey(publicKeyPem(PublicKey)), signer: await KmsHeadSigner.open(api, "arn:key") };
}

describe("the report of an erasure", () => {
  // documented: erasure-report
  test("is signed by the sealer with the key of the audit trail, once for each completion, and a changed one does not verify", async () => {
    const { erase, clock, document, controlTable, events } = await erasureServer();
    const { key, signer } = await keyService();
    const table = new DynamoAuditTable(document, controlTable);
    await erase(USER);
    expect(await table.unsignedErasures()).toEqual([]);
    clock.ms += SETTLED_MS;
    expect((await erase(USER)).report).toBeNull();
    expect(await signErasures(table, signer, () => clock.ms)).toEqual([]);
    expect(await table.unsignedErasures()).toEqual([]);
    const { report, completed_at: completedAt } = await erase(USER);
    if (report === null) throw new Error("the report is not signed");
    expect(report.statement).toMatchObject({ subject: USER, chain: "org-a", erased: { records: 3 } });
    expect(Date.parse(report.statement.completed_at)).toBe((completedAt ?? 0) * 1000);
    expect(reportFault(report, [key])).toBeUndefined();
    const changed = { ...report, statement: { ...report.statement, subject: "user-other" } };
    expect(reportFault(changed, [key])).toMatch(/was changed after it was signed/);
    expect(reportFault(report, [(await keyService()).key])).toMatch(/no public key has the fingerprint/);
    const types = (await events()).map(({ type }) => type);
    expect(types.filter((type) => type.startsWith("erasure."))).toEqual(["erasure.completed", "erasure.started"]);
    const Key = { organizationId: "org-a", recordId: `erasure#${USER}` };
    expect((await document.send(new GetCommand({ TableName: controlTable, Key }))).Item).toBeDefined();
  });
});
