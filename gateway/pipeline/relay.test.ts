import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import { describe, expect, onTestFinished, test } from "vitest";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { chat, completion, eventsOf, post, startTestGateway } from "../test/test-gateway.ts";

const stream = (fields: Record<string, unknown> = {}) => completion({ stream: true, ...fields });

describe("a stream", () => {
  test("arrives event by event with the headers of a stream", async () => {
    const { url } = await startTestGateway();
    const response = await post(url, "/v1/chat/completions", chat({ stream: true }));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    const events = eventsOf(await response.text());
    expect(events).toHaveLength(6); // role, three tokens, finish, [DONE]
    expect(events.at(-1)).toBe("[DONE]");
  });

  test("its first token is there long before its last", async () => {
    const { url } = await startTestGateway({ engines: [{ tokens: 2, stallsAfterTokens: 1 }] });
    const response = await post(url, "/v1/completions", stream());
    const first = await response.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toContain('"text":"w0"');
  });

  test("usage is counted although the client did not request it, and the client does not get it", async () => {
    const { url, engines, requestLine } = await startTestGateway();
    const body = stream({ temperature: 0 });
    const events = eventsOf(await (await post(url, "/v1/completions", body)).text());
    expect(events.filter((event) => event.includes("usage"))).toEqual([]);
    expect(engines[0]?.received[0]?.body).toEqual({ ...body, stream_options: { include_usage: true } });
    expect(await requestLine()).toMatchObject({ promptTokens: 7, completionTokens: 3, stream: true });
  });

  test("usage that the client requested is the last event, and its bytes go to the engine unchanged", async () => {
    const { url, engines } = await startTestGateway();
    const text = JSON.stringify(stream({ stream_options: { include_usage: true } }), null, 1);
    const events = eventsOf(await (await post(url, "/v1/completions", text)).text());
    expect(JSON.parse(events.at(-2) ?? "")).toMatchObject({ choices: [], usage: { completion_tokens: 3 } });
    expect(engines[0]?.received[0]?.text).toBe(text);
  });

  test.each([{ include_usage: false }, { other: 1 }, null])(
    "stream_options %j stay as they are beside our request for usage",
    async (options) => {
      const { url, engines } = await startTestGateway();
      const events = eventsOf(await (await post(url, "/v1/completions", stream({ stream_options: options }))).text());
      expect(events.filter((event) => event.includes("usage"))).toEqual([]);
      expect(engines[0]?.received[0]?.body.stream_options).toEqual({ ...options, include_usage: true });
    },
  );

  test("that comes whole in one packet ends with it, and not after idleSeconds", async () => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      response.end('data: {"choices":[{"index":0,"delta":{"content":"all"}}]}\n\ndata: [DONE]\n\n');
    });
    server.listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const { url } = await startTestGateway({
      config: {
        timeouts: { firstByteSeconds: 60, totalSeconds: 60, idleSeconds: 60 },
        providers: [providerConfig("short", `http://127.0.0.1:${(server.address() as AddressInfo).port}`)],
        routes: [routeConfig("chat", ["short/small"])],
      },
    });
    const received = await post(url, "/v1/chat/completions", chat({ model: "chat", stream: true }));
    expect(eventsOf(await received.text())).toHaveLength(2);
  });

  test("a hundred at once all arrive whole", async () => {
    const { url } = await startTestGateway({
      engines: [
        { tokens: 30, intervalMs: 5 },
        { tokens: 30, intervalMs: 5 },
      ],
    });
    const texts = await Promise.all(
      Array.from({ length: 100 }, async () => (await post(url, "/v1/completions", stream())).text()),
    );
    for (const text of texts) {
      const words = eventsOf(text)
        .slice(0, 30)
        .map((event) => JSON.parse(event).choices[0].text);
      expect(words).toEqual(Array.from({ length: 30 }, (_, index) => `w${index}`));
      expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    }
  });
});

describe("a stream that breaks", () => {
  // documented: engine-dies-in-stream
  test("an engine that dies in the middle ends it with an error event and without [DONE]", async () => {
    const { url, requestLine } = await startTestGateway({
      engines: [{ tokens: 10, diesAfterTokens: 4, intervalMs: 5 }],
    });
    const response = await post(url, "/v1/completions", stream());
    const events = eventsOf(await response.text());
    expect(events).toHaveLength(5);
    expect(JSON.parse(events.at(-1) ?? "").error).toMatchObject({ code: "stream_interrupted", type: "server_error" });
    expect(await requestLine()).toMatchObject({
      status: 200,
      errorCode: "stream_interrupted",
      completionTokens: 4,
      aborted: false,
    });
  });

  test("the OpenAI SDK throws on it", async () => {
    const { url } = await startTestGateway({ engines: [{ tokens: 10, diesAfterTokens: 4, intervalMs: 5 }] });
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
    const words: string[] = [];
    const read = async () => {
      for await (const part of await openai.completions.create({ model: "tiny", prompt: "a", stream: true }))
        words.push(part.choices[0]?.text ?? "");
    };
    await expect(read()).rejects.toThrow(/stopped in the middle/);
    expect(words).toEqual(["w0", "w1", "w2", "w3"]);
  });

  // documented: engine-silent-in-stream
  test("an engine that falls silent ends it with an error event after idleSeconds", async () => {
    const { url, engines } = await startTestGateway({
      engines: [{ tokens: 10, stallsAfterTokens: 2 }],
      config: { timeouts: { firstByteSeconds: 5, totalSeconds: 5, idleSeconds: 0.2 } },
    });
    const events = eventsOf(await (await post(url, "/v1/completions", stream())).text());
    expect(JSON.parse(events.at(-1) ?? "").error).toMatchObject({ code: "timeout" });
    await eventually(() => expect(engines[0]?.received[0]?.aborted).toBe(true));
  });

  test("a stream without a pause outlives firstByteSeconds, totalSeconds and idleSeconds", async () => {
    const { url } = await startTestGateway({
      engines: [{ tokens: 12, intervalMs: 50 }],
      config: { timeouts: { firstByteSeconds: 0.3, totalSeconds: 0.3, idleSeconds: 0.3 } },
    });
    expect(eventsOf(await (await post(url, "/v1/completions", stream())).text()).at(-1)).toBe("[DONE]");
  });
});

describe("a provider's stream", () => {
  const chunk = (fields: object) => `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, ...fields }] })}\n\n`;
  const hello = chunk({ delta: { content: "Hello" }, finish_reason: null });

  async function relayed(path: string, body: object, send: (response: ServerResponse) => void): Promise<Response> {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/event-stream" });
      send(response);
    });
    server.listen(0, "127.0.0.1");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await new Promise((resolve) => server.once("listening", resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = { providers: [providerConfig("p", endpoint)], routes: [routeConfig("chat", ["p/small"])] };
    const { url } = await startTestGateway({ config });
    return post(url, path, body);
  }

  const chatStream = (send: (response: ServerResponse) => void) =>
    relayed("/v1/chat/completions", chat({ model: "chat", stream: true }), send);
  const relayedText = async (send: (response: ServerResponse) => void) => (await chatStream(send)).text();

  test("that has a finish reason and ends without [DONE] is complete", async () => {
    const finish = chunk({ delta: {}, finish_reason: "stop" });
    expect(await relayedText((response) => response.end(hello + finish))).toBe(`${hello}${finish}data: [DONE]\n\n`);
  });

  test.each(["data: [DONE]", "data: [DONE]\n", "data: [DONE]\r\n", "data:[DONE]\r", "id: 1\ndata: [DONE]\n"])(
    "that ends with %j, whose blank line is missing, is complete",
    async (last) => {
      const finish = chunk({ delta: {}, finish_reason: "stop" });
      const text = await relayedText((response) => response.end(hello + finish + last));
      expect(text).not.toContain("error");
      expect(text).toMatch(/data: ?\[DONE\]\r?\n\r?\n$/);
      expect(text.split("[DONE]")).toHaveLength(2);
    },
  );

  test("that ends without a reason and without [DONE] was cut off", async () => {
    expect(await relayedText((response) => response.end(hello))).toContain('"code":"stream_interrupted"');
  });

  test("that goes on after [DONE] is closed, and the client has its response at once", async () => {
    let isClosed = false;
    const text = await relayedText((response) => {
      response.write(`${hello}data: [DONE]\n\n`);
      const timer = setInterval(() => response.write(hello), 20);
      response.once("close", () => {
        isClosed = true;
        clearInterval(timer);
      });
    });
    expect(text).toBe(`${hello}data: [DONE]\n\n`);
    await eventually(() => expect(isClosed).toBe(true));
  });

  test("that leaves the connection open after [DONE] is closed within seconds, and its response ends", async () => {
    let isClosed = false;
    const text = await relayedText((response) => {
      response.write(`${hello}data: [DONE]\n\n`);
      response.once("close", () => {
        isClosed = true;
      });
    });
    expect(text).toBe(`${hello}data: [DONE]\n\n`);
    await eventually(() => expect(isClosed).toBe(true));
  });

  test("with two calls under one index reaches a client of chat completions as two calls", async () => {
    const call = (id: string) => ({ index: 0, id, type: "function", function: { name: "f", arguments: "{}" } });
    const first = chunk({ delta: { tool_calls: [call("c1")] } });
    const second = chunk({ delta: { tool_calls: [call("c2")] } });
    const finish = chunk({ delta: {}, finish_reason: "stop" });
    const text = await relayedText((response) => response.end(`${first}${second}${finish}data: [DONE]\n\n`));
    expect(text).toBe(
      `${first}${second.replace('"tool_calls":[{"index":0', '"tool_calls":[{"index":1')}${finish.replace('"stop"', '"tool_calls"')}data: [DONE]\n\n`,
    );
  });

  describe("whose events have the form of another endpoint", () => {
    const text = chunk({ text: "Hello", finish_reason: null });
    const completionStream = (send: (response: ServerResponse) => void) =>
      relayed("/v1/completions", stream({ model: "chat" }), send);

    test.each([
      ["chat completions", chatStream, hello, text],
      ["completions", completionStream, text, hello],
    ] as const)(
      "is malformed for a client of %s, from its first event or a later one on",
      async (_of, send, own, other) => {
        expect((await send((response) => response.end(`${other}data: [DONE]\n\n`))).status).toBe(502);
        const begun = await send((response) => response.end(`${own}${other}data: [DONE]\n\n`));
        expect(begun.status).toBe(200);
        const got = await begun.text();
        expect(got.startsWith(own)).toBe(true);
        expect(got).not.toContain(other);
        expect(got).toContain('"code":"upstream_error"');
        expect(got).not.toContain("[DONE]");
      },
    );

    test.each([
      ["chat completions", chatStream, hello],
      ["completions", completionStream, text],
    ] as const)(
      "is not what a client of %s gets, where a text names the other form's field",
      async (_of, send, own) => {
        const quoting = own.replace("Hello", String.raw`\"text\":\"a\",\"delta\":{}`);
        const all = `${own}${quoting}data: [DONE]\n\n`;
        expect(await (await send((response) => response.end(all))).text()).toBe(all);
      },
    );
  });

  test("with an error event about our account ends in an error of the gateway's", async () => {
    const error = {
      message: "Rate limit reached in organization org-Xyz. Add a payment method.",
      code: "insufficient_quota",
    };
    const text = await relayedText((response) => response.end(`${hello}data: ${JSON.stringify({ error })}\n\n`));
    expect(text).toContain('"code":"upstream_error"');
    expect(text).not.toMatch(/org-Xyz|payment|quota/);
  });
});
