import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { historyTables } from "../gateway/history/test/history-tables.ts";
import type { GatewayKey } from "../gateway/keys/key-store.ts";
import { DynamoResponseStore } from "../gateway/responses/dynamo-response-store.ts";
import { startDynamoTable } from "../gateway/test/dynamo-table.ts";
import { spoolFolder } from "../gateway/usage/test/usage-bucket.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { apiKey, numbered, setUp } from "./test/batch-gateway.ts";
import { BATCHES, isOver, openAi, submit, until } from "./test/batch-storage.ts";

const DAY = 86_400;
const RESPONSES = "responses";
const USUAL = { responses: 30 * DAY, files: 30 * DAY, history: 30 * DAY };

/** What a gateway stores for a key, and the seconds from its storing until it ends. */
async function storedFor(fields: Pick<GatewayKey, "keepDays">) {
  const document = await startDynamoTable(RESPONSES, "tenant", "id");
  const tables = await historyTables();
  const responses = new DynamoResponseStore({
    client: document,
    tableName: RESPONSES,
    ttlSeconds: USUAL.responses,
    now: Date.now,
  });
  const { url, keys, storage } = await setUp({
    config: { auth: "required", batches: BATCHES },
    responses,
    history: { store: tables.store, spool: spoolFolder() },
  });
  const { key, item } = apiKey();
  keys.set(item.keyId, { ...item, projectId: "proj_1", retention: "none", ...fields });
  // On a busy machine the tables may take longer than a gateway waits for them.
  const client = openAi(url, key).withOptions({ maxRetries: 5 });
  await client.responses.create({ model: "tiny", input: "One", store: true });
  const batch = await submit(client, numbered(2));
  const { output_file_id: output } = await until(client, batch.id, isOver);
  expect(output).toBeDefined();
  const items = async (from: typeof document, TableName: string) =>
    (await from.send(new ScanCommand({ TableName }))).Items ?? [];
  const ofResponses = await eventually(async () => {
    const found = await items(document, RESPONSES);
    expect(found.length).toBeGreaterThan(0);
    return found;
  });
  const files = (await items(storage.dynamodb, BATCHES.table)).filter(({ sk }) => String(sk).startsWith("file#"));
  // The list's entry is written last: then the content is there too.
  await eventually(async () => expect((await tables.list("proj_1")).length).toBeGreaterThan(0));
  const history = (await items(tables.client, tables.options.tableName)).flatMap(({ expiresAt, generation }) =>
    generation === undefined ? [] : Number(expiresAt) - Math.ceil(Date.parse(generation.at) / 1000),
  );
  const lasting = (found: typeof files) => [
    ...new Set(found.map(({ expiresAt, createdAt }) => Number(expiresAt) - Number(createdAt))),
  ];
  return {
    responses: [...new Set(ofResponses.map(({ expiresAt, storedAt }) => Number(expiresAt) - Number(storedAt)))],
    /** Of the uploaded file, and of the results; a repeated upload is another file. */
    uploads: lasting(files.filter(({ purpose }) => purpose === "batch")),
    results: lasting(files.filter(({ purpose }) => purpose === "batch_output")),
    history: [...new Set(history)],
  };
}

// documented: gateway-retention
test("a gateway stores responses, files, results of batches and the history for the days of the key's project", async () => {
  expect(await storedFor({ keepDays: { responses: 7, files: 3, history: 2 } })).toEqual({
    responses: [7 * DAY],
    uploads: [3 * DAY],
    results: [3 * DAY],
    history: [2 * DAY],
  });
});

test("a gateway stores them for the environment's days where the key's project has none of its own", async () => {
  expect(await storedFor({})).toEqual({
    responses: [USUAL.responses],
    uploads: [USUAL.files],
    results: [USUAL.files],
    history: [USUAL.history],
  });
});
