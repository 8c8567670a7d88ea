import { describe, expect, onTestFinished, test } from "vitest";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { noRedisServer, startRedisServer } from "../../test-support/redis-server.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { ValkeyStore } from "../store/valkey-store.ts";
import { cold, send, start } from "../test/cached-gateway.ts";
import { chat, completion, errorOf, post, startTestGateway } from "../test/test-gateway.ts";

describe("the cache", () => {
  // documented: cache-hit
  test("serves the second client the first one's bytes, and sends the tokens saved", async () => {
    const { url, engines } = await start();
    const first = await send(url);
    expect(first).toMatchObject({ status: 200, cache: "miss", level: null, age: null, saved: null });
    const second = await send(url);
    expect(second).toEqual({ ...first, cache: "hit", level: "memory", age: "0", saved: "10" });
    expect(engines[0]?.received).toHaveLength(1);
  });

  test("is not there without its setting", async () => {
    const { url, engines } = await startTestGateway();
    expect((await send(url)).cache).toBeNull();
    expect((await send(url)).cache).toBeNull();
    expect(engines[0]?.received).toHaveLength(2);
  });

  // documented: cache-key
  test("is the same for equivalent bodies: order, spaces, defaults, user", async () => {
    const { url, engines } = await start();
    await send(url, '{"model":"tiny","prompt":"Once","temperature":0,"max_tokens":5}');
    for (const text of [
      '{"max_tokens":5,"temperature":0,"prompt":"Once","model":"tiny"}',
      '{ "model": "tiny", "prompt": "Once", "temperature": 0.0, "max_tokens": 5, "n": 1, "presence_penalty": 0, "stop": null }',
      '{"model":"tiny","prompt":"Once","temperature":0,"max_tokens":5,"user":"someone","metadata":{"a":"b"}}',
    ])
      expect((await send(url, text)).cache).toBe("hit");
    for (const change of [{ prompt: "Twice" }, { max_tokens: 6 }, { seed: 1 }, { logprobs: 1 }, { n: 2 }])
      expect((await send(url, cold({ max_tokens: 5, ...change }))).cache).toBe("miss");
    expect(engines[0]?.received).toHaveLength(6);
  });

  test("stores no response to a request above temperature 0", async () => {
    const { url } = await start();
    for (const fields of [{}, { temperature: 0.7 }, { temperature: null }, { seed: 7 }])
      for (let times = 0; times < 2; times++) expect((await send(url, completion(fields))).cache).toBe("bypass");
  });

  test("that is not automatic stores responses for the requests alone that ask for it", async () => {
    const { url, engines } = await start({}, { automatic: false });
    for (let times = 0; times < 2; times++) expect((await send(url)).cache).toBe("bypass");
    const headers = { "x-sluice-cache": "on" };
    expect((await send(url, undefined, headers)).cache).toBe("miss");
    expect((await send(url, undefined, headers)).cache).toBe("hit");
    expect((await send(url)).cache).toBe("bypass");
    expect(engines[0]?.received).toHaveLength(4);
  });

  test.each([{ "x-sluice-cache": "on" }, { "cache-control": "max-age=60" }])(
    "stores a response at any temperature for a client that sends %j",
    async (headers) => {
      const { url } = await start();
      const body = completion({ temperature: 0.9 });
      expect((await send(url, body, headers)).cache).toBe("miss");
      expect((await send(url, body, headers)).cache).toBe("hit");
      expect((await send(url, body)).cache).toBe("bypass");
    },
  );

  test.each([
    { "cache-control": "no-store" },
    { "cache-control": "max-age=60, no-store" },
    { "x-sluice-cache": "off" },
  ])("neither reads nor stores for %j", async (headers) => {
    const { url, engines } = await start();
    expect((await send(url, cold(), headers)).cache).toBe("bypass");
    expect((await send(url)).cache).toBe("miss");
    expect((await send(url, cold(), headers)).cache).toBe("bypass");
    expect(engines[0]?.received).toHaveLength(3);
  });

  test("calls the target for no-cache, and stores the new response over the old", async () => {
    const { url, engines } = await start();
    await send(url);
    const engine = engines[0];
    if (engine !== undefined) engine.behaviour.tokens = 5;
    expect((await send(url, cold(), { "cache-control": "no-cache" })).cache).toBe("miss");
    expect(await send(url)).toMatchObject({ cache: "hit", saved: "12" });
  });

  test("serves no response that is older than max-age", async () => {
    let now = 1_800_000_000_000;
    const { url } = await start({ wallClock: () => now });
    await send(url);
    now += 5000;
    expect((await send(url, cold(), { "cache-control": "max-age=4" })).cache).toBe("miss");
    now += 5000;
    expect(await send(url, cold(), { "cache-control": "max-age=5" })).toMatchObject({ cache: "hit", age: "5" });
  });

  test("drops a response when its time to live is over, which a route may have of its own", async () => {
    let now = 1_800_000_000_000;
    const settings = { ttlSeconds: 10, routeTtlSeconds: { "/v1/chat/completions": 100 } };
    const { url } = await start({ wallClock: () => now }, settings);
    const path = "/v1/chat/completions";
    await send(url);
    await send(url, chat({ temperature: 0 }), {}, path);
    now += 20_000;
    expect((await send(url)).cache).toBe("miss");
    expect(await send(url, chat({ temperature: 0 }), {}, path)).toMatchObject({ cache: "hit", age: "20" });
  });

  // documented: cache-per-tenant
  test("is never shared between tenants, in one gateway or through the shared store", async () => {
    const store = new MemoryStore({ maxBytes: 1024 * 1024 });
    const gateway = await start({ config: { auth: "optional" }, store });
    const other = await start({ config: { auth: "optional" }, store });
    const headers = [0, 1].map(() => {
      const key = newApiKey();
      const { keyId, hash } = key;
      const item = { keyId, hash, name: "a", plan: "standard", createdAt: "2026-01-01T00:00:00Z" };
      for (const { keys } of [gateway, other]) keys.set(keyId, item);
      return { authorization: `Bearer ${key.secret}` };
    });
    const [a = {}, b = {}] = headers;
    expect((await send(gateway.url, cold(), a)).cache).toBe("miss");
    expect((await send(gateway.url, cold(), b)).cache).toBe("miss");
    expect((await send(gateway.url, cold())).cache).toBe("miss");
    expect((await send(other.url, cold(), { "x-sluice-client-ip": "198.51.100.7" })).cache).toBe("miss");
    expect(await send(other.url, cold(), a)).toMatchObject({ cache: "hit", level: "shared" });
    expect(await send(other.url, cold(), a)).toMatchObject({ cache: "hit", level: "memory" });
  });

  test("serves no response of another version of the model", async () => {
    const store = new MemoryStore({ maxBytes: 1024 * 1024 });
    const before = await start({ store });
    const after = await start({ store, model: { revision: "r2" } });
    await send(before.url);
    expect((await send(after.url)).cache).toBe("miss");
    expect((await send(before.url)).cache).toBe("hit");
  });

  // documented: cache-clear
  test("serves no response from before it was cleared, at this gateway at once and at another one soon", async () => {
    const store = new MemoryStore({ maxBytes: 1024 * 1024 });
    const one = await start({ store });
    const two = await start({ store });
    await send(one.url);
    expect((await send(two.url)).cache).toBe("hit");
    await one.gateway.cache?.clear("tiny");
    expect((await send(one.url)).cache).toBe("miss");
    await eventually(async () => expect((await send(two.url)).level).toBe("shared"), { everyMs: 200 });
  });
});

describe("the cache does not store", () => {
  test("errors", async () => {
    const { url, engines } = await start({ engines: [{ mode: { status: 400, body: '{"error":{"message":"no"}}' } }] });
    const engine = engines[0];
    if (engine === undefined) throw new Error("no engine");
    await errorOf(await post(url, "/v1/completions", cold()), 400, "invalid_request");
    engine.behaviour.mode = { status: 500, body: "broken" };
    expect((await send(url)).status).toBeGreaterThanOrEqual(500);
    engine.behaviour.mode = "answer";
    expect((await send(url)).cache).toBe("miss");
  });

  test("a 200 that is no completion", async () => {
    const { url, engines } = await start({ engines: [{ mode: { status: 200, body: '{"error":"busy"}' } }] });
    for (let times = 0; times < 2; times++) {
      const before = engines[0]?.received.length ?? 0;
      expect((await send(url)).cache).toBe("miss");
      expect(engines[0]?.received.length).toBeGreaterThan(before);
    }
  });

  test("what a client sees of it in the log: no token is counted twice", async () => {
    const { url, log, metricsUrl } = await start();
    await send(url);
    await send(url);
    await eventually(() => expect(log().filter((line) => line.msg === "request")).toHaveLength(2));
    expect(log().filter((line) => line.msg === "request")).toMatchObject([
      { cache: "miss", promptTokens: 7, completionTokens: 3 },
      { cache: "hit", status: 200 },
    ]);
    expect(log().at(-1)).not.toHaveProperty("promptTokens");
    const metrics = await (await fetch(metricsUrl)).text();
    expect(metrics).toContain('sluice_cache_requests_total{result="miss",level="none"} 1');
    expect(metrics).toContain('sluice_cache_requests_total{result="hit",level="memory"} 1');
    expect(metrics).toContain('sluice_cache_saved_tokens_total{model="tiny"} 10');
  });
});

describe("the cache with a store that is slow or gone", () => {
  // documented: cache-store-frozen
  test("serves every request, and calls a frozen store only once", async ({ skip }) => {
    skip(noRedisServer !== undefined, noRedisServer);
    const server = await startRedisServer();
    const changes: boolean[] = [];
    const store = new ValkeyStore({ url: server.url, commandTimeoutMs: 100, onChange: (is) => changes.push(is) });
    onTestFinished(async () => {
      await store.close();
      server.thaw();
      await server.stop();
    });
    await eventually(() => expect(store.isAvailable).toBe(true));
    const one = await start({ store });
    const two = await start({ store });
    await send(one.url);
    await eventually(async () => expect((await send(two.url)).level).not.toBeNull());
    server.freeze();
    for (let index = 0; index < 5; index++) {
      expect(await send(one.url, cold({ seed: index }))).toMatchObject({ status: 200, cache: "miss" });
      expect(await send(one.url, cold({ seed: index }))).toMatchObject({ status: 200, cache: "hit", level: "memory" });
    }
    // Not one for each of the five: it was shut when the first had waited.
    expect(changes).toEqual([true, false]);
    server.thaw();
    await eventually(() => expect(store.isAvailable).toBe(true));
    await send(one.url, cold({ seed: 99 }));
    await eventually(async () => expect((await send(two.url, cold({ seed: 99 }))).level).not.toBeNull());
    await server.stop();
    expect(await send(one.url, cold({ seed: 100 }))).toMatchObject({ status: 200, cache: "miss" });
  });
});
