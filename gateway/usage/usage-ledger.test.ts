import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { UsageEvent } from "../../contracts/usage/usage-event.ts";
import { hashApiKey, newApiKey } from "../../domain/keys/api-key.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { chat, completion, post, startTestGateway, type TestGatewayOptions } from "../test/test-gateway.ts";
import { readEvents, spoolFolder, UsageBucket } from "./test/usage-bucket.ts";
import type { UsageFiles } from "./usage-ledger.ts";

/** Dollars for a million tokens, so that a token costs some thousand nano-dollars. */
const PRICE = { inputUsdPerMillion: 1.5, outputUsdPerMillion: 3.001 };

async function start(options: TestGatewayOptions = {}, files: Partial<UsageFiles> = {}) {
  const bucket = new UsageBucket();
  const spool = spoolFolder();
  const test = await startTestGateway({
    model: { price: PRICE },
    ...options,
    usage: { spool, fileSeconds: 3600, put: bucket.put, ...files },
  });
  const onDisk = () =>
    readdirSync(spool, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".open") || name.endsWith(".ndjson"))
      .flatMap((name) => readEvents(readFileSync(join(spool, name))));
  return { ...test, bucket, spool, onDisk };
}

interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

function charge({ inputTokens, outputTokens }: Pick<UsageEvent, "inputTokens" | "outputTokens">): number {
  return Number(BigInt(inputTokens) * 1500n + BigInt(outputTokens) * 3001n);
}

describe("the usage event of a request", () => {
  // documented: usage-event-before-response
  test("is on disk before its response is sent, with tokens, money, key, project and owner", async () => {
    const { url, keys, onDisk } = await start({ config: { auth: "required" } });
    const { secret, keyId } = newApiKey();
    keys.set(keyId, {
      keyId,
      hash: hashApiKey(secret),
      name: "test",
      plan: "standard",
      createdAt: "2026-01-01T00:00:00Z",
      projectId: "proj_1",
      owner: { type: "service_account", id: "sa_1" },
    });
    const response = await post(url, "/v1/chat/completions", chat(), { authorization: `Bearer ${secret}` });
    const [event, ...others] = onDisk();
    const { usage } = (await response.json()) as { usage: Usage };
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      id: response.headers.get("x-request-id"),
      route: "/v1/chat/completions",
      model: "tiny",
      target: "tiny",
      status: 200,
      isAborted: false,
      isStream: false,
      isBatch: false,
      isCached: false,
      keyId,
      projectId: "proj_1",
      serviceAccountId: "sa_1",
      inputTokens: usage.prompt_tokens,
      outputTokens: usage.completion_tokens,
    });
    expect(event?.userId).toBeUndefined();
    expect(event?.chargeNanoUsd).toBe(charge(event ?? { inputTokens: 0, outputTokens: 0 }));
    expect(event?.inputChargeNanoUsd).toBe(1500 * usage.prompt_tokens);
  });

  // documented: usage-aborted-stream
  test("of a stream that its client left has what was sent, within one chunk", async () => {
    const { url, engines, onDisk } = await start({ engines: [{ tokens: 500, intervalMs: 20 }] });
    const leaving = new AbortController();
    const body = chat({ stream: true, max_tokens: 500 });
    const response = await post(url, "/v1/chat/completions", body, {}, { signal: leaving.signal });
    const reader = response.body?.getReader();
    let received = "";
    while (received.split('"content"').length < 12) received += Buffer.from((await reader?.read())?.value ?? []);
    leaving.abort();
    await eventually(() => expect(onDisk()).toHaveLength(1));
    await eventually(() => expect(engines[0]?.received[0]?.aborted).toBe(true));
    const [event] = onDisk();
    const seen = received.split("\n").filter((line) => /"content":"[^"]/.test(line)).length;
    expect(event).toMatchObject({ isAborted: true, isStream: true, status: 200 });
    expect(event?.outputTokens).toBeGreaterThanOrEqual(seen);
    expect(event?.outputTokens).toBeLessThan(500);
    // The engine tells its count at the end alone: the estimated prompt is charged.
    expect(event?.inputTokens).toBeGreaterThan(0);
    expect(event?.chargeNanoUsd).toBe(charge(event ?? { inputTokens: 0, outputTokens: 0 }));
  });

  test("has the charge that the request's log line has, a part of a nano-dollar rounded up once", async () => {
    const price = { inputUsdPerMillion: 0.00003, outputUsdPerMillion: 0.00003 };
    const { url, requestLine, onDisk } = await start({ model: { price } });
    await (await post(url, "/v1/completions", completion())).text();
    const [event] = onDisk();
    const tokens = (event?.inputTokens ?? 0) + (event?.outputTokens ?? 0);
    expect((tokens * 3) % 100).toBeGreaterThan(0);
    expect(event?.chargeNanoUsd).toBe(Math.ceil((tokens * 3) / 100));
    const line = await requestLine();
    expect(Number(line.chargeUsd) * 1e9).toBeCloseTo(event?.chargeNanoUsd ?? 0);
  });

  test("is there for failures and cache hits, and for no request without a model", async () => {
    const cache = { ttlSeconds: 60, routeTtlSeconds: {}, memoryMiB: 1, semantic: null };
    const { url, engines, onDisk } = await start({ config: { cache } });
    const same = completion({ temperature: 0 });
    for (let count = 0; count < 2; count++) await (await post(url, "/v1/completions", same)).text();
    if (engines[0]) engines[0].behaviour.mode = { status: 400, body: '{"error":{"message":"no"}}' };
    await (await post(url, "/v1/completions", completion({ temperature: 1 }))).text();
    await (await post(url, "/v1/completions", completion({ model: "absent" }))).text();
    await (await post(url, "/tokenize", { model: "tiny", prompt: "a" })).text();
    await fetch(`${url}/v1/models`);
    const [first, hit, failed, ...others] = onDisk();
    expect(others).toEqual([]);
    expect(first).toMatchObject({ isCached: false, status: 200 });
    expect(hit).toMatchObject({ isCached: true, status: 200, inputTokens: 0, outputTokens: 0, chargeNanoUsd: 0 });
    expect(failed).toMatchObject({ isCached: false, status: 400, outputTokens: 0 });
  });

  // documented: own-prices
  test("has cached, written and reasoning tokens as the provider counts them, each at its price and with the markup, whole and streamed", async () => {
    const usage = {
      prompt_tokens: 50,
      completion_tokens: 20,
      total_tokens: 70,
      prompt_tokens_details: { cached_tokens: 32, cache_write_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 12 },
    };
    const head = { id: "chatcmpl-1", created: 1, model: "tiny" };
    const message = { role: "assistant", content: "Hi" };
    const choice = { index: 0, finish_reason: "stop", logprobs: null };
    const whole = { ...head, object: "chat.completion", choices: [{ ...choice, message }], usage };
    const chunk = { ...head, object: "chat.completion.chunk" };
    const stream = [{ ...chunk, choices: [{ ...choice, delta: message }] }, { ...chunk, choices: [], usage }, "[DONE]"]
      .map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`)
      .join("");
    const price = {
      ...PRICE,
      cachedInputUsdPerMillion: 0.15,
      cacheWriteUsdPerMillion: 1.875,
      reasoningUsdPerMillion: 6,
    };
    const { url, engines, onDisk } = await start({ model: { price }, config: { markups: [{ percent: 10 }] } });
    for (const isStream of [false, true]) {
      const [body, type] = isStream ? [stream, "text/event-stream"] : [JSON.stringify(whole), "application/json"];
      if (engines[0]) engines[0].behaviour.mode = { status: 200, body, headers: { "content-type": type } };
      const response = await post(url, "/v1/chat/completions", chat({ stream: isStream }));
      expect(response.status).toBe(200);
      await response.text();
    }
    await eventually(() => expect(onDisk()).toHaveLength(2));
    const counts = {
      inputTokens: 50,
      inputCachedTokens: 32,
      inputCacheWriteTokens: 8,
      outputTokens: 20,
      reasoningTokens: 12,
      // (10 × 1500 + 32 × 150 + 8 × 1875) × 1.1, and (8 × 3001 + 12 × 6000) × 1.1 of the completion, rounded up once.
      inputChargeNanoUsd: 38_280,
      chargeNanoUsd: 143_889,
    };
    expect(onDisk()).toEqual([expect.objectContaining(counts), expect.objectContaining(counts)]);
  });
});

describe("the ledger of usage", () => {
  test("ships what it has when the gateway drains", async () => {
    const { url, gateway, bucket, onDisk } = await start();
    await (await post(url, "/v1/completions", completion())).text();
    expect(bucket.events).toHaveLength(0);
    await gateway.drain();
    expect(bucket.events).toHaveLength(1);
    expect(onDisk()).toEqual([]);
  });

  // documented: usage-lost-counted
  test("counts an event that the disk does not take, and the request has its response all the same", async () => {
    const { url, spool, metricsUrl, log, onDisk } = await start();
    rmSync(spool, { recursive: true });
    writeFileSync(spool, "no folder");
    expect((await post(url, "/v1/completions", completion())).status).toBe(200);
    expect(await (await fetch(metricsUrl)).text()).toMatch(/sluice_usage_events_lost_total 1/);
    expect(log().filter(({ msg }) => msg === "a usage event is lost")).toEqual([
      expect.objectContaining({ failure: expect.stringMatching(/^E(NOTDIR|EXIST)$/) }),
    ]);
    rmSync(spool);
    expect((await post(url, "/v1/completions", completion())).status).toBe(200);
    expect(onDisk()).toHaveLength(1);
  });

  test("takes no more events than may wait, and says for how long they have waited", async () => {
    const { url, bucket, metricsUrl, onDisk } = await start({}, { fileSeconds: 1, maxBytes: 1024 * 1024 });
    bucket.isDown = true;
    expect((await post(url, "/v1/completions", completion())).status).toBe(200);
    const metrics = async () => await (await fetch(metricsUrl)).text();
    await eventually(async () => expect(await metrics()).toMatch(/sluice_usage_waiting_seconds [1-9]/));
    expect((await post(url, "/v1/completions", completion())).status).toBe(200);
    expect(await metrics()).toMatch(/sluice_usage_events_lost_total 1/);
    expect(onDisk()).toHaveLength(1);
    bucket.isDown = false;
  });
});
