import { Agent, get, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { eventually } from "../test-support/waits/eventually.ts";
import { completion, eventsOf, post, startTestGateway } from "./test/test-gateway.ts";

describe("the official OpenAI SDK", () => {
  test("completes, chats, streams and lists models", async () => {
    const { url } = await startTestGateway();
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0 });
    const completed = await openai.completions.create({ model: "tiny", prompt: "Once" });
    expect(completed.choices[0]?.text).toBe(" word word word");
    const messages = [{ role: "user" as const, content: "Hello" }];
    const chatted = await openai.chat.completions.create({ model: "tiny", messages });
    expect(chatted.choices[0]?.message.content).toBe(" word word word");
    const words: string[] = [];
    for await (const part of await openai.chat.completions.create({ model: "tiny", messages, stream: true }))
      words.push(part.choices[0]?.delta.content ?? "");
    expect(words.join("")).toBe("w0w1w2");
    expect((await openai.models.list()).data.map(({ id }) => id)).toEqual(["tiny"]);
    expect((await openai.models.retrieve("tiny")).id).toBe("tiny");
  });

  test("understands an error: status, code, param and request id", async () => {
    const { url } = await startTestGateway();
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0 });
    const failure = await openai.completions
      .create({ model: "tiny", prompt: "a", temperature: 9 })
      .catch((error) => error);
    expect(failure).toBeInstanceOf(OpenAI.BadRequestError);
    expect(failure).toMatchObject({
      status: 400,
      code: "invalid_request",
      param: "temperature",
      type: "invalid_request_error",
    });
    expect(failure.requestID).toMatch(/^req_/);
  });
});

describe("draining", () => {
  const send = (url: string, path: string, agent: Agent) =>
    new Promise<IncomingMessage>((resolve, reject) => get(url + path, { agent }, resolve).on("error", reject));

  test("a keep-alive connection gets one more response and `connection: close`; /health is 503 shutting_down", async () => {
    const { url, gateway } = await startTestGateway({ engines: [{ tokens: 20, intervalMs: 20 }] });
    const first = new Agent({ keepAlive: true, maxSockets: 1 });
    const second = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const agent of [first, second]) {
      const response = await send(url, "/v1/models", agent);
      await text(response);
      expect(response.headers.connection).toBe("keep-alive");
    }
    const stream = await post(url, "/v1/completions", completion({ stream: true }));
    const drained = gateway.drain();
    const models = await send(url, "/v1/models", first);
    expect([models.statusCode, models.headers.connection]).toEqual([200, "close"]);
    await text(models);
    const health = await send(url, "/health", second);
    expect([health.statusCode, health.headers.connection]).toEqual([503, "close"]);
    expect(health.headers["retry-after"]).toBe("1");
    expect(JSON.parse(await text(health)).error.code).toBe("shutting_down");
    await expect(send(url, "/health", new Agent())).rejects.toThrow(/ECONNREFUSED/);
    expect(eventsOf(await stream.text()).at(-1)).toBe("[DONE]");
    await drained;
  });

  test("waits for a request whose body is still arriving", async () => {
    const { url, metricsUrl, gateway } = await startTestGateway();
    const body = JSON.stringify(completion());
    const headers = { "content-type": "application/json", "content-length": body.length };
    const outgoing = request(`${url}/v1/completions`, { method: "POST", headers });
    const answered = new Promise<IncomingMessage>((resolve) => outgoing.once("response", resolve));
    outgoing.write(body.slice(0, 5));
    await eventually(async () => {
      expect(await (await fetch(metricsUrl)).text()).toContain("sluice_requests_in_flight 1");
    });
    const drained = gateway.drain();
    outgoing.end(body.slice(5));
    const response = await answered;
    expect(response.statusCode).toBe(200);
    await text(response);
    await drained;
  });
});

describe("one connection", () => {
  test("serves many requests, failed ones included", async () => {
    const { url } = await startTestGateway();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (const path of ["/v1/models", "/nowhere", "/health", "/v1/completions"]) {
      const response = await new Promise<IncomingMessage>((resolve) => get(url + path, { agent }, resolve));
      ports.add(response.socket.localPort);
      await text(response);
    }
    expect(ports.size).toBe(1);
    agent.destroy();
  });
});
