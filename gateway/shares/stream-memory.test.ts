import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { bodyOf, startFakeServer } from "../../test-support/fake-server.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { post, startTestGateway } from "../test/test-gateway.ts";
import { StreamMemory } from "./stream-memory.ts";

const event = (delta: unknown, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const call = (index: number, json: string) =>
  event({ tool_calls: [{ index, id: `call_${index}`, function: { name: "f", arguments: json } }] });
const END = (finish: string) => `${event({}, finish)}data: [DONE]\n\n`;

/** A gateway before a provider that streams `part` so many times. */
async function setUp(
  first: string,
  part: string,
  times: number,
  finish: string,
  dialect: "openai" | "gemini" = "openai",
) {
  const sent = { parts: 0 };
  const server = await startFakeServer(async (request, response) => {
    await bodyOf(request);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(first);
    for (; sent.parts < times && !response.destroyed; sent.parts++) {
      if (!response.write(part)) await Promise.race([once(response, "drain"), once(response, "close")]);
      await turn();
    }
    response.end(END(finish));
  });
  onTestFinished(() => server.stop());
  const gateway = await startTestGateway({
    engines: [],
    config: {
      providers: [providerConfig("bad", server.origin, { dialect })],
      routes: [routeConfig("chat", ["bad/small"])],
    },
  });
  return { ...gateway, sent };
}

const MESSAGES = { model: "chat", max_tokens: 9, stream: true, messages: [{ role: "user", content: "Hi" }] };
const RESPONSES = { model: "chat", stream: true, input: "Hi" };
const TEXT = event({ content: "a".repeat(60_000) });
const MORE = event({ tool_calls: [{ index: 1, function: { arguments: "a".repeat(60_000) } }] });

test.each([
  ["text behind a tool call of Messages", "/v1/messages", MESSAGES, call(0, "{"), TEXT],
  ["a second call of Messages", "/v1/messages", MESSAGES, call(0, "{") + call(1, ""), MORE],
  ["an event of Messages that has no end", "/v1/messages", MESSAGES, `${call(0, "{")}data: {"a":"`, "a".repeat(60_000)],
  ["text of Responses", "/v1/responses", RESPONSES, event({ content: "a" }), TEXT],
  ["arguments of Responses", "/v1/responses", RESPONSES, call(1, "{"), MORE],
  [
    "reasoning of Responses",
    "/v1/responses",
    RESPONSES,
    event({ content: "a" }),
    TEXT.replace('"content"', '"reasoning"'),
  ],
])("%s beyond what a stream may hold ends it as an error of its upstream", async (_, path, body, first, part) => {
  const { url, sent, requestLine } = await setUp(first, part, 1000, "tool_calls");
  const response = await post(url, path, body);
  const text = await response.text();
  const failed = /event: (?:error|response\.failed)\ndata: .{0,4000}/.exec(text)?.[0];
  expect(failed).toContain(path === "/v1/messages" ? '"type":"api_error"' : '"code":"server_error"');
  expect(text).not.toContain("internal_error");
  expect(text).not.toMatch(/event: (?:message_stop|response\.completed)/);
  expect(sent.parts).toBeLessThan(400);
  expect(await requestLine()).toMatchObject({ errorCode: "upstream_error" });
});

test.each([
  ["/v1/messages", MESSAGES, "message_stop"],
  ["/v1/responses", RESPONSES, "response.completed"],
])("a response of 128,000 tokens on %s arrives whole", async (path, body, last) => {
  const tokens = event({ content: " word".repeat(100) }).repeat(10);
  const { url } = await setUp(event({ role: "assistant", content: "" }), tokens, 128, "stop");
  const text = await (await post(url, path, body)).text();
  expect(text).toContain(`event: ${last}\n`);
});

test("when all streams together hold too much, the one that holds the most ends", () => {
  const memory = new StreamMemory();
  const ended: string[] = [];
  const open = (name: string) => {
    const stream = memory.open(() => {
      ended.push(name);
      stream.end();
    });
    return stream;
  };
  const small = open("small");
  small.set(64 * 1024);
  open("largest").set(7 * 1024 * 1024);
  for (let at = 0; at < 11; at++) open(`stream ${at}`).set(5 * 1024 * 1024);
  expect(ended).toEqual([]);
  small.set(4 * 1024 * 1024);
  expect(ended).toEqual(["largest"]);
  small.set(9 * 1024 * 1024);
  expect(ended).toEqual(["largest", "small"]);
});

const gemini = (part: object) =>
  `data: ${JSON.stringify({ candidates: [{ content: { role: "model", parts: [part] }, index: 0 }], responseId: "g" })}\n\n`;
const CHAT = { model: "chat", stream: true, messages: [{ role: "user", content: "Hi" }] };

test.each([
  ["text", { text: "a".repeat(60_000) }],
  ["thoughts", { text: "a".repeat(60_000), thought: true }],
])("%s that a provider's translation stores beyond what a stream may hold ends it", async (_, part) => {
  const { url, sent, requestLine } = await setUp(gemini({ text: "a" }), gemini(part), 1000, "stop", "gemini");
  const text = await (await post(url, "/v1/chat/completions", CHAT)).text();
  expect(text).toContain('"code":"upstream_error"');
  expect(text).not.toContain("[DONE]");
  expect(sent.parts).toBeLessThan(400);
  expect(await requestLine()).toMatchObject({ errorCode: "upstream_error" });
});

test("what has come before a stream begins counts too: an event without its end is none beyond what a stream may hold", async () => {
  const { url, sent } = await setUp('data: {"a":"', "a".repeat(60_000), 1000, "stop", "gemini");
  const response = await post(url, "/v1/chat/completions", CHAT);
  expect(response.status).toBe(502);
  // The provider is called up to three times.
  expect(sent.parts).toBeLessThan(3 * 200);
});
