import type OpenAI from "openai";
import { toFile } from "openai";
import { describe, expect, test, vi } from "vitest";
import { newApiKey } from "../domain/api-key.ts";
import { BatchTable } from "../gateway/batches/batch-table.ts";
import { MAX_ATTEMPTS } from "../gateway/batches/batch-worker.ts";
import { startTestGateway, type TestGatewayOptions } from "../gateway/test/test-gateway.ts";
import { BATCHES, chatLine, isOver, linesOf, openAi, startBatchWorld, submit, until } from "./test/batch-world.ts";

/** Quick rounds, and leases that are over soon. */
const timing = { pollMs: 40, heartbeatMs: 100, leaseMs: 1000, retryMs: 20, failureMs: 50, linesPerSlice: 25 };

type World = Awaited<ReturnType<typeof startBatchWorld>>;

async function setUp(options: TestGatewayOptions & { readonly world?: World; readonly now?: () => number } = {}) {
  const world = options.world ?? (await startBatchWorld());
  const { now } = options;
  const test = await startTestGateway({
    ...options,
    config: { batches: BATCHES, ...options.config },
    batchStorage: { dynamodb: world.dynamodb, s3: world.s3, timing, ...(now === undefined ? {} : { now }) },
  });
  return { ...test, world, client: openAi(test.url) };
}

function apiKey() {
  const { secret, keyId, hash } = newApiKey();
  return { key: secret, item: { keyId, hash, name: "a", plan: "standard", createdAt: "2026-01-01T00:00:00Z" } };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => chatLine(`line-${index}`));
const ids = (lines: readonly { readonly custom_id: string }[]) => lines.map(({ custom_id }) => custom_id).sort();

describe("a batch of OpenAI's own client", () => {
  test("of 200 lines completes with one result for each, and what it used", async () => {
    const { client, engines } = await setUp();
    const batch = await submit(client, numbered(200));
    expect(batch).toMatchObject({ object: "batch", status: "validating", endpoint: "/v1/chat/completions" });
    const over = await until(client, batch.id, isOver);
    expect(over).toMatchObject({ status: "completed", errors: null, error_file_id: null });
    expect(over.request_counts).toEqual({ total: 200, completed: 200, failed: 0 });
    const results = await linesOf(client, over.output_file_id);
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

  test("a line that the model refuses is in the error file, and the others are answered", async () => {
    const { client } = await setUp();
    const wrong = [chatLine("no-model", { model: "gone" }), chatLine("no-messages", { messages: [] })];
    const over = await until(client, (await submit(client, [...numbered(30), ...wrong])).id, isOver);
    expect(over).toMatchObject({ status: "completed", request_counts: { total: 32, completed: 30, failed: 2 } });
    expect(await linesOf(client, over.output_file_id)).toHaveLength(30);
    const errors = await linesOf(client, over.error_file_id);
    expect(ids(errors)).toEqual(["no-messages", "no-model"]);
    expect(errors.find(({ custom_id }) => custom_id === "no-model")?.response).toMatchObject({
      status_code: 404,
      body: { error: { code: "model_not_found" } },
    });
  });

  test("with wrong lines fails as a whole, and says what is wrong with which", async () => {
    const { client, engines } = await setUp();
    const lines = [
      chatLine("a"),
      "{",
      chatLine("a"),
      { ...chatLine("b"), method: "GET" },
      { ...chatLine("c"), url: "/v1/completions" },
      { ...chatLine("d"), body: { messages: [] } },
      chatLine("e", { stream: true }),
      { ...chatLine("f"), extra: 1 },
      { ...chatLine("g"), custom_id: undefined },
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

  test("is cancelled: what is under way is finished, nothing else is asked, and results so far are kept", async () => {
    const { client, engines } = await setUp({ engines: [{ intervalMs: 40 }] });
    const batch = await submit(client, numbered(150));
    await vi.waitFor(() => expect(engines[0]?.received.length).toBeGreaterThan(10), 10_000);
    const cancelling = await client.batches.cancel(batch.id);
    expect(cancelling.status).toBe("cancelling");
    const over = await until(client, batch.id, isOver);
    expect(over).toMatchObject({ status: "cancelled", cancelled_at: expect.any(Number) });
    const results = await linesOf(client, over.output_file_id);
    expect(results.length).toBeGreaterThan(0);
    expect(results.length).toBe(engines[0]?.received.length);
    expect(results.length).toBeLessThan(150);
    expect(over.request_counts?.completed).toBe(results.length);
    await expect(client.batches.retrieve(batch.id).then(() => client.batches.cancel(batch.id))).resolves.toMatchObject({
      status: "cancelled",
    });
  });

  test("expires after its window: lines that were not asked are in the error file by name", async () => {
    let hours = 0;
    const { client, engines } = await setUp({
      now: () => Date.now() + hours * 3_600_000,
      engines: [{ intervalMs: 40 }],
    });
    const batch = await submit(client, numbered(100));
    await vi.waitFor(() => expect(engines[0]?.received.length).toBeGreaterThan(5), 10_000);
    hours = 25;
    const over = await until(client, batch.id, isOver);
    expect(over).toMatchObject({ status: "expired", expired_at: expect.any(Number) });
    const [results, errors] = [await linesOf(client, over.output_file_id), await linesOf(client, over.error_file_id)];
    expect(ids([...results, ...errors])).toEqual(ids(numbered(100)));
    expect(results.length).toBe(engines[0]?.received.length);
    expect(new Set(errors.map(({ error }) => error?.code))).toEqual(new Set(["batch_expired"]));
  });

  test("asks again as long as the model is full, and everything is answered once there is room", async () => {
    const full = { status: 503, body: "{}", headers: { "retry-after": "1" } };
    const { client, engines } = await setUp({ engines: [{ mode: full }] });
    const batch = await submit(client, numbered(20));
    await vi.waitFor(() => expect(engines[0]?.received.length).toBeGreaterThan(6), 10_000);
    const [engine] = engines;
    if (engine) engine.behaviour.mode = "answer";
    const over = await until(client, batch.id, isOver);
    expect(over).toMatchObject({ status: "completed", request_counts: { total: 20, completed: 20, failed: 0 } });
  });

  test("costs half: its lines are told apart in the log, with priority batch and the key that pays", async () => {
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

  test("of a key that was revoked meanwhile asks nothing more", async () => {
    const { key, item } = apiKey();
    const { url, keys, log, engines } = await setUp({ config: { auth: "required" }, engines: [{ intervalMs: 50 }] });
    keys.set(item.keyId, item);
    const client = openAi(url, key);
    const batch = await submit(client, numbered(100));
    await vi.waitFor(() => expect(engines[0]?.received.length).toBeGreaterThan(5), 10_000);
    keys.set(item.keyId, { ...item, revokedAt: new Date().toISOString() });
    await expect(client.batches.retrieve(batch.id)).rejects.toMatchObject({ status: 401 });
    await vi.waitFor(() =>
      expect(log().filter(({ errorCode }) => errorCode === "invalid_api_key")).not.toHaveLength(1),
    );
    keys.set(item.keyId, item);
    const over = await until(client, batch.id, isOver);
    const errors = await linesOf(client, over.error_file_id);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors[0]?.response).toMatchObject({ status_code: 401, body: { error: { code: "invalid_api_key" } } });
  });
});

describe("several gateways", () => {
  test("share one batch, and no line is asked twice", async () => {
    const world = await startBatchWorld();
    const first = await setUp({ world, engines: [{ intervalMs: 100 }] });
    const second = await setUp({ world, engines: [{ intervalMs: 100 }] });
    const over = await until(first.client, (await submit(first.client, numbered(200))).id, isOver);
    expect(over.request_counts).toEqual({ total: 200, completed: 200, failed: 0 });
    const counts = [first, second].map(({ engines }) => engines[0]?.received.length ?? 0);
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBeGreaterThan(0);
    expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(200);
    expect(ids(await linesOf(second.client, over.output_file_id))).toEqual(ids(numbered(200)));
  });

  test("one that leaves gives its work back at once, and another finishes it", async () => {
    const world = await startBatchWorld();
    const leaving = await setUp({ world, engines: [{ intervalMs: 30 }] });
    const batch = await submit(leaving.client, numbered(120));
    await vi.waitFor(() => expect(leaving.engines[0]?.received.length).toBeGreaterThan(10), 10_000);
    await leaving.gateway.drain();
    const staying = await setUp({ world });
    const over = await until(staying.client, batch.id, isOver);
    expect(over.request_counts).toEqual({ total: 120, completed: 120, failed: 0 });
    expect(ids(await linesOf(staying.client, over.output_file_id))).toEqual(ids(numbered(120)));
  });

  test("leave nothing behind but the files that they wrote", async () => {
    const { client, world } = await setUp();
    const over = await until(client, (await submit(client, numbered(60))).id, isOver);
    await vi.waitFor(() =>
      expect(world.bucket.list("").map(({ key }) => key.split("/").at(-1))).toEqual(
        [over.input_file_id, over.output_file_id ?? ""].sort(),
      ),
    );
  });
});

describe("files", () => {
  const upload = async (client: OpenAI, text: string, name = "a.jsonl") =>
    await client.files.create({ file: await toFile(Buffer.from(text), name), purpose: "batch" });

  test("are created, listed page by page, read and deleted", async () => {
    const { client } = await setUp();
    const names = ["1.jsonl", "2.jsonl", "3.jsonl"];
    const files = [];
    for (const name of names) files.push(await upload(client, `{"n":"${name}"}`, name));
    expect(files[0]).toMatchObject({ object: "file", bytes: 15, filename: "1.jsonl", purpose: "batch" });
    const listed = [];
    for await (const file of client.files.list({ limit: 2 })) listed.push(file.filename);
    expect(listed).toEqual(["3.jsonl", "2.jsonl", "1.jsonl"]);
    const id = files[0]?.id ?? "";
    expect(await (await client.files.content(id)).text()).toBe('{"n":"1.jsonl"}');
    expect(await client.files.delete(id)).toEqual({ id, object: "file", deleted: true });
    await expect(client.files.retrieve(id)).rejects.toMatchObject({ status: 404, code: "not_found" });
    await expect(client.files.content(id)).rejects.toMatchObject({ status: 404 });
  });

  test("of many megabytes are stored in parts and come back as they were", async () => {
    const { client, world } = await setUp();
    const text = `${"x".repeat(99)}\n`.repeat(175_000);
    const file = await upload(client, text);
    expect(file.bytes).toBe(17_500_000);
    expect(await (await client.files.content(file.id)).text()).toBe(text);
    expect(world.bucket.list("")).toHaveLength(1);
  });

  test("over the limit are refused with 413 and leave nothing behind", async () => {
    const { client, world, url } = await setUp({ config: { batches: { ...BATCHES, maxFileBytes: 100_000 } } });
    await expect(upload(client, "x".repeat(100_001))).rejects.toMatchObject({ status: 413, code: "request_too_large" });
    const form = new FormData();
    form.append("purpose", "batch");
    form.append("file", new File(["x".repeat(500_000)], "a"));
    expect((await fetch(`${url}/v1/files`, { method: "POST", body: form })).status).toBe(413);
    expect(world.bucket.list("")).toEqual([]);
  });

  test.each([
    ["no purpose", { file: new File(["{}"], "a") }, "purpose"],
    ["a purpose that nothing here reads", { purpose: "fine-tune", file: new File(["{}"], "a") }, "purpose"],
    ["no file", { purpose: "batch" }, "file"],
    ["text in place of a file", { purpose: "batch", file: "abc" }, "file"],
    ["an empty file", { purpose: "batch", file: new File([], "a") }, "file"],
    [
      "a wrong life time",
      { purpose: "batch", file: new File(["{}"], "a"), "expires_after[seconds]": "5" },
      "expires_after[seconds]",
    ],
  ])("with %s are refused by name", async (_case, fields: Record<string, string | File>, param) => {
    const { url, world } = await setUp();
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    const answer = await fetch(`${url}/v1/files`, { method: "POST", body: form });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: "invalid_request", param } });
    expect(world.bucket.list("")).toEqual([]);
  });

  test("and batches of another key are not there", async () => {
    const { url, keys } = await setUp({ config: { auth: "required" } });
    const clients = ["a", "b"].map(() => {
      const { key, item } = apiKey();
      keys.set(item.keyId, item);
      return openAi(url, key);
    });
    const [owner, other] = clients as [OpenAI, OpenAI];
    const batch = await submit(owner, numbered(1));
    await until(owner, batch.id, isOver);
    const missing = { status: 404, code: "not_found" };
    await expect(other.files.retrieve(batch.input_file_id)).rejects.toMatchObject(missing);
    await expect(other.files.content(batch.input_file_id)).rejects.toMatchObject(missing);
    await expect(other.files.delete(batch.input_file_id)).rejects.toMatchObject(missing);
    await expect(other.batches.retrieve(batch.id)).rejects.toMatchObject(missing);
    await expect(other.batches.cancel(batch.id)).rejects.toMatchObject(missing);
    await expect(
      other.batches.create({
        input_file_id: batch.input_file_id,
        endpoint: "/v1/chat/completions",
        completion_window: "24h",
      }),
    ).rejects.toMatchObject({ status: 400, param: "input_file_id" });
    expect((await other.files.list()).data).toEqual([]);
    expect((await other.batches.list()).data).toEqual([]);
  });

  test("need a key where there are keys", async () => {
    const { url } = await setUp({ config: { auth: "optional" } });
    const answer = await fetch(`${url}/v1/files`);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: "missing_api_key" } });
  });

  test("are a 404 where there are none in the deployment", async () => {
    const { url } = await startTestGateway();
    expect((await fetch(`${url}/v1/files`)).status).toBe(404);
    expect((await fetch(`${url}/v1/batches`)).status).toBe(404);
  });
});

describe("creating a batch", () => {
  test.each([
    ["another window", { completion_window: "1h" }, "completion_window"],
    ["an endpoint that no gateway has", { endpoint: "/v1/images" }, "endpoint"],
    ["a file that is not there", { input_file_id: "file-gone" }, "input_file_id"],
    ["a field that nobody knows", { priority: "high" }, "priority"],
  ])("with %s is refused by name", async (_case, fields, param) => {
    const { url, client } = await setUp();
    const file = await client.files.create({ file: await toFile(Buffer.from("{}"), "a"), purpose: "batch" });
    const body = { input_file_id: file.id, endpoint: "/v1/chat/completions", completion_window: "24h", ...fields };
    const answer = await fetch(`${url}/v1/batches`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain(param);
  });

  test("over the number that a key may have open is refused with 429", async () => {
    const { client } = await setUp({
      config: { batches: { ...BATCHES, maxOpenPerKey: 2 } },
      engines: [{ intervalMs: 2000 }],
    });
    await submit(client, numbered(1));
    await submit(client, numbered(1));
    await expect(submit(client, numbered(1))).rejects.toMatchObject({ status: 429 });
    expect((await client.batches.list()).data).toHaveLength(2);
  });
});

test("a slice whose attempts all failed is a dead letter: its lines are named, the metric is written, the batch ends", async () => {
  const world = await startBatchWorld();
  const broken = await setUp({ world, engines: [{ mode: { status: 503, body: "{}" } }] });
  const batch = await submit(broken.client, numbered(30));
  await vi.waitFor(() => expect(broken.engines[0]?.received.length).toBeGreaterThan(2), 10_000);
  await broken.gateway.drain();
  const table = new BatchTable({ client: world.dynamodb, tableName: BATCHES.table });
  await table.update({ pk: `batch#${batch.id}`, sk: "open#000000" }, { set: { attempts: MAX_ATTEMPTS } });
  const metrics: string[] = [];
  const { client, gateway } = await setUp({ world, writeMetrics: (line) => metrics.push(line) });
  const over = await until(client, batch.id, isOver);
  expect(over).toMatchObject({ status: "completed", request_counts: { total: 30, completed: 5, failed: 25 } });
  const errors = await linesOf(client, over.error_file_id);
  expect(new Set(errors.map(({ error }) => error?.code))).toEqual(new Set(["batch_line_abandoned"]));
  await vi.waitFor(async () => expect(await table.list("dead", { prefix: "", limit: 9 })).toHaveLength(1), 5000);
  await gateway.drain();
  expect(metrics.join()).toContain('"BatchDeadLetters":1');
});

test("nobody can make a request an internal one", async () => {
  const { url, log } = await setUp();
  const caller = Buffer.from(JSON.stringify({ tenant: "x", priority: "critical", priceFactor: 0.5 })).toString(
    "base64url",
  );
  await fetch(`${url}/v1/models`, { headers: { "x-sluice-internal": `${"A".repeat(43)}.${caller}` } });
  await vi.waitFor(() => expect(log().filter(({ route }) => route === "/v1/models")).toHaveLength(1));
  expect(log().find(({ route }) => route === "/v1/models")).not.toHaveProperty("priceFactor");
});
