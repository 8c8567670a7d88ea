import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { FakeProviderBehaviour, ProviderFault } from "../../../test-support/fake-provider.ts";
import { providerConfig, routeConfig } from "../../../test-support/target-config.ts";
import { eventually } from "../../../test-support/waits/eventually.ts";
import { provide } from "../../test/provider-fixture.ts";
import { chat, completion, errorOf, eventsOf, post, startTestGateway } from "../../test/test-gateway.ts";

/** A route over a provider that fails and one that responds. */
async function setUp(
  first: Partial<FakeProviderBehaviour>,
  route: Record<string, unknown> = {},
  limits: Record<string, unknown> = {},
) {
  const [bad, good] = [await provide(first), await provide()];
  const gateway = await startTestGateway({
    engines: [],
    config: {
      providers: [providerConfig("bad", bad.origin, limits), providerConfig("good", good.origin)],
      routes: [routeConfig("chat", ["bad/small"], { fallbacks: ["good/small"], ...route })],
    },
  });
  return { ...gateway, bad, good };
}

const FAULTS: readonly (readonly [string, ProviderFault])[] = [
  ["resets before its headers", "reset-before-headers"],
  ["resets after its headers", "reset-after-headers"],
  ["answers 500", { status: 500 }],
  ["responds 503 with Retry-After", { status: 503, retryAfter: "9" }],
  ["responds 429 with Retry-After", { status: 429, retryAfter: "9" }],
  ["does not take our key", { status: 401 }],
  ["has not the model", { status: 404 }],
  ["sends us elsewhere", "redirect"],
  ["responds in another dialect", "wrong-dialect"],
  ["responds with a page", "html"],
  ["sends half a JSON", "half-json"],
];

describe("a provider that fails before its first byte", () => {
  // documented: failover-unnoticed
  test.each(FAULTS)("which %s: the next target responds, and the client sees no error", async (_, fault) => {
    const { url, bad, good } = await setUp({ fault });
    const response = await post(url, "/v1/chat/completions", chat({ model: "chat" }));
    expect(response.status).toBe(200);
    expect(response.headers.get("x-sluice-target")).toBe("good/small");
    expect(response.headers.get("x-sluice-attempts")).toBe("2");
    expect(await response.json()).toMatchObject({ usage: { completion_tokens: 3 } });
    expect([bad.received.length, good.received.length]).toEqual([1, 1]);
  });

  test("which sends us elsewhere: the request's log line has where, without a query", async () => {
    const moved = createServer((request, response) => {
      request.resume();
      response.writeHead(308, { location: "/v2/chat?key=secret" }).end();
    });
    await once(moved.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void moved.close());
    const origin = `http://127.0.0.1:${(moved.address() as AddressInfo).port}`;
    const good = await provide();
    const { url, log } = await startTestGateway({
      engines: [],
      config: {
        providers: [providerConfig("moved", origin), providerConfig("good", good.origin)],
        routes: [routeConfig("chat", ["moved/small"], { fallbacks: ["good/small"] })],
      },
    });
    for (const stream of [false, true])
      await (await post(url, "/v1/chat/completions", chat({ model: "chat", stream }))).text();
    await eventually(() => expect(log().filter(({ route }) => route === "/v1/chat/completions")).toHaveLength(2));
    const [line] = log().filter(({ route }) => route === "/v1/chat/completions");
    expect(line).toMatchObject({ status: 200, targetId: "good/small", upstreamRedirect: `${origin}/v2/chat` });
    expect(JSON.stringify(log())).not.toContain("secret");
  });

  // documented: failover-unnoticed-stream
  test.each([
    ...FAULTS,
    ["sends no events", "malformed-events"],
    ["sends an error as its first event", "error-event"],
  ] as const)("which %s: so does a stream", async (_, fault) => {
    const { url } = await setUp({ fault });
    const response = await post(url, "/v1/chat/completions", chat({ model: "chat", stream: true }));
    expect(response.headers.get("x-sluice-target")).toBe("good/small");
    expect(eventsOf(await response.text()).at(-1)).toBe("[DONE]");
  });

  test("which begins a page instead of a stream is not listened to any more", async () => {
    const { url, bad } = await setUp({ fault: "endless-page" });
    const response = await post(url, "/v1/chat/completions", chat({ model: "chat", stream: true }));
    expect(eventsOf(await response.text()).at(-1)).toBe("[DONE]");
    await eventually(() => expect(bad.received[0]?.aborted).toBe(true));
  });

  // documented: failover-refused
  test("which refuses connections: the next target responds", async () => {
    const { url, bad } = await setUp({});
    await bad.stop();
    const response = await post(url, "/v1/chat/completions", chat({ model: "chat" }));
    expect([response.status, response.headers.get("x-sluice-target")]).toEqual([200, "good/small"]);
  });

  // documented: failover-slow
  test("which is slow: the next target responds after the route's failover time, and the slow call is aborted", async () => {
    const { url, bad } = await setUp({ fault: "hang" }, { failoverAfterSeconds: 0.1 });
    const response = await post(url, "/v1/chat/completions", chat({ model: "chat", stream: true }));
    expect(response.headers.get("x-sluice-target")).toBe("good/small");
    expect(eventsOf(await response.text()).at(-1)).toBe("[DONE]");
    await eventually(() => expect(bad.received[0]?.aborted).toBe(true));
  });

  test("the last target has all the time that is left", async () => {
    const { url } = await setUp({ firstByteMs: 300 }, { failoverAfterSeconds: 0.1, fallbacks: [] });
    const response = await post(url, "/v1/chat/completions", chat({ model: "chat", stream: true }));
    expect([response.status, response.headers.get("x-sluice-target")]).toEqual([200, "bad/small"]);
  });

  test("and has no fallback: it is called again a moment later", async () => {
    const { url, bad } = await setUp({ next: [{ status: 500 }, { status: 500 }] }, { fallbacks: [] });
    const response = await post(url, "/v1/chat/completions", chat({ model: "chat" }));
    expect([response.status, response.headers.get("x-sluice-attempts")]).toEqual([200, "3"]);
    expect(bad.received).toHaveLength(3);
  });

  test("what the client wrote wrong is not sent to the next", async () => {
    const body = JSON.stringify({ error: { message: "temperature is too high", param: "temperature" } });
    const { url, good } = await setUp({ fault: { status: 400, body } });
    const error = await errorOf(
      await post(url, "/v1/chat/completions", chat({ model: "chat" })),
      400,
      "invalid_request",
    );
    expect(error).toMatchObject({ param: "temperature", message: "temperature is too high" });
    expect(good.received).toHaveLength(0);
  });
});

describe("after the first byte", () => {
  // documented: stream-error-without-target
  test("there is no second target: the client gets an error in the stream", async () => {
    const { url, good } = await setUp({ fault: "reset-in-stream" });
    const response = await post(url, "/v1/chat/completions", chat({ model: "chat", stream: true }));
    const events = eventsOf(await response.text());
    expect(events.at(-1)).toContain("stream_interrupted");
    expect(good.received).toHaveLength(0);
  });

  // documented: stream-total-time
  test("a provider's whole time ends a stream that drips", async () => {
    const limits = { timeouts: { connectSeconds: 1, firstByteSeconds: 1, idleSeconds: 1, totalSeconds: 0.3 } };
    const { url } = await setUp({ fault: "slow-drip", tokens: 1000 }, {}, limits);
    const response = await post(url, "/v1/chat/completions", chat({ model: "chat", stream: true }));
    expect(eventsOf(await response.text()).at(-1)).toContain("stream_interrupted");
  });

  // documented: stream-idle-time
  test("a provider's silence ends it too", async () => {
    const limits = { timeouts: { connectSeconds: 1, firstByteSeconds: 5, idleSeconds: 0.2, totalSeconds: 5 } };
    const { url } = await setUp({ fault: "slow-drip", dripMs: 3000 }, {}, limits);
    const response = await post(url, "/v1/chat/completions", chat({ model: "chat", stream: true }));
    expect(eventsOf(await response.text()).at(-1)).toContain("stream_interrupted");
  });
});

describe("a provider in trouble", () => {
  // documented: breaker-opens-and-closes
  test("is left alone after five failures in a row, and comes back by one probe", async () => {
    const { url, bad, metricsUrl } = await setUp({ fault: { status: 500 } });
    const send = async () =>
      (await post(url, "/v1/chat/completions", chat({ model: "chat" }))).headers.get("x-sluice-target");
    for (let index = 0; index < 12; index++) expect(await send()).toBe("good/small");
    expect(bad.received).toHaveLength(5);
    expect(await (await fetch(metricsUrl)).text()).toContain('sluice_target_breaker_state{target="bad/small"} 3');
    bad.behaviour.fault = undefined;
    await eventually(async () => expect(await send()).toBe("bad/small"), { everyMs: 100 });
  });

  // documented: busy-provider-left-alone
  test("that responds 429 is paused for the time that it names, without a failure of its health", async () => {
    const { url, bad, metricsUrl } = await setUp({ fault: { status: 429, retryAfter: "60" } });
    for (let index = 0; index < 8; index++) await post(url, "/v1/chat/completions", chat({ model: "chat" }));
    expect(bad.received).toHaveLength(1);
    expect(await (await fetch(metricsUrl)).text()).toContain('sluice_target_breaker_state{target="bad/small"} 0');
  });

  test("without a fallback: 503 with the time it named", async () => {
    const { url, bad } = await setUp({ fault: { status: 429, retryAfter: "60" } }, { fallbacks: [] });
    for (let index = 0; index < 2; index++) {
      const response = await post(url, "/v1/chat/completions", chat({ model: "chat" }));
      expect(response.headers.get("retry-after")).toMatch(/^(60|59|58)$/); // of what is left of it
      await errorOf(response, 503, "overloaded");
    }
    expect(bad.received).toHaveLength(1);
  });

  // documented: retries-bounded
  test("does not get more than a tenth more requests by retries, when all of them fail", async () => {
    const { url, bad } = await setUp({ fault: "reset-after-headers" }, { fallbacks: [] });
    const responses = await Promise.all(
      Array.from({ length: 40 }, () => post(url, "/v1/chat/completions", chat({ model: "chat" }))),
    );
    for (const { status } of responses) expect([502, 503]).toContain(status);
    expect(bad.received.length).toBeLessThanOrEqual(40 + 4 + 10);
  });
});

describe("a chain of four", () => {
  // documented: fallback-chain
  test("reaches its last target when all others fail", async () => {
    const providers = await Promise.all([
      provide({ fault: { status: 500 } }),
      provide({ fault: "wrong-dialect" }),
      provide(),
    ]);
    const { url } = await startTestGateway({
      engines: [{ mode: { status: 500, body: "{}" } }],
      config: {
        providers: providers.map(({ origin }, index) => providerConfig(`p${index}`, origin)),
        routes: [routeConfig("tiny", ["tiny"], { fallbacks: ["p0/small", "p1/small", "p2/small"] })],
      },
    });
    const response = await post(url, "/v1/completions", completion());
    expect([response.status, response.headers.get("x-sluice-target")]).toEqual([200, "p2/small"]);
    expect(response.headers.get("x-sluice-attempts")).toBe("4");
  });
});

test("bodies nested 9,000 deep are refused with 400, reach no provider and open no breaker", async () => {
  const { url, bad, good } = await setUp({});
  const text = `{"model":"chat","messages":[{"role":"user","content":"a"}],"x":${"[".repeat(9000)}${"]".repeat(9000)}}`;
  for (let sent = 0; sent < 12; sent++) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body: text });
    const error = await errorOf(response, 400, "invalid_request");
    expect([error.param, error.message]).toEqual(["x", expect.stringContaining("at most 64 nested levels")]);
  }
  expect([bad.received.length, good.received.length]).toEqual([0, 0]);
  const response = await post(url, "/v1/chat/completions", chat({ model: "chat" }));
  expect(response.headers.get("x-sluice-target")).toBe("bad/small");
});
