import { describe, expect, test } from "vitest";
import { MAX_ATTEMPTS } from "../gateway/batches/batch-worker.ts";
import { BatchTable } from "../gateway/store/batch-table.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { apiKey, ids, numbered, setUp } from "./test/batch-gateway.ts";
import {
  BATCHES,
  chatRequest,
  isOver,
  openAi,
  resultsOf,
  startBatchStorage,
  submit,
  until,
} from "./test/batch-storage.ts";

describe("a batch of OpenAI's own client", () => {
  // documented: batch-completes
  test("of 200 lines completes with one result for each, and what it used", async () => {
    const { client, engines } = await setUp();
    const batch = await submit(client, numbered(200));
    expect(batch).toMatchObject({ object: "batch", status: "validating", endpoint: "/v1/chat/completions" });
    const over = await until(client, batch.id, isOver);
    expect(over).toMatchObject({ status: "completed", errors: null, error_file_id: null });
    expect(over.request_counts).toEqual({ total: 200, completed: 200, failed: 0 });
    const results = await resultsOf(client, over.output_file_id);
    expect(ids(results)).toEqual(ids(numbered(200)));
    expect(new Set(results.map(({ id }) => id)).size).toBe(200);
    expect(results[0]).toMatchObject({
      error: null,
      response: { status_code: 200, request_id: expect.stringMatching(/^req_/), body: { object: "chat.completion" } },
    });
    expect(engines[0]?.received).toHaveLength(200);
    expect(over.usage?.total_tokens).toBeGreaterThan(0);
    expect(await client.files.retrieve(over.output_file_id ?? "")).toMatchObject({
      purpose: "batch_output",
      filename: `${batch.id}_output.jsonl`,
    });
  });

  test("a line that the model refuses is in the error file, and the remaining ones have results", async () => {
    const { client } = await setUp();
    const wrong = [chatRequest("no-model", { model: "gone" }), chatRequest("no-messages", { messages: [] })];
    const over = await until(client, (await submit(client, [...numbered(30), ...wrong])).id, isOver);
    expect(over).toMatchObject({ status: "completed", request_counts: { total: 32, completed: 30, failed: 2 } });
    expect(await resultsOf(client, over.output_file_id)).toHaveLength(30);
    const errors = await resultsOf(client, over.error_file_id);
    expect(ids(errors)).toEqual(["no-messages", "no-model"]);
    expect(errors.find(({ custom_id }) => custom_id === "no-model")?.response).toMatchObject({
      status_code: 404,
      body: { error: { code: "model_not_found" } },
    });
  });

  test("with wrong lines fails as a whole, with the problem of each line", async () => {
    const { client, engines } = await setUp();
    const lines = [
      chatRequest("a"),
      "{",
      chatRequest("a"),
      { ...chatRequest("b"), method: "GET" },
      { ...chatRequest("c"), url: "/v1/completions" },
      { ...chatRequest("d"), body: { messages: [] } },
      chatRequest("e", { stream: true }),
      { ...chatRequest("f"), extra: 1 },
      { ...chatRequest("g"), custom_id: undefined },
    ];
    const over = await until(client, (await submit(client, lines)).id, isOver);
    expect(over.status).toBe("failed");
    expect(over.errors?.data?.map(({ line, code, param }) => [line, code, param])).toEqual([
      [2, "invalid_json_line", null],
      [3, "duplicate_custom_id", "custom_id"],
      [4, "invalid_method", "method"],
      [5, "invalid_url", "url"],
      [6, "missing_required_parameter", "body.model"],
      [7, "invalid_stream", "body.stream"],
      [8, "unknown_parameter", "extra"],
      [9, "missing_required_parameter", "custom_id"],
    ]);
    expect(engines[0]?.received).toHaveLength(0);
  });

  test("is cancelled: requests in progress are finished, no others are sent, and results so far are stored", async () => {
    const { client, engines } = await setUp({ engines: [{ intervalMs: 40 }] });
    const batch = await submit(client, numbered(150));
    await eventually(() => expect(engines[0]?.received.length).toBeGreaterThan(10));
    const cancelling = await client.batches.cancel(batch.id);
    expect(cancelling.status).toBe("cancelling");
    const over = await until(client, batch.id, isOver);
    expect(over).toMatchObject({ status: "cancelled", cancelled_at: expect.any(Number) });
    const results = await resultsOf(client, over.output_file_id);
    expect(results.length).toBeGreaterThan(0);
    expect(results.length).toBe(engines[0]?.received.length);
    expect(results.length).toBeLessThan(150);
    expect(over.request_counts?.completed).toBe(results.length);
    await expect(client.batches.retrieve(batch.id).then(() => client.batches.cancel(batch.id))).resolves.toMatchObject({
      status: "cancelled",
    });
  });

  test("expires after its window: requests that were not sent are in the error file by name", async () => {
    let hours = 0;
    const { client, engines } = await setUp({
      now: () => Date.now() + hours * 3_600_000,
      engines: [{ intervalMs: 40 }],
    });
    const batch = await submit(client, numbered(100));
    await eventually(() => expect(engines[0]?.received.length).toBeGreaterThan(5));
    hours = 25;
    const over = await until(client, batch.id, isOver);
    expect(over).toMatchObject({ status: "expired", expired_at: expect.any(Number) });
    const [results, errors] = [
      await resultsOf(client, over.output_file_id),
      await resultsOf(client, over.error_file_id),
    ];
    expect(ids([...results, ...errors])).toEqual(ids(numbered(100)));
    expect(results.length).toBe(engines[0]?.received.length);
    expect(new Set(errors.map(({ error }) => error?.code))).toEqual(new Set(["batch_expired"]));
  });

  // documented: batch-retries-when-full
  test("sends again as long as the model is full, and all lines have results once there is capacity", async () => {
    const full = { status: 503, body: "{}", headers: { "retry-after": "1" } };
    const { client, engines } = await setUp({ engines: [{ mode: full }] });
    const batch = await submit(client, numbered(20));
    await eventually(() => expect(engines[0]?.received.length).toBeGreaterThan(6));
    const [engine] = engines;
    if (engine) engine.behaviour.mode = "answer";
    const over = await until(client, batch.id, isOver);
    expect(over).toMatchObject({ status: "completed", request_counts: { total: 20, completed: 20, failed: 0 } });
  });

  test("costs half: its requests are marked in the log, with priority batch and the key that pays", async () => {
    const { key, item } = apiKey();
    const price = { inputUsdPerMillion: 10, outputUsdPerMillion: 30 };
    const metrics: string[] = [];
    const { url, keys, log, gateway, metricsUrl } = await setUp({
      config: { auth: "required" },
      model: { price },
      writeMetrics: (line) => metrics.push(line),
    });
    keys.set(item.keyId, item);
    const client = openAi(url, key);
    await client.chat.completions.create({ model: "tiny", messages: [{ role: "user", content: "Hello" }] });
    await until(client, (await submit(client, numbered(3))).id, isOver);
    const [usual, ...lines] = log().filter(({ route }) => route === "/v1/chat/completions");
    expect(lines).toHaveLength(3);
    const usd = (7 * 10 + 3 * 30) / 1e6;
    expect(usual).toMatchObject({ chargeUsd: usd });
    expect(usual).not.toHaveProperty("priceFactor");
    for (const line of lines)
      expect(line).toMatchObject({ priceFactor: 0.5, chargeUsd: usd / 2, keyId: item.keyId, status: 200 });
    const page = await (await fetch(metricsUrl)).text();
    const [, charged] = /^sluice_charges_usd_total\{model="tiny"\} (\S+)$/m.exec(page) ?? [];
    expect(Number(charged)).toBeCloseTo(usd * 2.5, 9);
    await gateway.drain();
    const charges = metrics.map((line) => JSON.parse(line)).filter((line) => "Charges" in line);
    expect(charges.every(({ Model }) => Model === "tiny")).toBe(true);
    expect(charges.reduce((sum, { Charges }) => sum + Charges, 0)).toBeCloseTo(usd * 2.5, 9);
  });

  test("of a key that was revoked meanwhile sends no more requests", async () => {
    const { key, item } = apiKey();
    const { url, keys, log, engines } = await setUp({ config: { auth: "required" }, engines: [{ intervalMs: 50 }] });
    keys.set(item.keyId, item);
    const client = openAi(url, key);
    const batch = await submit(client, numbered(100));
    await eventually(() => expect(engines[0]?.received.length).toBeGreaterThan(5));
    keys.set(item.keyId, { ...item, revokedAt: new Date().toISOString() });
    await expect(client.batches.retrieve(batch.id)).rejects.toMatchObject({ status: 401 });
    await eventually(() =>
      expect(log().filter(({ errorCode }) => errorCode === "invalid_api_key")).not.toHaveLength(1),
    );
    keys.set(item.keyId, item);
    const over = await until(client, batch.id, isOver);
    const errors = await resultsOf(client, over.error_file_id);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors[0]?.response).toMatchObject({ status_code: 401, body: { error: { code: "invalid_api_key" } } });
  });
});

describe("several gateways", () => {
  // documented: batch-single-run
  test("share one batch, and no request is sent twice", async () => {
    const storage = await startBatchStorage();
    const first = await setUp({ storage, engines: [{ intervalMs: 100 }] });
    const second = await setUp({ storage, engines: [{ intervalMs: 100 }] });
    const over = await until(first.client, (await submit(first.client, numbered(200))).id, isOver);
    expect(over.request_counts).toEqual({ total: 200, completed: 200, failed: 0 });
    const counts = [first, second].map(({ engines }) => engines[0]?.received.length ?? 0);
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBeGreaterThan(0);
    expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(200);
    expect(ids(await resultsOf(second.client, over.output_file_id))).toEqual(ids(numbered(200)));
  });

  test("one that leaves releases its work at once, and another finishes it", async () => {
    const storage = await startBatchStorage();
    const leaving = await setUp({ storage, engines: [{ intervalMs: 30 }] });
    const batch = await submit(leaving.client, numbered(120));
    await eventually(() => expect(leaving.engines[0]?.received.length).toBeGreaterThan(10));
    await leaving.gateway.drain();
    const staying = await setUp({ storage });
    const over = await until(staying.client, batch.id, isOver);
    expect(over.request_counts).toEqual({ total: 120, completed: 120, failed: 0 });
    expect(ids(await resultsOf(staying.client, over.output_file_id))).toEqual(ids(numbered(120)));
  });

  test("one that leaves lets its requests end and stores their results: none is sent twice", async () => {
    const storage = await startBatchStorage();
    const leaving = await setUp({ storage, engines: [{ intervalMs: 100 }], config: { drainSeconds: 20 } });
    const batch = await submit(leaving.client, numbered(120));
    await eventually(() => expect(leaving.engines[0]?.received.length).toBeGreaterThan(10));
    await leaving.gateway.drain();
    const staying = await setUp({ storage });
    const over = await until(staying.client, batch.id, isOver);
    expect(over.request_counts).toEqual({ total: 120, completed: 120, failed: 0 });
    expect(ids(await resultsOf(staying.client, over.output_file_id))).toEqual(ids(numbered(120)));
    const sent = [leaving, staying].map(({ engines }) => engines[0]?.received.length ?? 0);
    expect(sent[0]).toBeLessThan(100);
    expect((sent[0] ?? 0) + (sent[1] ?? 0)).toBe(120);
  });

  test("one whose requests outlast its drain time stores what is done and leaves the rest to another", async () => {
    const storage = await startBatchStorage();
    const hanging = await setUp({
      storage,
      engines: [{ intervalMs: 1 }, { mode: "hang" }],
      config: { drainSeconds: 2 },
    });
    const batch = await submit(hanging.client, numbered(60));
    await eventually(() => expect(hanging.engines[1]?.received.length).toBeGreaterThan(7));
    await hanging.gateway.drain();
    const staying = await setUp({ storage });
    const over = await until(staying.client, batch.id, isOver);
    expect(over.request_counts).toEqual({ total: 60, completed: 60, failed: 0 });
    expect(ids(await resultsOf(staying.client, over.output_file_id))).toEqual(ids(numbered(60)));
    expect((hanging.engines[0]?.received.length ?? 0) + (staying.engines[0]?.received.length ?? 0)).toBe(60);
  });

  test("leave only the files that they wrote", async () => {
    const { client, storage } = await setUp();
    const over = await until(client, (await submit(client, numbered(60))).id, isOver);
    await eventually(() =>
      expect(storage.bucket.list("").map(({ key }) => key.split("/").at(-1))).toEqual(
        [over.input_file_id, over.output_file_id ?? ""].sort(),
      ),
    );
  });
});

// documented: batch-dead-letter
test("a slice whose attempts all failed is a dead letter: its lines are named, the metric is written, the batch ends", async () => {
  const storage = await startBatchStorage();
  const broken = await setUp({ storage, engines: [{ mode: { status: 503, body: "{}" } }] });
  const batch = await submit(broken.client, numbered(30));
  await eventually(() => expect(broken.engines[0]?.received.length).toBeGreaterThan(2));
  await broken.gateway.drain();
  const table = new BatchTable({ client: storage.dynamodb, tableName: BATCHES.table });
  await table.update({ pk: `batch#${batch.id}`, sk: "open#000000" }, { set: { attempts: MAX_ATTEMPTS } });
  const metrics: string[] = [];
  const { client, gateway } = await setUp({ storage, writeMetrics: (line) => metrics.push(line) });
  const over = await until(client, batch.id, isOver);
  expect(over).toMatchObject({ status: "completed", request_counts: { total: 30, completed: 5, failed: 25 } });
  const errors = await resultsOf(client, over.error_file_id);
  expect(new Set(errors.map(({ error }) => error?.code))).toEqual(new Set(["batch_line_abandoned"]));
  await eventually(async () => expect(await table.list("dead", { prefix: "", limit: 9 })).toHaveLength(1));
  await gateway.drain();
  expect(metrics.join()).toContain('"BatchDeadLetters":1');
});

test("a client can't make its request an internal one", async () => {
  const { url, log } = await setUp();
  const caller = Buffer.from(JSON.stringify({ tenant: "x", priority: "critical", priceFactor: 0.5 })).toString(
    "base64url",
  );
  await fetch(`${url}/v1/models`, { headers: { "x-sluice-internal": `${"A".repeat(43)}.${caller}` } });
  await eventually(() => expect(log().filter(({ route }) => route === "/v1/models")).toHaveLength(1));
  expect(log().find(({ route }) => route === "/v1/models")).not.toHaveProperty("priceFactor");
});
