import type { ServerResponse } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { eventFrame } from "../../../test-support/fake-bedrock.ts";
import { bodyOf, startFakeServer } from "../../../test-support/fake-server.ts";
import { providerConfig, routeConfig } from "../../../test-support/target-config.ts";
import { provide } from "../../test/provider-fixture.ts";
import { chat, eventsOf, post, startTestGateway } from "../../test/test-gateway.ts";

type DialectName = "openai" | "anthropic" | "bedrock" | "gemini";

const MEDIA = { "content-type": "text/event-stream" };
const FRAMES = { "content-type": "application/vnd.amazon.eventstream" };

/** A route over a provider of this dialect, which streams what `stream` writes, and one that responds well. */
async function setUp(
  dialect: DialectName,
  stream: (response: ServerResponse) => void,
  route: Record<string, unknown> = {},
  limits: Record<string, unknown> = {},
) {
  const bad = await startFakeServer(async (request, response) => {
    await bodyOf(request);
    response.writeHead(200, dialect === "bedrock" ? FRAMES : MEDIA);
    stream(response);
  });
  onTestFinished(() => bad.stop());
  const good = await provide();
  const gateway = await startTestGateway({
    engines: [],
    awsCredentials: async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" }),
    config: {
      providers: [
        providerConfig("bad", bad.origin, { dialect, region: dialect === "bedrock" ? "us-east-1" : null, ...limits }),
        providerConfig("good", good.origin),
      ],
      routes: [routeConfig("chat", ["bad/small"], { fallbacks: ["good/small"], ...route })],
    },
  });
  const open = (path = "/v1/chat/completions", fields = {}) =>
    post(gateway.url, path, chat({ model: "chat", stream: true, ...fields }));
  return { ...gateway, good, open };
}

const ends = (bytes: string | Buffer) => (response: ServerResponse) => void response.end(bytes);
const breaks = (text: string | Buffer) => (response: ServerResponse) => {
  response.write(text);
  setTimeout(() => response.destroy(), 30);
};
/** The beginning of a stream's form, without a part of the response. */
const START = {
  openai:
    'data: {"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n',
  anthropic: 'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","content":[]}}\n\n',
  bedrock: eventFrame("messageStart", { role: "assistant" }),
};
const exception = eventFrame("throttlingException", { message: "Too many tokens" }, "exception");
const overloaded =
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';

describe("a stream that has not begun is followed by the next target, and the client sees no error", () => {
  // documented: stream-never-begins
  test.each<[name: string, dialect: DialectName, stream: (response: ServerResponse) => void]>([
    ["[DONE] alone", "openai", ends("data: [DONE]\n\n")],
    ["comments alone", "openai", ends(": a\n\n: b\n\n")],
    ["comments, and then its connection breaks", "openai", breaks(": a\n\n")],
    ["comments, and then an error", "openai", ends(': a\n\ndata: {"error":{"message":"no"}}\n\n')],
    ["its usage alone", "openai", ends('data: {"choices":[],"usage":{"prompt_tokens":1}}\n\ndata: [DONE]\n\n')],
    ["an error whose lines end in carriage returns", "openai", ends('\ufeffdata: {"error":{"message":"no"}}\r\r')],
    ["pings alone", "anthropic", ends('event: ping\ndata: {"type":"ping"}\n\n')],
    ["an error of overload", "anthropic", ends(overloaded)],
    [
      "no message_start",
      "anthropic",
      ends('data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"a"}}\n\n'),
    ],
    ["a start and an error behind it", "anthropic", ends(START.anthropic + overloaded)],
    ["a start, and then its connection ends", "anthropic", ends(START.anthropic)],
    ["a start and an exception behind it", "bedrock", ends(Buffer.concat([START.bedrock, exception]))],
    ["a start, and then its connection breaks", "bedrock", breaks(START.bedrock)],
    ["the role and an error behind it", "openai", ends(`${START.openai}data: {"error":{"message":"no"}}\n\n`)],
    ["the role, and then its connection breaks", "openai", breaks(START.openai)],
    [
      "an empty candidate and an error behind it",
      "gemini",
      ends(`data: {"candidates":[{"index":0}]}\n\ndata: {"error":{"status":"INTERNAL","message":"no"}}\n\n`),
    ],
    ["an exception as its first frame", "bedrock", ends(exception)],
    ["an error as its first event", "gemini", ends('data: {"error":{"status":"UNAVAILABLE","message":"no"}}\n\n')],
    ["no candidate", "gemini", ends('data: {"usageMetadata":{"promptTokenCount":1}}\n\n')],
  ])("%s (%s)", async (_, dialect, stream) => {
    const { open } = await setUp(dialect, stream);
    const response = await open();
    expect([response.status, response.headers.get("x-sluice-target")]).toEqual([200, "good/small"]);
    const events = eventsOf(await response.text());
    expect(events.at(-1)).toBe("[DONE]");
    expect(events.join("")).not.toContain("error");
  });

  test("also for clients of Messages", async () => {
    const { open } = await setUp("bedrock", ends(exception));
    const response = await open("/v1/messages", { max_tokens: 9 });
    expect(response.headers.get("x-sluice-target")).toBe("good/small");
    expect(await response.text()).toContain("event: message_stop");
  });

  test.each([
    ["/v1/messages", { max_tokens: 9 }, "event: message_stop"],
    ["/v1/responses", { input: "Hi", messages: undefined }, "response.completed"],
  ])("also behind its start, for clients of %s", async (path, fields, end) => {
    const { open } = await setUp("anthropic", ends(START.anthropic + overloaded));
    const response = await open(path, fields);
    expect(response.headers.get("x-sluice-target")).toBe("good/small");
    expect(await response.text()).toContain(end);
  });
});

describe("a start without a part of the response", () => {
  test.each<[dialect: DialectName, start: string | Buffer]>([
    ["openai", START.openai],
    ["anthropic", START.anthropic],
    ["bedrock", START.bedrock],
  ])("of %s is with the client a second later, though the model still thinks", async (dialect, start) => {
    const limits = { timeouts: { connectSeconds: 1, firstByteSeconds: 0.4, idleSeconds: 9, totalSeconds: 9 } };
    const { open, good } = await setUp(dialect, (response) => void response.write(start), {}, limits);
    const response = await open();
    expect([response.status, response.headers.get("x-sluice-target")]).toEqual([200, "bad/small"]);
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toContain('"role":"assistant"');
    expect(good.received).toHaveLength(0);
    await reader?.cancel();
  });
});

describe("the time to the first byte", () => {
  test("is not over with a comment: the next target responds after the route's failover time", async () => {
    const { open } = await setUp(
      "openai",
      (response) => {
        const timer = setInterval(() => response.write(": PROCESSING\n\n"), 20);
        response.once("close", () => clearInterval(timer));
      },
      { failoverAfterSeconds: 0.3 },
    );
    const response = await open();
    expect(response.headers.get("x-sluice-target")).toBe("good/small");
    expect(eventsOf(await response.text()).at(-1)).toBe("[DONE]");
  });

  test("is that of the first event behind the comments, and the stream is the client's", async () => {
    const { open, good } = await setUp("openai", (response) => {
      response.write(": PROCESSING\n\n");
      setTimeout(() => response.end(`${chunk("Hi")}${chunk("", "stop")}data: [DONE]\n\n`), 200);
    });
    const response = await open();
    expect(response.headers.get("x-sluice-target")).toBe("bad/small");
    const [first, ...rest] = eventsOf(await response.text());
    expect(JSON.parse(first ?? "")).toMatchObject({ choices: [{ delta: { content: "Hi" } }] });
    expect(rest.at(-1)).toBe("[DONE]");
    expect(good.received).toHaveLength(0);
  });
});

describe("a stream whose time is over", () => {
  const limits = { timeouts: { connectSeconds: 1, firstByteSeconds: 0.3, idleSeconds: 3, totalSeconds: 5 } };
  test.each<[end: string, stream: (response: ServerResponse) => void]>([
    ["before its first event", (response) => void response.write(": a\n\n")],
    ["by its server's own word", ends('data: {"type":"error","error":{"type":"timeout_error","message":"late"}}\n\n')],
  ])("%s has an error that does not advise to stream", async (_, stream) => {
    const { open } = await setUp("anthropic", stream, { fallbacks: [] }, limits);
    const text = await (await open()).text();
    expect(text).toContain('"message"');
    expect(text).not.toMatch(/stream the|max_tokens/i);
  });

  test("in the middle has an error that does not advise to stream", async () => {
    const started =
      'data: {"type":"message_start","message":{"id":"msg_1"}}\n\n' +
      'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"a"}}\n\n';
    const late = 'data: {"type":"error","error":{"type":"timeout_error","message":"late"}}\n\n';
    const { open } = await setUp("anthropic", ends(started + late), { fallbacks: [] });
    const text = await (await open()).text();
    expect(text).toContain('"code":"timeout"');
    expect(text).not.toMatch(/stream the|max_tokens/i);
  });
});

describe("a filter that ends a stream of OpenAI's dialect", () => {
  const error = { message: "filtered by the content management policy", code: "content_filter", param: "prompt" };
  const filter = `data: ${JSON.stringify({ error })}\n\n`;

  test.each([
    ["/v1/chat/completions", {}, '"finish_reason":"content_filter"'],
    ["/v1/messages", { max_tokens: 9 }, '"stop_reason":"refusal"'],
  ])("in its middle is the end by that reason for clients of %s, and no error", async (path, fields, end) => {
    const { open } = await setUp("openai", (response) => void response.write(chunk("Hi") + filter));
    const text = await (await open(path, fields)).text();
    expect(text).toContain("Hi");
    expect(text).toContain(end);
    expect(text).not.toContain('"error"');
  });
});

test("comments in the middle of a stream keep the idle time from ending it", async () => {
  const { open } = await setUp(
    "openai",
    (response) => {
      response.write(chunk("Hi"));
      const timer = setInterval(() => response.write(": PROCESSING\n\n"), 100);
      setTimeout(() => {
        clearInterval(timer);
        response.end(`${chunk("", "stop")}data: [DONE]\n\n`);
      }, 1500);
    },
    {},
    { timeouts: { connectSeconds: 1, firstByteSeconds: 1, idleSeconds: 1, totalSeconds: 5 } },
  );
  expect(eventsOf(await (await open()).text()).at(-1)).toBe("[DONE]");
});

function chunk(content: string, finish_reason: string | null = null): string {
  const choice = { index: 0, delta: { content }, finish_reason, logprobs: null };
  return `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "small", choices: [choice] })}\n\n`;
}
