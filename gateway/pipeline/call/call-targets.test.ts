import { describe, expect, test } from "vitest";
import { eventually } from "../../../test-support/waits/eventually.ts";
import {
  chat,
  completion,
  errorOf,
  eventsOf,
  ListDiscovery,
  post,
  startTestGateway,
  testConfig,
} from "../../test/test-gateway.ts";

/** Idle engines share prompts out by their text; among these each of two engines is first for some. */
const PROMPTS = Array.from({ length: 8 }, (_, index) => `Once upon ${index}`);

describe("a response that is not streamed", () => {
  test.each([
    ["/v1/completions", completion({ max_tokens: 3 })],
    ["/v1/chat/completions", chat({ max_tokens: 3 })],
  ])("%s passes both ways byte for byte", async (path, body) => {
    const { url, engines } = await startTestGateway();
    const text = ` ${JSON.stringify(body, null, 2)}\n`;
    const response = await post(url, path, text);
    expect(response.status).toBe(200);
    const received = engines[0]?.received[0];
    expect(received).toMatchObject({ path, text });
    expect(received?.headers["x-request-id"]).toBe(response.headers.get("x-request-id"));
    expect(await response.json()).toMatchObject({ usage: { prompt_tokens: 7, completion_tokens: 3 } });
  });

  test("goes to the engine without the client's headers", async () => {
    const { url, engines } = await startTestGateway();
    await post(url, "/v1/completions", completion(), {
      cookie: "a=b",
      "x-forwarded-for": "1.2.3.4",
      authorization: "Bearer x",
    });
    expect(Object.keys(engines[0]?.received[0]?.headers ?? {}).sort()).toEqual([
      "accept",
      "accept-encoding",
      "connection",
      "content-length",
      "content-type",
      "host",
      "x-request-id",
    ]);
  });

  test("that takes longer than totalSeconds is 504, and the call to the engine is aborted", async () => {
    const { url, engines } = await startTestGateway({
      engines: [{ mode: "hang" }],
      config: { timeouts: { firstByteSeconds: 5, totalSeconds: 0.2, idleSeconds: 5 } },
    });
    const error = await errorOf(await post(url, "/v1/completions", completion()), 504, "timeout");
    expect(error.message).toContain("0.2 s");
    await eventually(() => expect(engines[0]?.received[0]?.aborted).toBe(true));
  });

  test("a route's own time limit wins over the general one", async () => {
    const { url } = await startTestGateway({
      engines: [{ firstByteMs: 400 }],
      config: {
        timeouts: { firstByteSeconds: 5, totalSeconds: 0.2, idleSeconds: 5 },
        routeTimeouts: { "/v1/chat/completions": { totalSeconds: 5 } },
      },
    });
    expect((await post(url, "/v1/completions", completion())).status).toBe(504);
    expect((await post(url, "/v1/chat/completions", chat())).status).toBe(200);
  });

  test("from an engine that dies half way comes from another one", async () => {
    const { url, engines } = await startTestGateway({ engines: [{ diesAfterTokens: 2 }, {}] });
    for (const prompt of PROMPTS) expect((await post(url, "/v1/completions", completion({ prompt }))).status).toBe(200);
    expect(engines[0]?.received.length).toBeGreaterThan(0);
    expect(engines[1]?.received).toHaveLength(PROMPTS.length);
  });

  test("from the only engine, which dies half way, is 502", async () => {
    const { url } = await startTestGateway({ engines: [{ diesAfterTokens: 2 }] });
    await errorOf(await post(url, "/v1/completions", completion()), 502, "upstream_error");
  });
});

describe("a stream that has not begun", () => {
  const stream = completion({ stream: true });

  test.each([true, false])("is 504 after firstByteSeconds, whether or not headers came (%s)", async (headersEarly) => {
    const { url, engines } = await startTestGateway({
      engines: [{ firstByteMs: 60_000, headersEarly }],
      config: { timeouts: { firstByteSeconds: 0.2, totalSeconds: 5, idleSeconds: 5 } },
    });
    await errorOf(await post(url, "/v1/completions", stream), 504, "timeout");
    await eventually(() => expect(engines[0]?.received[0]?.aborted).toBe(true));
  });

  // documented: engine-dies-before-first-byte
  test("comes from another engine when the first one dies before a byte of it", async () => {
    const { url, engines } = await startTestGateway({ engines: [{ diesAfterTokens: 0 }, {}] });
    for (const prompt of PROMPTS) {
      const response = await post(url, "/v1/completions", { ...stream, prompt });
      expect(eventsOf(await response.text()).at(-1)).toBe("[DONE]");
    }
    expect(engines[0]?.received.length).toBeGreaterThan(0);
  });

  test("from the only engine, which dies before a byte of it, is 502", async () => {
    const { url } = await startTestGateway({ engines: [{ diesAfterTokens: 0 }] });
    await errorOf(await post(url, "/v1/completions", stream), 502, "upstream_error");
  });
});

describe("engines that can't take a request", () => {
  test("no engine at all, and none behind the load balancer: 503 with Retry-After", async () => {
    const { url } = await startTestGateway({ engines: [] });
    const response = await post(url, "/v1/completions", completion());
    expect(response.headers.get("retry-after")).toBe("30");
    await errorOf(response, 503, "model_unavailable");
  });

  test("an engine that still loads: 503 with Retry-After, and it is not called", async () => {
    const { url, engines } = await startTestGateway({ engines: [{ health: "loading" }] });
    const response = await post(url, "/v1/completions", completion());
    expect(response.headers.get("retry-after")).toBe("30");
    await errorOf(response, 503, "model_unavailable");
    expect(engines[0]?.received).toHaveLength(0);
  });

  // documented: engine-refuses-503
  test("an engine that refuses connections: 503 with Retry-After, and it is left alone afterwards", async () => {
    const { url, engines } = await startTestGateway({ engines: [{}], probeMs: 60_000 });
    await engines[0]?.stop();
    for (let index = 0; index < 2; index++) {
      const response = await post(url, "/v1/completions", completion());
      expect(response.headers.get("retry-after")).toBe("30");
      await errorOf(response, 503, "model_unavailable");
    }
    expect((await fetch(`${url}/health`)).status).toBe(503);
  });

  test("of several engines, those that refuse are passed over without the client noticing", async () => {
    const { url, engines } = await startTestGateway({ engines: [{}, {}, {}], probeMs: 60_000 });
    await Promise.all([engines[0]?.stop(), engines[1]?.stop()]);
    for (let index = 0; index < 5; index++) expect((await post(url, "/v1/completions", completion())).status).toBe(200);
    expect(engines[2]?.received).toHaveLength(5);
  });

  test("an engine that is full takes no more than its cap: 503 overloaded with Retry-After", async () => {
    const { url, engines } = await startTestGateway({
      engines: [{ firstByteMs: 1000 }],
      model: { maxRequestsPerEngine: 2 },
      config: { queue: { ...testConfig().queue, waitSeconds: 0.1 } },
    });
    const responses = await Promise.all(Array.from({ length: 5 }, () => post(url, "/v1/completions", completion())));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 503, 503, 503]);
    const refused = responses.find(({ status }) => status === 503)!;
    expect(refused.headers.get("retry-after")).toBe("5");
    await errorOf(refused, 503, "overloaded");
    expect(engines[0]?.received).toHaveLength(2);
    expect((await post(url, "/v1/completions", completion())).status).toBe(200);
  });

  test("an engine that responds 503 is skipped", async () => {
    const full = { status: 503, body: "{}", headers: { "retry-after": "7" } } as const;
    const { url, engines } = await startTestGateway({ engines: [{ mode: full }, {}] });
    for (const prompt of PROMPTS) expect((await post(url, "/v1/completions", completion({ prompt }))).status).toBe(200);
    expect(engines[0]?.received.length).toBeGreaterThan(0);
  });

  test("when all engines respond 503, so does the gateway, with their Retry-After", async () => {
    const full = { status: 503, body: "{}", headers: { "retry-after": "7" } } as const;
    const { url, engines } = await startTestGateway({ engines: Array.from({ length: 5 }, () => ({ mode: full })) });
    const response = await post(url, "/v1/completions", completion());
    expect(response.headers.get("retry-after")).toBe("7");
    await errorOf(response, 503, "overloaded");
    const calls = engines.reduce((sum, engine) => sum + engine.received.length, 0);
    expect(calls, "three, and three more after it was put back").toBe(6);
  });

  test("requests go to the engine with the fewest in progress", async () => {
    const timeouts = { firstByteSeconds: 60, totalSeconds: 60, idleSeconds: 60 };
    const { url, engines } = await startTestGateway({
      engines: [{ mode: "hang" }, { mode: "hang" }],
      config: { timeouts },
    });
    const leaving = new AbortController();
    const send = () =>
      post(url, "/v1/completions", completion(), {}, { signal: leaving.signal }).catch(() => undefined);
    const sent = Array.from({ length: 10 }, send);
    await eventually(() => expect(engines.map((engine) => engine.received.length)).toEqual([5, 5]));
    leaving.abort();
    await Promise.all(sent);
  });
});

describe("what the engine refuses", () => {
  test("prompt plus max_tokens over the context is the engine's 400 in OpenAI's shape", async () => {
    const message = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.";
    const body = JSON.stringify({ error: { message, type: "BadRequestError", param: "max_tokens", code: 400 } });
    const { url } = await startTestGateway({ engines: [{ mode: { status: 400, body } }] });
    for (const stream of [false, true]) {
      const response = await post(url, "/v1/completions", completion({ stream }));
      const error = await errorOf(response, 400, "context_length_exceeded");
      expect(error).toMatchObject({ message, type: "invalid_request_error", param: "max_tokens" });
    }
  });

  test("max_tokens of the whole context is refused before an engine is called", async () => {
    const { url, engines } = await startTestGateway({ engines: [{ contextTokens: 2048 }] });
    const wrong = await post(url, "/v1/completions", completion({ max_tokens: 2048 }));
    expect((await errorOf(wrong, 400, "context_length_exceeded")).param).toBe("max_tokens");
    const chatWrong = await post(url, "/v1/chat/completions", chat({ max_completion_tokens: 5000 }));
    expect((await errorOf(chatWrong, 400, "context_length_exceeded")).param).toBe("max_completion_tokens");
    expect(engines[0]?.received).toHaveLength(0);
    expect((await post(url, "/v1/completions", completion({ max_tokens: 2047 }))).status).toBe(200);
  });

  test.each([
    [400, '{"object":"error","message":"top_logprobs needs logprobs","param":null}', 400, "invalid_request"],
    [422, "not json", 400, "invalid_request"],
    [404, "{}", 502, "upstream_error"],
    [404, '{"error":{"message":"The model `m` does not exist.","code":404}}', 502, "upstream_error"],
    [404, '{"detail":"Not Found"}', 400, "invalid_request"],
    [500, '{"error":{"message":"secret trace"}}', 502, "upstream_error"],
  ] as const)("an engine's %i %s is %i %s", async (status, body, expected, code) => {
    const { url } = await startTestGateway({ engines: [{ mode: { status, body } }] });
    const error = await errorOf(await post(url, "/v1/completions", completion()), expected, code);
    expect(error.message).not.toContain("secret");
  });

  test("a response that begins with a byte order mark is passed on without it", async () => {
    const whole = {
      id: "cmpl-1",
      object: "text_completion",
      choices: [{ index: 0, text: "Hi", finish_reason: "stop" }],
    };
    const { url } = await startTestGateway({
      engines: [{ mode: { status: 200, body: `\uFEFF${JSON.stringify(whole)}` } }],
    });
    const response = await post(url, "/v1/completions", completion());
    expect(response.status).toBe(200);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.toString("utf8", 0, 1)).toBe("{");
  });

  test("a model that does not exist is 404 with the ones that do", async () => {
    const { url } = await startTestGateway();
    const error = await errorOf(
      await post(url, "/v1/completions", completion({ model: "gpt-9" })),
      404,
      "model_not_found",
    );
    expect(error).toMatchObject({ param: "model", message: expect.stringContaining('"gpt-9"') });
    expect(error.message).toContain("tiny");
  });
});

describe("the way through the load balancer", () => {
  // documented: discovery-never-worked
  test("is taken, with the pool's host name, when discovery never worked", async () => {
    const discovery = new ListDiscovery();
    discovery.isBroken = true;
    const { startFakeEngine } = await import("../../../test-support/fake-engine.ts");
    const behind = await startFakeEngine();
    const { url, requestLine } = await startTestGateway({
      engines: [],
      discovery,
      config: { engineListenerUrl: behind.origin },
    });
    expect((await post(url, "/v1/completions", completion())).status).toBe(200);
    expect([...behind.hosts]).toEqual(["tiny.engines.internal"]);
    expect(await requestLine()).toMatchObject({ engineId: "load-balancer" });
    await behind.stop();
  });

  test("is left as soon as an engine is discovered", async () => {
    const { startFakeEngine } = await import("../../../test-support/fake-engine.ts");
    const behind = await startFakeEngine();
    const { url, engines, discovery } = await startTestGateway({ config: { engineListenerUrl: behind.origin } });
    expect((await post(url, "/v1/completions", completion())).status).toBe(200);
    expect(engines[0]?.received).toHaveLength(1);
    discovery.engines = [];
    await eventually(async () => {
      await post(url, "/v1/completions", completion());
      expect(behind.received.length).toBeGreaterThan(0);
    });
    await behind.stop();
  });
});
