import { describe, expect, test } from "vitest";
import { EDGE_REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import { chat, completion, post, startTestGateway } from "../test/test-gateway.ts";

describe("the log", () => {
  test("has one line for each request, with what is needed to understand it", async () => {
    const { url, requestLine } = await startTestGateway();
    const response = await post(url, "/v1/chat/completions", chat({ stream: true }));
    await response.text();
    const { time, durationMs, firstTokenMs, ...line } = await requestLine();
    expect(line).toEqual({
      level: "info",
      msg: "request",
      requestId: response.headers.get("x-request-id"),
      route: "/v1/chat/completions",
      method: "POST",
      status: 200,
      model: "tiny",
      engineId: "i-0",
      stream: true,
      targetId: "tiny",
      priority: "normal",
      promptTokens: 7,
      completionTokens: 3,
      aborted: false,
    });
    expect(time).toBeGreaterThan(0);
    expect(firstTokenMs).toBeLessThanOrEqual(Number(durationMs));
  });

  test("names the error's code", async () => {
    const { url, requestLine } = await startTestGateway();
    await post(url, "/v1/completions", completion({ model: "gpt-9" }));
    expect(await requestLine()).toMatchObject({ status: 404, errorCode: "model_not_found", model: "gpt-9" });
  });

  test("holds no prompt, no completion, no key and no header, whatever happens", async () => {
    const { url, logText, log, engines } = await startTestGateway({ engines: [{ tokens: 5 }] });
    const secret = "very-private-words";
    const headers = { authorization: `Bearer ${secret}`, cookie: secret, "user-agent": secret, "x-request-id": secret };
    const send = (path: string, body: unknown) => post(url, path, body, headers).then((response) => response.text());
    await send("/v1/completions", completion({ prompt: secret }));
    await send("/v1/completions", completion({ prompt: secret, stream: true, user: secret }));
    await send("/v1/chat/completions", chat({ messages: [{ role: "user", content: secret }] }));
    await send("/v1/chat/completions", chat({ messages: [{ role: secret, content: secret }], temperature: 9 }));
    await send("/v1/completions", `{"prompt":"${secret}"`);
    await send(`/v1/${secret}`, {});
    await send(`/v1/completions?key=${secret}`, completion());
    if (engines[0])
      engines[0].behaviour.mode = { status: 400, body: JSON.stringify({ error: { message: `bad ${secret}` } }) };
    await send("/v1/completions", completion({ prompt: secret }));
    if (engines[0]) engines[0].behaviour.mode = { status: 500, body: secret };
    await send("/v1/completions", completion({ prompt: secret }));
    expect(log().filter(({ msg }) => msg === "request")).toHaveLength(9);
    expect(logText()).not.toContain(secret);
    expect(logText()).not.toContain("Bearer");
  });

  test("has the stack of an unexpected exception, which the client does not get", async () => {
    const { url, requestLine } = await startTestGateway({
      config: { auth: "required" },
      keys: {
        get: async () => {
          // A store that returns nonsense: the hash can't be read.
          return JSON.parse("{}");
        },
      },
    });
    const key = `sk-sl-${"a".repeat(12)}-${"b".repeat(43)}`;
    const response = await post(url, "/v1/completions", completion(), { authorization: `Bearer ${key}` });
    expect(response.status).toBe(500);
    const body = await response.text();
    expect(JSON.parse(body).error).toMatchObject({ code: "internal_error", type: "server_error" });
    expect(body).not.toMatch(/TypeError|at .*\.ts|undefined/);
    const line = await requestLine();
    expect(line).toMatchObject({ status: 500, errorCode: "internal_error", failure: { name: "TypeError" } });
    expect(JSON.stringify(line.failure)).toContain("check-key.ts");
    expect(JSON.stringify(line)).not.toContain(key);
  });
});

describe("the request id", () => {
  test("is the edge's own where it has one, and never the client's", async () => {
    const { url } = await startTestGateway();
    const id = async (headers: Record<string, string>) =>
      (await fetch(`${url}/nowhere`, { headers })).headers.get("x-request-id");
    expect(await id({ [EDGE_REQUEST_ID_HEADER]: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef" })).toBe(
      "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    );
    expect(await id({ "x-request-id": "mine" })).toMatch(/^req_[0-9a-f]{32}$/);
    expect(await id({ [EDGE_REQUEST_ID_HEADER]: "a b" })).toMatch(/^req_/);
    expect(await id({})).not.toBe(await id({}));
  });
});

describe("the metrics", () => {
  test("count requests, tokens, errors and engines under few labels", async () => {
    const { url, metricsUrl } = await startTestGateway();
    await (await post(url, "/v1/completions", completion())).text();
    await (await post(url, "/v1/completions", completion({ stream: true }))).text();
    for (let index = 0; index < 3; index++) await post(url, "/v1/completions", completion({ model: `guess-${index}` }));
    await fetch(`${url}/random-path`);
    const text = await (await fetch(metricsUrl)).text();
    expect(text).toContain('sluice_requests_total{route="/v1/completions",model="tiny",status="200"} 2');
    expect(text).toContain('sluice_requests_total{route="/v1/completions",model="unknown",status="404"} 3');
    expect(text).toContain('sluice_requests_total{route="other",model="none",status="404"} 1');
    expect(text).toContain('sluice_prompt_tokens_total{model="tiny"} 14');
    expect(text).toContain('sluice_completion_tokens_total{model="tiny"} 6');
    expect(text).toContain('sluice_errors_total{code="model_not_found"} 3');
    expect(text).toContain('sluice_time_to_first_token_seconds_count{model="tiny"} 1');
    expect(text).toContain('sluice_engines_ready{model="tiny"} 1');
    expect(text).toContain("sluice_requests_in_flight 0");
    expect(text).not.toContain("guess");
  });

  test("are on their own port only, and no other path is there", async () => {
    const { url, metricsUrl } = await startTestGateway();
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect((await fetch(metricsUrl.replace("/metrics", "/health"))).status).toBe(404);
  });
});
