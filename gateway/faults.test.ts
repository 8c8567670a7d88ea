import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { FakeProviderBehaviour } from "../test-support/fake-provider.ts";
import { providerConfig, routeConfig } from "../test-support/target-config.ts";
import { ClientGone } from "./core/gateway-error.ts";
import { respondToClientError } from "./http/client-error.ts";
import { ReceivingBodies } from "./http/connections/receiving-bodies.ts";
import { IncomingBody } from "./http/incoming-body.ts";
import { provide } from "./test/provider-fixture.ts";
import { chat, completion, eventsOf, post, startTestGateway } from "./test/test-gateway.ts";

interface Row {
  readonly fault: string;
  /** As the table writes it: `502 upstream_error`, `503 overloaded, Retry-After 7`, `200, then timeout`, or `—`. */
  readonly whole: string;
  readonly stream: string;
  /** How the metric of calls counts a stream's calls. */
  readonly outcome: string;
}

/** The rows of docs/faults.md for upstreams that fail without a fallback. */
const ROWS: readonly Row[] = [
  ...readFileSync(join(import.meta.dirname, "..", "docs", "faults.md"), "utf8").matchAll(
    /^\| ([^|]+) \| (`[^|]+`|—) \| (`[^|]+`|—) \| `(\w+)` \|/gm,
  ),
].map(([, fault = "", whole = "", stream = "", outcome = ""]) => {
  return { fault, whole: whole.replaceAll("`", ""), stream: stream.replaceAll("`", ""), outcome };
});

interface Injection {
  readonly behaviour?: Partial<FakeProviderBehaviour>;
  /** It is not there any more. */
  readonly isGone?: boolean;
  /** A name that has no address. */
  readonly endpoint?: string;
}

const INJECTIONS: Readonly<Record<string, Injection>> = {
  "connection refused": { isGone: true },
  "its name has no address": { endpoint: "http://models.invalid" },
  "reset before the headers": { behaviour: { fault: "reset-before-headers" } },
  "reset after the headers": { behaviour: { fault: "reset-after-headers" } },
  "no first byte in time": { behaviour: { fault: "hang" } },
  "events that are none": { behaviour: { fault: "malformed-events" } },
  "an answer in another dialect": { behaviour: { fault: "wrong-dialect" } },
  "a page of HTML": { behaviour: { fault: "html" } },
  "a redirect": { behaviour: { fault: "redirect" } },
  "an error as the first event": { behaviour: { fault: "error-event" } },
  "a stream without an event of the response": { behaviour: { fault: "comments" } },
  "our key is refused": { behaviour: { fault: { status: 401 } } },
  "500, again and again": { behaviour: { fault: { status: 500 } } },
  "429 with `Retry-After: 7`": { behaviour: { fault: { status: 429, retryAfter: "7" } } },
  "429 without `Retry-After`": { behaviour: { fault: { status: 429 } } },
  "reset in the middle": { behaviour: { fault: "reset-in-stream" } },
  "silence in the middle": { behaviour: { fault: "slow-drip", dripMs: 2000 } },
  "a slow drip": { behaviour: { fault: "slow-drip", dripMs: 100, tokens: 200 } },
  "half a JSON": { behaviour: { fault: "half-json" } },
  "bytes that are no event, in the middle": { behaviour: { fault: "malformed-in-stream" } },
  "an error event in the middle": { behaviour: { fault: "error-in-stream" } },
};

/** A route to one provider, without a fallback. */
async function failing({ behaviour = {}, isGone = false, endpoint }: Injection) {
  const bad = await provide(behaviour);
  if (isGone) await bad.stop();
  const timeouts = { connectSeconds: 1, firstByteSeconds: 0.3, idleSeconds: 0.5, totalSeconds: 1 };
  const gateway = await startTestGateway({
    config: {
      providers: [providerConfig("bad", endpoint ?? bad.origin, { timeouts })],
      routes: [routeConfig("chat", ["bad/small"])],
    },
    lookup: (host, _options, done) => done(Object.assign(new Error(host), { code: "ENOTFOUND" }), []),
  });
  const counted = async () => {
    const text = await (await fetch(gateway.metricsUrl)).text();
    expect(text).toContain("sluice_requests_in_flight 0");
    return [...text.matchAll(/^sluice_target_calls_total\{target="bad\/small",outcome="([\w-]+)"\}/gm)].map(
      ([, outcome]) => outcome,
    );
  };
  return { ...gateway, bad, counted };
}

/** A response in the table's words. */
async function seen(response: Response): Promise<string> {
  if (response.status !== 200) {
    const { error } = (await response.json()) as { error: { code: string } };
    const named = response.headers.get("retry-after");
    // What is left of the provider's time when a second has been waited.
    const retryAfter = error.code === "overloaded" && Number(named) <= 7 ? "≤ 7" : named;
    return `${response.status} ${error.code}${retryAfter === null ? "" : `, Retry-After ${retryAfter}`}`;
  }
  // Not by a parser: bytes that are no event are one of the faults.
  const events = (await response.text()).split("\n\n").filter((event) => event.startsWith("data: "));
  const last = events.at(-1)?.slice("data: ".length) ?? "";
  if (last === "[DONE]") return "200";
  const { error } = JSON.parse(last) as { error: { code: string | number } };
  return `200, then ${error.code}`;
}

describe("the only upstream of a request that fails", () => {
  // documented: faults-table
  test("in every way that docs/faults.md lists, and in no other", () => {
    expect(ROWS.map(({ fault }) => fault).toSorted()).toEqual(Object.keys(INJECTIONS).toSorted());
  });

  // documented: fault-as-documented
  test.for(ROWS)("$fault: the client and the metrics show the result in docs/faults.md", async (row) => {
    for (const [stream, expected] of [
      [true, row.stream],
      [false, row.whole],
    ] as const) {
      if (expected === "—") continue;
      const { url, counted } = await failing(INJECTIONS[row.fault] ?? {});
      const response = await post(url, "/v1/chat/completions", chat({ model: "chat", stream }));
      expect(await seen(response), `stream ${stream}`).toBe(expected);
      if (stream) expect(await counted()).toEqual([row.outcome]);
    }
  });

  // documented: storm-of-500
  test("with a storm of 500s is called no more after a few, and later requests get a Retry-After", async () => {
    const { url, bad } = await failing({ behaviour: { fault: { status: 500 } } });
    const responses: string[] = [];
    for (let index = 0; index < 20; index++)
      responses.push(await seen(await post(url, "/v1/chat/completions", chat({ model: "chat" }))));
    expect(bad.received.length).toBeLessThanOrEqual(10);
    expect(responses[0]).toBe("502 upstream_error");
    expect(responses.at(-1)).toMatch(/^503 model_unavailable, Retry-After \d+$/);
  });

  // documented: storm-of-429
  test("with a storm of 429s is called once in each pause, and other requests get the time that it named", async () => {
    const { url, bad } = await failing({ behaviour: { fault: { status: 429, retryAfter: "30" } } });
    await post(url, "/v1/chat/completions", chat({ model: "chat" }));
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => post(url, "/v1/chat/completions", chat({ model: "chat", stream: true }))),
    );
    for (const response of responses) expect(await seen(response)).toMatch(/^503 overloaded, Retry-After (29|30)$/);
    expect(bad.received).toHaveLength(1);
  });
});

describe("a wall clock that jumps", () => {
  // documented: clock-jumps
  test.for([
    ["a day forwards", 86_400_000, "miss"],
    ["a day back", -86_400_000, "hit"],
  ] as const)("%s ends no stream, breaks no request, and leaves no age below zero", async ([, jumpMs, result]) => {
    let wallMs = 1_800_000_000_000;
    const { url, log } = await startTestGateway({
      engines: [{ tokens: 4, intervalMs: 50 }],
      wallClock: () => wallMs,
      config: { cache: { ttlSeconds: 3600, routeTtlSeconds: {}, memoryMiB: 8, semantic: null } },
    });
    const send = () => post(url, "/v1/completions", completion({ temperature: 0 }));
    await (await send()).text();
    const running = await post(url, "/v1/completions", completion({ stream: true }));
    wallMs += jumpMs;
    expect(eventsOf(await running.text()).at(-1)).toBe("[DONE]");
    for (const expected of [result, "hit"]) {
      const { status, headers } = await send();
      expect([status, headers.get("x-sluice-cache")]).toEqual([200, expected]);
      expect(headers.get("age")).toBe(expected === "hit" ? "0" : null);
    }
    for (const { durationMs } of log().filter(({ msg }) => msg === "request")) expect(durationMs).toBeGreaterThan(0);
    expect(log().filter(({ level }) => level === "error")).toEqual([]);
  });
});

// documented: body-stalls
test("a body that stops half way is 400 when its time is over, and the connection is closed", async () => {
  // With a shorter time than the gateway's minute, and the same response to it.
  const times = { requestTimeout: 200, headersTimeout: 100, connectionsCheckingInterval: 50 };
  const reading = Promise.withResolvers<unknown>();
  const server = createServer(times, (request, response) => {
    const body = new IncomingBody(request, response, new ReceivingBodies());
    (async () => await body.whole(100, "a"))().catch(reading.resolve);
  });
  server.on("clientError", respondToClientError);
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write("POST /v1/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\n{");
  let text = "";
  socket.on("data", (chunk) => {
    text += String(chunk);
  });
  await new Promise((resolve) => socket.once("close", resolve));
  expect(await reading.promise).toBeInstanceOf(ClientGone);
  const [head = "", body = ""] = text.split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1\.1 400 [\s\S]*connection: close/);
  expect(JSON.parse(body).error).toMatchObject({
    code: "invalid_request",
    message: expect.stringContaining("in time"),
  });
});
