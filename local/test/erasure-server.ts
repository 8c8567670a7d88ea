import { ListObjectVersionsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Erasure } from "../../contracts/erasure/erasure.ts";
import { createKey } from "../../domain/keys/key-item.ts";
import { BatchStore } from "../../gateway/batches/batch-store.ts";
import { FileStore } from "../../gateway/files/file-store.ts";
import { FilesOfSubjects } from "../../gateway/files/files-of-subjects.ts";
import { S3ObjectStore } from "../../gateway/files/s3-object-store.ts";
import { DynamoResponseStore } from "../../gateway/responses/dynamo-response-store.ts";
import { BatchTable } from "../../gateway/store/batch-table.ts";
import { controlServer } from "./control-server.ts";
import { CHAT_ID } from "./stored-chat.ts";

/** Longer than gateways need to act by what the control API has changed. */
export const SETTLED_MS = 30_000;
/** Id of the member. */
export const USER = "user-target";

/** The control API of an organisation with a project, a member, and what gateways have stored of both. */
export async function erasureServer() {
  const server = await controlServer();
  const { store, document, clock, owner, url, s3, storeNames } = server;
  const secret = await owner("org-a");
  const send = (method: string, path: string, body?: unknown, key = secret) =>
    fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const json = async <T>(response: Promise<Response>) => (await (await response).json()) as T;
  const { id: project } = await json<{ id: string }>(send("POST", "/organization/projects", { name: "search" }));
  const addMember = async (id: string, address: string) => {
    const user = { kind: "user", version: 1, id, email: address, role: "reader", addedAt: 1 } as const;
    const email = { kind: "email", version: 1, email: address, ownerId: id } as const;
    const membership = {
      kind: "membership",
      version: 1,
      projectId: project,
      userId: id,
      role: "member",
      addedAt: 1,
    } as const;
    await store.write(
      "org-a",
      [user, email, membership].map((record) => ({ action: "create", record })),
    );
  };
  await addMember(USER, "a@b.example");
  const responses = new DynamoResponseStore({
    client: document,
    tableName: storeNames.responses,
    ttlSeconds: 1e6,
    now: () => clock.ms,
  });
  const table = new BatchTable({ client: document, tableName: storeNames.batches });
  const now = () => clock.ms;
  const files = new FileStore({ table, objects: new S3ObjectStore({ client: s3, bucket: storeNames.bucket }), now });
  const batches = new BatchStore({ table, now, worker: "w", leaseMs: 1000, maxOpenPerOwner: 5 });
  const notes = new FilesOfSubjects(table, now);
  /** What a gateway stores for a key of the owner: a response, a file, a batch with a part of a result. */
  const use = async (tenant: string, key: { readonly type: "user" | "service_account"; readonly id: string }) => {
    const { item } = createKey({ name: "k", plan: "standard", createdAt: new Date(), owner: key, projectId: project });
    await responses.put(tenant, "resp_1", { response: { id: "resp_1" }, input: [] } as never);
    await notes.note(item);
    const [id, batch] = [`file-${item.keyId}`, `batch_${item.keyId}`];
    const at = Math.floor(clock.ms / 1000);
    const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: storeNames.bucket, Key, Body: "planted" }));
    await put(files.objectKey(item.keyId, id));
    await put(`parts/${batch}/0-1.jsonl`);
    await files.add({
      id,
      owner: item.keyId,
      bytes: 7,
      createdAt: at,
      expiresAt: at + 1e6,
      filename: "a.jsonl",
      purpose: "batch",
    });
    const made = { inputFileId: id, inputKey: "k", endpoint: "/v1/chat/completions", status: "in_progress" } as const;
    await batches.create({
      id: batch,
      owner: item.keyId,
      ...made,
      outputSeconds: 1,
      createdAt: at,
      expiresAt: at + 100,
      attempts: 0,
      total: 0,
      completed: 0,
      failed: 0,
      inputTokens: 0,
      outputTokens: 0,
      cachedTokens: 0,
      reasoningTokens: 0,
    });
    await batches.addSlice(batch, { index: 0, start: 0, end: 1, firstLine: 1, lines: 1, attempts: 0 });
  };
  const items = async (TableName: string) => (await document.send(new ScanCommand({ TableName }))).Items ?? [];
  const objects = async () =>
    (await s3.send(new ListObjectVersionsCommand({ Bucket: storeNames.bucket }))).Versions?.map(({ Key }) => Key) ?? [];
  const erase = (id: string) =>
    json<Erasure>(send("POST", "/organization/erasures", { subject_id: id, reason: "asked" }));
  const chat = () => json<{ messages: unknown }>(send("GET", `/organization/projects/${project}/chats/${CHAT_ID}`));
  const open = () =>
    send("POST", `/organization/projects/${project}/history_access`, {
      reason: "a support case",
      expires_in_seconds: 900,
    });
  const events = async () =>
    (await json<{ data: readonly { type: string }[] }>(send("GET", "/organization/audit_logs?limit=100"))).data;
  return {
    ...server,
    files,
    batches,
    addMember,
    secret,
    send,
    json,
    project,
    use,
    items,
    objects,
    erase,
    chat,
    open,
    events,
  };
}
