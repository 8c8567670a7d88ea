import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { provide } from "../test/provider-fixture.ts";
import { chat, errorOf, post, startTestGateway } from "../test/test-gateway.ts";
import { STEPS, type Steps } from "./steps.ts";

const NAMES = Object.keys(STEPS) as (keyof Steps)[];
const ROOT = join(import.meta.dirname, "../..");

test.each(["gateway/README.md", "docs/architecture.md"])("%s shows the steps of a request in their order", (page) => {
  const text = readFileSync(join(ROOT, page), "utf8").replaceAll("\n", " ");
  expect(text).toContain(`\`${NAMES.join(" → ")}\``);
});

const throws = (): never => {
  throw new TypeError("a fault of our own");
};
const CACHE = { ttlSeconds: 60, routeTtlSeconds: {}, memoryMiB: 1, semantic: null };
/** A gateway with one target in which one step throws. */
const broken = (name: keyof Steps) =>
  startTestGateway({
    steps: { [name]: throws },
    config: { cache: CACHE },
  });

/** Steps that run for a response that is not stored and that is no error. */
const ORDINARY = NAMES.filter((name) => !["replay", "respondError", "settle"].includes(name));

/** Steps that requests without a target go through too. */
const OF_ALL: readonly (keyof Steps)[] = ["receive", "route", "admitAddress", "identify"];

describe("an unexpected error", () => {
  test.each(ORDINARY)("in %s is internal_error, is in the log once, and the process lives", async (name) => {
    const { url, log, gateway } = await broken(name);
    for (const stream of [false, true]) {
      const response = await post(url, "/v1/chat/completions", chat({ stream }));
      await errorOf(response, 500, "internal_error");
    }
    expect((await fetch(`${url}/livez`)).status).toBe(OF_ALL.includes(name) ? 500 : 200);
    const lines = log().filter(({ msg, route }) => msg === "request" && route !== "/livez");
    expect(lines.slice(0, 2)).toEqual([
      expect.objectContaining({ status: 500, errorCode: "internal_error", failure: expect.anything() }),
      expect.objectContaining({ status: 500, errorCode: "internal_error", failure: expect.anything() }),
    ]);
    await eventually(async () => {
      const metrics = await gateway.metrics();
      const sample = (metric: string) => metrics.find((entry) => entry.name === metric)?.values[0]?.value;
      expect(sample("sluice_requests_in_flight")).toBe(0);
      expect(sample("sluice_target_breaker_state") ?? 0).toBe(0);
    });
  });

  test.each(ORDINARY)("in %s leaves a provider's only slot free, whole or streamed", async (name) => {
    const { origin } = await provide();
    let isBroken = true;
    const step = (...input: readonly unknown[]): unknown =>
      isBroken ? throws() : Reflect.apply(STEPS[name], undefined, input);
    const { url } = await startTestGateway({
      engines: [],
      steps: { [name]: step },
      config: {
        providers: [providerConfig("p", origin, { maxInFlight: 1, maxConnections: 1 })],
        routes: [routeConfig("chat", ["p/small"])],
        cache: CACHE,
      },
    });
    const send = (stream: boolean) => post(url, "/v1/chat/completions", chat({ model: "chat", stream }));
    for (const stream of [false, true, false, true]) await errorOf(await send(stream), 500, "internal_error");
    isBroken = false;
    for (const stream of [true, false]) {
      const response = await send(stream);
      expect(response.status).toBe(200);
      await response.text();
    }
  });

  test("in replay is internal_error for a stored response", async () => {
    const { url } = await broken("replay");
    const send = () => post(url, "/v1/chat/completions", chat({ temperature: 0 }));
    expect((await send()).status).toBe(200);
    await errorOf(await send(), 500, "internal_error");
  });

  test("in respondError leaves the client a response that does not depend on the request", async () => {
    const { url, log } = await broken("respondError");
    const response = await fetch(`${url}/nowhere`);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { code: "internal_error" } });
    expect(log().filter(({ msg }) => msg === "request")).toHaveLength(1);
  });

  // documented: fault-in-settle
  test("in settle leaves the response as it is, and is logged", async () => {
    const { url, log, gateway } = await broken("settle");
    expect((await post(url, "/v1/chat/completions", chat())).status).toBe(200);
    expect(await (await post(url, "/v1/chat/completions", chat({ stream: true }))).text()).toContain("[DONE]");
    await eventually(() => expect(log().filter(({ msg }) => msg === "a request was not settled")).toHaveLength(2));
    const metrics = await gateway.metrics();
    expect(metrics.find(({ name }) => name === "sluice_requests_in_flight")?.values[0]?.value).toBe(0);
  });

  // documented: fault-in-log
  test("in the log, of every line, leaves responses as they are, and is counted", async () => {
    let isFull = false;
    const writeLog = () => {
      if (isFull) throw new Error("no space left on device");
    };
    const { url, gateway } = await startTestGateway({ writeLog });
    isFull = true;
    onTestFinished(() => {
      isFull = false;
    });
    expect((await post(url, "/v1/chat/completions", chat())).status).toBe(200);
    expect(await (await post(url, "/v1/chat/completions", chat({ stream: true }))).text()).toContain("[DONE]");
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
    await eventually(async () => {
      const metrics = await gateway.metrics();
      const samples = (metric: string) => metrics.find((entry) => entry.name === metric)?.values;
      expect(samples("sluice_requests_in_flight")?.[0]?.value).toBe(0);
      expect(samples("sluice_faults_total")).toEqual([
        { labels: { step: "settle" }, value: 3 },
        { labels: { step: "log" }, value: 3 },
      ]);
    });
  });

  test.each([
    ["/v1/chat/completions", chat({ stream: true }), 'data: {"error":'],
    ["/v1/messages", { ...chat({ stream: true }), max_tokens: 5 }, "event: error"],
  ])(
    "in the middle of a stream of %s ends it with an error event, and the target counts as well",
    async (path, body, event) => {
      const fails = {
        whole: () => undefined,
        stream: () => ({ push: (chunk: Buffer) => chunk.includes("w2") && throws(), end: () => undefined }),
      };
      const { url, log, gateway, engines } = await startTestGateway({
        engines: [{ tokens: 100, intervalMs: 2 }],
        steps: { relay: (called, tools) => STEPS.relay({ ...called, cacheWriter: fails }, tools) },
      });
      for (let sent = 0; sent < 12; sent++) {
        const text = await (await post(url, path, body)).text();
        expect(text).toContain("w1");
        expect(text).toContain(event);
        expect(text.slice(text.indexOf(event)).trim().split("\n\n")).toHaveLength(1);
      }
      await eventually(() => expect(engines[0]?.received.every((request) => request.aborted)).toBe(true));
      const [line] = log().filter(({ msg }) => msg === "request");
      expect(line).toMatchObject({ status: 200, errorCode: "internal_error", failure: { name: "TypeError" } });
      await eventually(async () => {
        const metrics = await gateway.metrics();
        const samples = (metric: string) => metrics.find((entry) => entry.name === metric)?.values;
        expect(samples("sluice_requests_in_flight")?.[0]?.value).toBe(0);
        expect(samples("sluice_target_breaker_state")?.[0]?.value ?? 0).toBe(0);
        expect(samples("sluice_target_calls_total")?.map(({ labels }) => labels.outcome)).toEqual(["ok"]);
      });
    },
  );
});
