import { describe, expect, test } from "vitest";
import { ownerPartition } from "../domain/erasure/file-partitions.ts";
import { BatchStore } from "../gateway/batches/batch-store.ts";
import { finishBatch } from "../gateway/batches/finish-batch.ts";
import { FileStore } from "../gateway/files/file-store.ts";
import { S3ObjectStore } from "../gateway/files/s3-object-store.ts";
import { BatchTable } from "../gateway/store/batch-table.ts";
import { FileCopies } from "../lambdas/administer/holds/file-copies.ts";
import { apiKey, numbered, setUp } from "./test/batch-gateway.ts";
import { BATCHES, isOver, openAi, startBatchStorage, submit, until } from "./test/batch-storage.ts";
import { SETTLED_MS, USER } from "./test/erasure-server.ts";
import { heldServer } from "./test/held-server.ts";

const DAY_MS = 86_400_000;

/** The server of holds, whose member has stored a file of seven bytes and has a batch. */
async function started() {
  const server = await heldServer();
  const { items, objects, storeNames, files, s3 } = server;
  const ofMember = async () => {
    const all = await items(storeNames.batches);
    const note = all.find(({ pk }) => pk === `subject#${USER}`);
    const owner = String(note?.sk);
    // Beside the file and the batch there is an entry of open batches, which does not end.
    const own = all.filter(({ pk, sk }) => pk === ownerPartition(owner) && /^(file|batch)#/.test(String(sk)));
    return { note, owner, own };
  };
  const { owner } = await ofMember();
  const id = `file-${owner}`;
  const objectKey = files.objectKey(owner, id);
  const read = async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of new S3ObjectStore({ client: s3, bucket: storeNames.bucket }).read(objectKey))
      chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  const copies = async () => (await objects()).filter((key) => key?.startsWith(`held/${owner}/`));
  return { ...server, ofMember, owner, id, objectKey, read, copies };
}

describe("a legal hold", () => {
  // documented: legal-hold-files
  test("keeps a file with its content, the batch and the notes that lead to them until the release", async () => {
    const { ofMember, owner, id, objectKey, read, copies, files, server, clock, run, hold, release, statuses } =
      await started();
    await hold(USER);
    await run();
    expect(await statuses()).toEqual(["held"]);
    const { note, own } = await ofMember();
    expect([note, ...own].map((item) => [item?.ttl, [...(item?.heldBy ?? [])]])).toEqual(
      Array(3).fill([undefined, [USER]]),
    );
    expect(await copies()).toEqual([`held/${owner}/${id}`]);
    // As the bucket's lifecycle rule does after 31 days.
    clock.ms += 60 * DAY_MS;
    await server.deleteObject(objectKey);
    const file = await files.get(owner, id);
    expect(file).toMatchObject({ id, bytes: 7 });
    expect(await read()).toBe("planted");
    expect(await files.list(owner, { limit: 10, newestFirst: true })).toHaveLength(1);
    if (file === undefined) throw new Error("The file is gone.");
    await expect(files.delete(file)).rejects.toMatchObject({
      code: "legal_hold",
      message: expect.stringContaining(`legal hold on '${USER}'`),
    });
    await release(USER);
    await run();
    expect(await statuses()).toEqual([]);
    expect(await copies()).toEqual([]);
    expect(await files.get(owner, id)).toBeUndefined();
    const after = await ofMember();
    for (const item of [after.note, ...after.own]) {
      expect(item).toMatchObject({ ttl: expect.any(Number) });
      for (const name of ["heldBy", "heldTtl", "heldCopies"]) expect(item).not.toHaveProperty(name);
    }
  });

  test("that is one of two on a file leaves its content to the other, and a file that has time left is as before after both", async () => {
    const { ofMember, owner, id, read, copies, files, run, hold, release, project } = await started();
    const before = (await ofMember()).own;
    await hold(USER);
    await hold(project);
    await run();
    await release(USER);
    await run();
    expect(await copies()).toEqual([`held/${owner}/${id}`]);
    expect((await ofMember()).own.map(({ heldBy }) => [...heldBy])).toEqual([[project], [project]]);
    await release(project);
    await run();
    expect(await copies()).toEqual([]);
    expect((await ofMember()).own).toEqual(before);
    expect(await read()).toBe("planted");
    const file = await files.get(owner, id);
    if (file === undefined) throw new Error("The file is gone.");
    await files.delete(file);
    expect(await files.get(owner, id)).toBeUndefined();
  });

  test("is followed by an erasure that deletes what was held, copies too", async () => {
    const { copies, objects, erase, clock, run, hold, release, owner, server } = await started();
    await hold(USER);
    await run();
    await server.putObject(`held/${owner}/left-behind`);
    expect(await copies()).toHaveLength(2);
    await release(USER);
    await run();
    await erase(USER);
    clock.ms += SETTLED_MS;
    expect((await erase(USER)).status).toBe("completed");
    expect((await objects()).filter((key) => key?.includes(owner))).toEqual([]);
  });

  test("leaves a held file the end of a changed retention for after it", async () => {
    const { ofMember, run, hold, send, project } = await started();
    await hold(USER);
    await run();
    await send("POST", `/organization/projects/${project}/retention`, { files: 3 });
    await run();
    const file = (await ofMember()).own.find(({ sk }) => String(sk).startsWith("file#"));
    const { createdAt, expiresAt, heldTtl, ttl } = file ?? {};
    expect([Number(expiresAt) - Number(createdAt), Number(heldTtl) - Number(expiresAt), ttl]).toEqual([
      3 * 86_400,
      86_400,
      undefined,
    ]);
  });

  test("copies larger files in parts", async () => {
    const { s3, storeNames, owner, id, objectKey, copies, server } = await started();
    const item = { sk: `file#${id}`, objectKey, bytes: 7 };
    const parts = new FileCopies(s3, storeNames.bucket, 3);
    await parts.copy(item);
    expect(await server.text(`held/${owner}/${id}`)).toBe("planted");
    await parts.remove(item, await parts.versions(item));
    expect(await copies()).toEqual([]);
    await parts.copy({ ...item, objectKey: `${objectKey}-none` });
    expect(await copies()).toEqual([]);
  });
});

// documented: legal-hold-of-gateways
test("a gateway stores files, batches and their results for who is held without an end and with a copy, and refuses to delete them", async () => {
  const { url, keys, storage } = await setUp({ config: { auth: "required" } });
  const { key, item } = apiKey();
  keys.set(item.keyId, { ...item, projectId: "proj_1", heldBy: ["proj_1"] });
  const client = openAi(url, key).withOptions({ maxRetries: 5 });
  const batch = await submit(client, numbered(2));
  const { output_file_id: output, input_file_id: input } = await until(client, batch.id, isOver);
  const ids = [input, String(output)];
  expect(storage.bucket.list("held/").map(({ key: one }) => one.split("/").at(-1))).toEqual(ids.toSorted());
  for (const id of ids) {
    const refused = await client.files.delete(id).catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 409, code: "legal_hold", message: expect.stringContaining("'proj_1'") });
    await storage.bucket.delete(`files/${item.keyId}/${id}`);
    expect((await (await client.files.content(id)).text()).length).toBeGreaterThan(0);
  }
  const table = new BatchTable({ client: storage.dynamodb, tableName: BATCHES.table });
  for (const pk of [ownerPartition(item.keyId), "subject#proj_1"])
    for (const one of await table.list(pk, { prefix: "", limit: 10 }))
      expect(one).toMatchObject({ heldBy: new Set(["proj_1"]), heldTtl: expect.any(Number) });
  keys.set(item.keyId, { ...item, projectId: "proj_1" });
  // Until the schedule has released what was stored.
  await expect(client.files.delete(input)).rejects.toMatchObject({ code: "legal_hold" });
});

test.each([
  ["placed", [undefined, ["user-1"]]],
  ["released", [["user-1"], undefined]],
] as const)("the results of a batch have the hold that was %s while they were written", async (_, [before, after]) => {
  const storage = await startBatchStorage();
  const table = new BatchTable({ client: storage.dynamodb, tableName: BATCHES.table });
  const now = Date.now;
  const objects = new S3ObjectStore({ client: storage.s3, bucket: BATCHES.bucket });
  const files = new FileStore({ table, objects, now });
  const store = new BatchStore({ table, now, worker: "w", leaseMs: 1000, maxOpenPerOwner: 5 });
  const part = objects.upload("parts/batch_1/0-1.out");
  await part.write(Buffer.from("{}\n"));
  await part.finish();
  const createdAt = Math.floor(now() / 1000);
  const counts = { completed: 1, failed: 0, inputTokens: 1, outputTokens: 1, cachedTokens: 0, reasoningTokens: 0 };
  const batch = {
    ...counts,
    id: "batch_1",
    owner: "key-1",
    inputFileId: "file-1",
    inputKey: "files/key-1/file-1",
    endpoint: "/v1/chat/completions",
    status: "finalizing",
    outputSeconds: 3600,
    createdAt,
    expiresAt: createdAt + 100,
    total: 1,
    attempts: 0,
  } as const;
  await store.create({ ...batch, ...(before ? { heldBy: new Set(before) } : {}) });
  await store.addSlice("batch_1", { index: 0, start: 0, end: 1, firstLine: 1, lines: 1, attempts: 0 });
  const slice = (await store.openSlices("batch_1", 1))[0];
  if (slice === undefined) throw new Error("There is no slice.");
  await store.finishSlice(batch, slice, { ...counts, expired: 0, outputKey: "parts/batch_1/0-1.out" });
  const meanwhile = new Proxy(files, {
    get: (target, name) =>
      name === "add"
        ? async (...added: Parameters<FileStore["add"]>) => {
            const file = await target.add(...added);
            const heldBy = after === undefined ? undefined : new Set(after);
            await table.update({ pk: ownerPartition("key-1"), sk: "batch#batch_1" }, { set: { heldBy } });
            return file;
          }
        : typeof target[name as keyof FileStore] === "function"
          ? (target[name as "get"].bind(target) as unknown)
          : target[name as keyof FileStore],
  });
  await finishBatch(batch, { store, files: meanwhile, now });
  const [output] = await files.list("key-1", { limit: 10, newestFirst: true });
  expect(output?.heldBy).toEqual(after === undefined ? undefined : new Set(after));
  expect(storage.bucket.list("held/")).toHaveLength(after === undefined ? 0 : 1);
});
