import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hashApiKey, newApiKey } from "../../domain/keys/api-key.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import type { GatewayKey } from "../keys/key-store.ts";
import { chat, completion, post, startTestGateway, type TestGatewayOptions } from "../test/test-gateway.ts";
import { spoolFolder } from "../usage/test/usage-bucket.ts";
import type { HistoryStore } from "./history-store.ts";
import { historyTables } from "./test/history-tables.ts";

async function start(options: TestGatewayOptions = {}, wrap: (store: HistoryStore) => HistoryStore = (store) => store) {
  const tables = await historyTables();
  const spool = spoolFolder();
  const gateway = await startTestGateway({
    ...options,
    config: { auth: "required", ...options.config },
    history: { store: wrap(tables.store), spool },
  });
  const key = (fields: Partial<GatewayKey> = {}) => {
    const { secret, keyId } = newApiKey();
    const owner = { type: "service_account", id: "sa_1" } as const;
    const createdAt = "2026-01-01T00:00:00Z";
    const own = {
      keyId,
      hash: hashApiKey(secret),
      name: "test",
      plan: "standard",
      createdAt,
      projectId: "proj_1",
      owner,
    };
    gateway.keys.set(keyId, { ...own, retention: "none", ...fields });
    return { keyId, headers: { authorization: `Bearer ${secret}` } };
  };
  const onDisk = () =>
    readdirSync(spool, { recursive: true, encoding: "utf8" }).filter((name) => /\.(open|ndjson)$/.test(name));
  return { ...gateway, ...tables, spool, key, onDisk };
}

describe("the history of a project that opted in", () => {
  // documented: history-byte-for-byte
  test("has a stream's bytes as they were sent, the time of each chunk, and the request, but none of it in clear", async () => {
    const { url, key, list, content, query } = await start({ engines: [{ tokens: 5, intervalMs: 10 }] });
    const { keyId, headers } = key();
    const body = JSON.stringify(chat({ stream: true, messages: [{ role: "user", content: "a planted prompt" }] }));
    const response = await post(url, "/v1/chat/completions", body, headers);
    const sent = Buffer.from(await response.arrayBuffer());
    const stored = await eventually(async () => {
      const all = await list("proj_1");
      expect(all).toHaveLength(1);
      return all;
    });
    const [generation] = stored;
    if (generation === undefined) throw new Error("There is no generation.");
    expect(generation).toMatchObject({
      requestId: response.headers.get("x-request-id"),
      route: "/v1/chat/completions",
      model: "tiny",
      status: 200,
      keyId,
      projectId: "proj_1",
      ownerId: "sa_1",
      isStream: true,
      isAborted: false,
      outputTokens: 5,
      responseBytes: sent.length,
    });
    expect(await list("sa_1")).toEqual([generation]);
    const found = await content(generation);
    expect(found.response.equals(sent)).toBe(true);
    expect(found.request.toString()).toBe(body);
    expect(found.contentType).toContain("text/event-stream");
    expect(found.chunks.reduce((sum, [, bytes]) => sum + bytes, 0)).toBe(sent.length);
    expect(found.chunks.map(([ms]) => ms)).toEqual(found.chunks.map(([ms]) => ms).toSorted((a, b) => a - b));
    expect(found.chunks.length).toBeGreaterThan(1);
    const items = JSON.stringify([await query("list#proj_1"), await query(`generation#${generation.id}`)]);
    expect(items).not.toContain("planted");
  });

  test("has whole responses of all dialects, and neither errors nor embeddings", async () => {
    const { url, key, list, content } = await start();
    const { headers } = key();
    await post(url, "/v1/chat/completions", chat({ model: "absent" }), headers);
    await post(url, "/v1/embeddings", { model: "tiny", input: "Once" }, headers);
    const bodies: string[] = [];
    for (const [path, body] of [
      ["/v1/chat/completions", chat()],
      ["/v1/completions", completion()],
      ["/v1/messages", chat({ max_tokens: 5 })],
      ["/v1/responses", { model: "tiny", input: "Once" }],
    ] as const)
      bodies.push(await (await post(url, path, body, headers)).text());
    await eventually(async () => expect(await list("proj_1")).toHaveLength(4));
    const stored = await list("proj_1");
    const responses = await Promise.all(stored.map(async (one) => (await content(one)).response.toString()));
    expect(responses.toSorted()).toEqual(bodies.toSorted());
  });

  test("ends with the data key of its owner or of its project", async () => {
    const { url, key, list, content, erase } = await start();
    await post(url, "/v1/chat/completions", chat(), key().headers);
    await post(url, "/v1/chat/completions", chat(), key({ owner: { type: "user", id: "user_2" } }).headers);
    await eventually(async () => expect(await list("proj_1")).toHaveLength(2));
    const [[first], [second]] = [await list("sa_1"), await list("user_2")];
    if (!first || !second) throw new Error("There are not two generations.");
    await erase("sa_1");
    await expect(content(first)).rejects.toThrow();
    expect((await content(second)).response.length).toBeGreaterThan(0);
    await erase("proj_1");
    await expect(content(second)).rejects.toThrow();
  });
});

describe("what did not opt in", () => {
  test("is not stored: a key without a project's word, one of another retention, and a caller without a key", async () => {
    const { url, key, list } = await start({ config: { auth: "optional" } });
    for (const fields of [
      {},
      { retention: "modified_abuse_monitoring" },
      { retention: "zero_data_retention" },
    ] as const) {
      const { headers } = key({ retention: undefined, ...fields });
      expect((await post(url, "/v1/chat/completions", chat(), headers)).status).toBe(200);
    }
    expect((await post(url, "/v1/chat/completions", chat())).status).toBe(200);
    // One that is stored, after which the others would have been.
    await post(
      url,
      "/v1/chat/completions",
      chat(),
      key({ projectId: "proj_2", owner: { type: "user", id: "u" } }).headers,
    );
    await eventually(async () => expect(await list("proj_2")).toHaveLength(1));
    expect(await list("proj_1")).toEqual([]);
    expect(await list("sa_1")).toEqual([]);
  });

  test("has no stored responses and no cached ones with zero data retention, whatever the client asks", async () => {
    const { url, key } = await start();
    const { headers } = key({ retention: "zero_data_retention" });
    const refused = await post(url, "/v1/responses", { model: "tiny", input: "Once", store: true }, headers);
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("no responses are stored")]);
    const served = await post(url, "/v1/responses", { model: "tiny", input: "Once" }, headers);
    expect(await served.json()).toMatchObject({ store: false });
  });
});

describe("a history that can't be stored", () => {
  test("waits on disk, encrypted, and delays no request; it is stored once the table is back", async () => {
    const table = { isDown: true };
    const { url, key, list, onDisk, spool, logText } = await start({}, (store) => ({
      dataKey: (subject) => store.dataKey(subject),
      put: (...one) => (table.isDown ? Promise.reject(new Error("down")) : store.put(...one)),
    }));
    const { headers } = key();
    const body = chat({ messages: [{ role: "user", content: "a planted prompt" }] });
    for (let index = 0; index < 3; index++)
      expect((await post(url, "/v1/chat/completions", body, headers)).status).toBe(200);
    await eventually(() => expect(onDisk()).toHaveLength(3));
    for (const name of onDisk()) expect(readFileSync(join(spool, name)).includes("planted")).toBe(false);
    expect(await list("proj_1")).toEqual([]);
    expect(logText()).toContain("the history of generations waits");
    table.isDown = false;
    await eventually(async () => expect(await list("proj_1")).toHaveLength(3));
    await eventually(() => expect(onDisk()).toEqual([]));
    expect(logText()).not.toContain("planted");
  });

  test("is lost with a count and a line where there is no capacity for it, and the response is whole", async () => {
    const large = "x".repeat(5 * 1024 * 1024);
    const { url, metricsUrl, key, list, logText } = await start({ config: { bodyLimitBytes: 20 * 1024 * 1024 } });
    const { headers } = key();
    const twice = chat({
      messages: [{ role: "user", content: large }],
      metadata: undefined,
      user: large.slice(0, 100),
    });
    const over = { ...twice, messages: [...twice.messages, ...twice.messages] };
    const response = await post(url, "/v1/chat/completions", over, headers);
    await response.arrayBuffer();
    expect(response.status).toBe(200);
    expect(await (await fetch(metricsUrl)).text()).toMatch(/sluice_history_lost_total\S* 1\b/);
    expect(logText()).toContain("a generation was not stored in the history");
    expect(await list("proj_1")).toEqual([]);
  });
});
