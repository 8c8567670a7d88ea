import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { App } from "cdktf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadEnvironment } from "../environments/load.ts";
import { validateEnvironment } from "../environments/validate.ts";
import { buildGateway } from "../gateway/build.ts";
import { buildLambdas } from "../lambdas/build.ts";
import { OWN_FOLDER } from "../lib/installation.ts";
import { synthesizeEnvironment } from "../stacks/environment-stacks.ts";
import { builtAssets } from "../test-support/built-assets.ts";
import { type FakeEngine, startFakeEngine } from "../test-support/fake-engine.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { waitUntilReady } from "./first-request.ts";
import { startTwin, type Twin } from "./twin.ts";

const dev = await loadEnvironment("dev");

/**
 * The scaling rule on this machine: the synthesized alarms, policies, hooks and the bundled `drain-engine`, with real
 * processes. Alarms' minutes take a second here; starting and draining take the time that they take. A slow server
 * stands in for the model, so that load can be made without a CPU.
 */
const TIME_FACTOR = 60;
const TOKEN_MS = 50;
/** 14 s: a drain that ignored running requests would be over after 10. */
const LATE_TOKENS = 280;
const model = "phi-3-mini";
const folder = mkdtempSync(join(tmpdir(), "sluice-scaling-"));
const assets = builtAssets();
let server: FakeEngine;
let twin: Twin;
const timeline: string[] = [];
const startedAt = Date.now();
let onNote = (_line: string) => {};
function note(line: string): void {
  timeline.push(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  onNote(line);
}

beforeAll(async () => {
  await buildLambdas(assets.lambdas);
  await buildGateway(assets.gateway);
  server = await startFakeEngine({ tokens: 40, intervalMs: TOKEN_MS });
  const outdir = join(folder, "cdktf.out");
  const app = new App({ outdir, stackTraces: false });
  const unlimited = { requestsPerSecond: 1000, burst: 1000, requestsPerMonth: null };
  const environment = {
    ...dev,
    api: { ...dev.api, requestsPerMinutePerIp: 100_000, usagePlans: { ...dev.api.usagePlans, anonymous: unlimited } },
  };
  synthesizeEnvironment(app, validateEnvironment(environment, "environments/dev.ts"), assets);
  app.synth();
  twin = await startTwin({
    environment: "dev",
    outputFolder: outdir,
    projectFolder: OWN_FOLDER,
    workFolder: folder,
    apiPort: 0,
    sitePort: 0,
    keepsData: false,
    timeFactor: TIME_FACTOR,
    variables: {},
    passedEnvironment: { SLUICE_ENGINE_URL: server.origin, PATH: process.env.PATH ?? "" },
    report: note,
  });
  await waitUntilReady(twin, 100);
  note("the model is ready");
});
afterAll(async () => {
  await twin?.stop();
  await server?.stop();
  assets.remove();
  rmSync(folder, { recursive: true, force: true });
  console.log(timeline.join("\n"));
});

const responses: string[] = [];

/** One streamed request; notes whether its response was whole. */
async function request(): Promise<void> {
  const response = await fetch(`${twin.runtime.settings.apiUrl}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, prompt: "x", max_tokens: 40, stream: true }),
  });
  const text = await response.text();
  const isWhole = response.status === 200 && text.endsWith("data: [DONE]\n\n") && !text.includes('"error"');
  if (!isWhole) note(`a request failed: ${response.status}`);
  responses.push(isWhole ? "whole" : `${response.status} ${text.slice(-200)}`);
}

/** Clients that send one request after another until they are stopped. */
function clients(count: number): { stop(): Promise<unknown> } {
  let isOn = true;
  const all = Array.from({ length: count }, async () => {
    while (isOn) await request();
  });
  return {
    stop: () => {
      isOn = false;
      return Promise.all(all);
    },
  };
}

const pool = () => twin.runtime.autoScaling.groups.find(({ role }) => role === "engine")!;
async function until(holds: () => boolean, seconds: number): Promise<boolean> {
  for (let tries = 0; tries < seconds * 10 && !holds(); tries++) await sleep(100);
  return holds();
}

/** Running requests on each engine, as the engines report. */
const running = () =>
  Promise.all(
    pool().instances.map(async ({ id, port }) => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return [id, Number(/^vllm:num_requests_running\S* (\d+)/m.exec(text)?.[1])] as const;
    }),
  );

describe("a pool under load", () => {
  // documented: scaling-fails-no-request
  test("gets a second engine, and loses it again without a failed request", { timeout: 150_000 }, async () => {
    const [first] = pool().inService;
    note("6 clients begin to stream, one request after another");
    const busy = clients(6);
    expect(await until(() => pool().inService.length === 2, 30), "a second engine is in service").toBe(true);
    // The maximum is 2: however long the alarm stays on, there is no third.
    await sleep(5000);
    expect(pool().instances).toHaveLength(2);
    // A moment without a request at the newer one is possible; a pool that leaves it out has none for good.
    await eventually(async () => expect((await running()).map(([, count]) => count > 0)).toEqual([true, true]));
    await busy.stop();
    note("the clients end; a short request comes now and then");

    server.behaviour.tokens = 1;
    // When one engine is chosen for termination, before any gateway knows it: streams that outlast the gateways'
    // discovery.
    const late: Promise<void>[] = [];
    let load: Awaited<ReturnType<typeof running>> = [];
    onNote = (line) => {
      if (!line.includes("from 2 to 1")) return;
      server.behaviour.tokens = LATE_TOKENS;
      late.push(...Array.from({ length: 4 }, request));
      setTimeout(() => void running().then((now) => (load = now)), 2000);
    };
    const second = pool().instances.find(({ id }) => id !== first?.id)?.id;
    const isHere = () => pool().instances.some(({ id }) => id === second);
    for (let round = 0; round < 40 && late.length === 0; round++) {
      await request();
      await until(() => late.length > 0, 2);
    }
    expect(late).toHaveLength(4);
    expect(await until(() => !isHere(), 60), "the newest has left").toBe(true);
    await Promise.all(late);
    note(`${responses.length} requests, ${responses.filter((response) => response !== "whole").length} failed`);

    expect(
      responses.filter((response) => response !== "whole"),
      timeline.join("\n"),
    ).toEqual([]);
    // It had some of the late streams when it began to drain.
    expect(load.find(([id]) => id === second)?.[1]).toBeGreaterThan(0);
  });
});
