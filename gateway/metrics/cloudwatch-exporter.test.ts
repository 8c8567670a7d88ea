import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { GATEWAY_METRICS_WINDOW_SECONDS, METRICS } from "../../contracts/metrics/catalogue.ts";
import type { MetricEntry } from "../../contracts/metrics/metric-entry.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { emfProblems } from "../test/emf-problems.ts";
import { provide } from "../test/provider-fixture.ts";
import { chat, completion, post, startTestGateway, type TestGatewayOptions } from "../test/test-gateway.ts";
import { spoolFolder } from "../usage/test/usage-bucket.ts";
import { CloudWatchExporter } from "./cloudwatch-exporter.ts";
import { ALL_INSTRUMENTS } from "./instruments.ts";
import { type MeasuredRequest, measureRequest } from "./measure-request.ts";
import { Meter } from "./meter.ts";
import { REQUEST_INSTRUMENTS } from "./request-instruments.ts";

const WINDOW_MS = 1000 * GATEWAY_METRICS_WINDOW_SECONDS;

/** Sends the test's requests, drains the gateway and returns its metrics, by metric and dimensions. */
async function linesAfter(send: (url: string) => Promise<unknown>, options: TestGatewayOptions = {}) {
  const lines: string[] = [];
  // All of it comes in one window, as each window has lines of its own.
  const leftMs = WINDOW_MS - (Date.now() % WINDOW_MS);
  if (leftMs < WINDOW_MS / 2) await sleep(leftMs);
  const { url, gateway } = await startTestGateway({ ...options, writeMetrics: (line) => lines.push(line) });
  await send(url);
  await gateway.drain();
  for (const line of lines) expect(emfProblems(line)).toEqual([]);
  return lines.map((line) => JSON.parse(line));
}

type Line = Awaited<ReturnType<typeof linesAfter>>[number];
const ofRoute = (lines: readonly Line[], route: string) => lines.find(({ Route }) => Route === route);
const text = (url: string, path: string, body: unknown) => post(url, path, body).then((response) => response.text());

const MEASURED: MeasuredRequest = {
  route: "/v1/completions",
  method: "POST",
  status: 200,
  durationMs: 1,
  startedAt: 0,
  firstTokenAt: undefined,
  lastTokenAt: undefined,
  model: "tiny",
  isModelKnown: true,
  errorCode: undefined,
  isAborted: false,
  promptTokens: 1,
  completionTokens: 1,
  chargeNanoUsd: 0,
  cache: undefined,
};

describe("the gateway's metrics", () => {
  // documented: latency-metrics
  test("a stream has latency, time to first token, time per token and tokens under its model and route", async () => {
    const lines = await linesAfter((url) => text(url, "/v1/chat/completions", chat({ stream: true })));
    const line = ofRoute(lines, "/v1/chat/completions");
    expect(line).toMatchObject({
      Environment: "test",
      Model: "tiny",
      Requests: 1,
      ClientErrors: 0,
      ServerErrors: 0,
      PromptTokens: 7,
      CompletionTokens: 3,
      Latency: { Counts: [1], Count: 1 },
      TimeToFirstToken: { Count: 1 },
      TimePerOutputToken: { Count: 1 },
    });
    expect(line.TimeToFirstToken.Sum).toBeLessThanOrEqual(line.Latency.Sum);
  });

  test("the cache's hits, misses and saved tokens are written where there is a cache, and no such metric where there is none", async () => {
    const cache = { ttlSeconds: 60, routeTtlSeconds: {}, memoryMiB: 8, semantic: null };
    const send = async (url: string) => {
      for (let index = 0; index < 3; index++) await text(url, "/v1/completions", completion({ temperature: 0 }));
    };
    const isOfCache = (line: Line) => "CacheHits" in line;
    expect((await linesAfter(send, { config: { cache } })).filter(isOfCache)).toEqual([
      expect.objectContaining({ Environment: "test", CacheHits: 2, CacheMisses: 1, CacheSavedTokens: 20 }),
    ]);
    expect((await linesAfter(send)).filter(isOfCache)).toEqual([]);
  });

  test("a provider's responses count by its prices, under the name in the request", async () => {
    const provider = await provide();
    const config = { providers: [providerConfig("a", provider.origin)], routes: [routeConfig("chat", ["a/small"])] };
    const lines = await linesAfter((url) => text(url, "/v1/chat/completions", chat({ model: "chat" })), { config });
    const [charge, ...others] = lines.filter((line) => "Charges" in line);
    expect([charge.Model, others]).toEqual(["chat", []]);
    expect(charge.Charges).toBeCloseTo((7 * 1 + 3 * 2) / 1e6, 9);
  });

  test("a hundred requests make as many lines as one", () => {
    const linesOf = (requests: number) => {
      const lines: Line[] = [];
      // A window that no slow machine ends in the middle of the test.
      const windowMs = 24 * 3_600_000;
      const write = (line: string) => lines.push(JSON.parse(line));
      const exporter = new CloudWatchExporter(ALL_INSTRUMENTS, { environment: "test", windowMs, write });
      const meter = new Meter([exporter]);
      for (let index = 0; index < requests; index++) measureRequest(meter, { ...MEASURED, durationMs: index });
      exporter.stop();
      return lines;
    };
    const often = linesOf(100);
    expect(often.length).toBe(linesOf(1).length);
    expect(ofRoute(often, "/v1/completions").Latency.Count).toBe(100);
  });

  test("a refusal counts by its code, has no latency, and its model is none", async () => {
    const lines = await linesAfter((url) => text(url, "/v1/completions", completion({ model: "gpt-9" })));
    expect(ofRoute(lines, "/v1/completions")).toMatchObject({ Model: "none", Requests: 1, ClientErrors: 1 });
    expect(ofRoute(lines, "/v1/completions")).not.toHaveProperty("Latency");
    expect(lines.find(({ ErrorCode }) => ErrorCode !== undefined)).toMatchObject({
      ErrorCode: "model_not_found",
      Errors: 1,
    });
  });

  test("an engine's failure is a server error with its latency", async () => {
    const lines = await linesAfter((url) => text(url, "/v1/completions", completion()), { engines: [] });
    expect(ofRoute(lines, "/v1/completions")).toMatchObject({ ServerErrors: 1, ClientErrors: 0 });
    expect(ofRoute(lines, "/v1/completions").Latency.Count).toBe(1);
  });

  test("health checks and preflights are no requests", async () => {
    const lines = await linesAfter(async (url) => {
      await (await fetch(`${url}/health`)).text();
      await (await fetch(`${url}/livez`)).text();
      await fetch(`${url}/v1/completions`, { method: "OPTIONS" });
    });
    expect(lines.filter(({ Route }) => Route !== undefined)).toEqual([]);
  });

  test("without requests a window still has zeros, the ready engines and their free slots", async () => {
    const lines = await linesAfter(async () => undefined, { engines: [{}, {}], model: { maxRequestsPerEngine: 5 } });
    expect(lines).toMatchObject([
      { Environment: "test", Requests: 0, ServerErrors: 0, InFlight: 0, ClientAborts: 0 },
      { Environment: "test", Model: "tiny", ReadyEngines: 2, EngineCapacity: 10, EngineRequests: 0 },
    ]);
  });

  test("every gateway metric of the catalogue is written, and none that is not in it", async () => {
    const send = async (url: string) => {
      await text(url, "/v1/completions", completion({ stream: true, temperature: 0 }));
      await text(url, "/v1/completions", completion({ model: "gpt-9" }));
    };
    const cache = { ttlSeconds: 60, routeTtlSeconds: {}, memoryMiB: 8, semantic: null };
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
    const usage = { spool: spoolFolder(), fileSeconds: 60, put: async () => undefined };
    const lines = await linesAfter(send, { config: { cache }, model: { price }, usage });
    const written = lines.flatMap((line) =>
      line._aws.CloudWatchMetrics.flatMap((directive: { Namespace: string; Metrics: { Name: string }[] }) =>
        directive.Metrics.map(({ Name }) => `${directive.Namespace} ${Name}`),
      ),
    );
    const entries: readonly MetricEntry[] = Object.values(METRICS);
    // Dead letters, alerts of budgets and lost generations are written only when there are some.
    const rare: readonly MetricEntry[] = [METRICS.deadLetters, METRICS.budgetAlerts, METRICS.historyLost];
    const wanted = entries.filter((entry) => entry.namespace === METRICS.latency.namespace && !rare.includes(entry));
    expect([...new Set(written)].sort()).toEqual(wanted.map(({ namespace, name }) => `${namespace} ${name}`).sort());
  });
});

describe("windows", () => {
  test("end at multiples of their length, once each", async () => {
    const times: number[] = [];
    const metrics = new CloudWatchExporter(ALL_INSTRUMENTS, {
      environment: "test",
      windowMs: 20,
      write: (line) => times.push(JSON.parse(line)._aws.Timestamp),
    });
    metrics.start();
    let isStopped = false;
    onTestFinished(() => {
      if (!isStopped) metrics.stop();
    });
    await eventually(() => expect(times.length).toBeGreaterThanOrEqual(5));
    const seen = [...times];
    metrics.stop();
    isStopped = true;
    expect(seen.map((time) => (time + 1) % 20)).toEqual(seen.map(() => 0));
    expect(new Set(seen).size).toBe(seen.length);
  });
});

test("a gauge that can't be read and a line that can't be written are counted, and the other windows go out", async () => {
  const lines: string[] = [];
  let faults = 0;
  const exporter = new CloudWatchExporter(ALL_INSTRUMENTS, {
    environment: "test",
    windowMs: 20,
    write: (line) => {
      if (lines.push(line) === 1) throw new Error("no space left on device");
    },
    onFault: () => faults++,
  });
  exporter.watch(REQUEST_INSTRUMENTS.peakInFlight, () => {
    throw new TypeError("a fault of our own");
  });
  exporter.start();
  await eventually(() => expect(lines.length).toBeGreaterThan(3));
  exporter.stop();
  expect(faults).toBeGreaterThan(3);
});
