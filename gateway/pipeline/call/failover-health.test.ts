import type { ServerResponse } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { eventFrame } from "../../../test-support/fake-bedrock.ts";
import { bodyOf, startFakeServer } from "../../../test-support/fake-server.ts";
import { providerConfig, routeConfig } from "../../../test-support/target-config.ts";
import { provide } from "../../test/provider-fixture.ts";
import { chat, post, startTestGateway } from "../../test/test-gateway.ts";

type DialectName = "openai" | "bedrock" | "gemini";

const STREAM = { "content-type": "text/event-stream" };
const FRAMES = { "content-type": "application/vnd.amazon.eventstream" };
const JSON_TYPE = { "content-type": "application/json" };

/** More than the failures in a row that open a breaker. */
const MANY = 8;

type Respond = (response: ServerResponse) => void;

/** A provider that counts its requests, with a fallback where `fallbacks` names it. */
async function setUp(
  dialect: DialectName,
  respond: (response: ServerResponse, body: string) => void,
  { fallbacks = ["good/small"], limits = {} }: { fallbacks?: readonly string[]; limits?: object } = {},
) {
  let received = 0;
  const first = await startFakeServer(async (request, response) => {
    const body = (await bodyOf(request)).toString();
    if (body === "") return void response.end("{}");
    received++;
    respond(response, body);
  });
  onTestFinished(() => first.stop());
  const good = await provide();
  const { url } = await startTestGateway({
    engines: [],
    awsCredentials: async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" }),
    config: {
      providers: [
        providerConfig("first", first.origin, {
          dialect,
          region: dialect === "bedrock" ? "us-east-1" : null,
          ...limits,
        }),
        providerConfig("good", good.origin),
      ],
      routes: [routeConfig("chat", ["first/small"], { fallbacks })],
    },
  });
  const send = (fields: Readonly<Record<string, unknown>> = {}) =>
    post(url, "/v1/chat/completions", chat({ model: "chat", ...fields }));
  return { send, received: () => received };
}

const whole =
  (body: unknown): Respond =>
  (response) =>
    void response.writeHead(200, JSON_TYPE).end(JSON.stringify(body));
const events =
  (body: unknown): Respond =>
  (response) =>
    void response.writeHead(200, STREAM).end(`data: ${JSON.stringify(body)}\n\n`);

const stopped =
  (stopReason: string): Respond =>
  (response) => {
    const parts = [eventFrame("messageStart", { role: "assistant" }), eventFrame("messageStop", { stopReason })];
    response.writeHead(200, FRAMES).end(Buffer.concat(parts));
  };

const malformedCall = { candidates: [{ index: 0, finishReason: "MALFORMED_FUNCTION_CALL" }] };
const converse = (stopReason: string) => ({ output: { message: { role: "assistant", content: [] } }, stopReason });
const errorFinish = { id: "c1", choices: [{ index: 0, message: { content: "" }, finish_reason: "error" }] };
const errorDelta = { id: "c1", choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }] };

describe("output of a model that is not usable, which a prompt can cause", () => {
  // documented: unusable-output-health
  test.each<[name: string, dialect: DialectName, stream: boolean, respond: Respond]>([
    ["a malformed call", "gemini", false, whole(malformedCall)],
    ["a stream of a malformed call", "gemini", true, events(malformedCall)],
    ["malformed output", "bedrock", false, whole(converse("malformed_model_output"))],
    ["a malformed call", "bedrock", false, whole(converse("malformed_tool_use"))],
    ["a stream of a malformed call", "bedrock", true, stopped("malformed_tool_use")],
    ["more than is read", "openai", false, whole({ ...errorFinish, x: Array(400_000).fill(1) })],
    ["a choice that ends in an error", "openai", false, whole(errorFinish)],
    ["a stream that ends in an error at once", "openai", true, events(errorDelta)],
  ])("%s (%s, stream: %j) goes to the next target, and opens no breaker", async (_, dialect, stream, respond) => {
    const { send, received } = await setUp(dialect, respond);
    for (let index = 0; index < MANY; index++) {
      const response = await send({ stream });
      expect([response.status, response.headers.get("x-sluice-target")]).toEqual([200, "good/small"]);
      await response.text();
    }
    expect(received()).toBe(MANY);
  });

  test("is not generated again by the same target: it is 502 after one call", async () => {
    const { send, received } = await setUp("gemini", whole(malformedCall), { fallbacks: [] });
    expect((await send()).status).toBe(502);
    expect(received()).toBe(1);
  });
});

describe("a response that takes longer than its whole time", () => {
  const limits = { timeouts: { connectSeconds: 1, firstByteSeconds: 2, idleSeconds: 2, totalSeconds: 0.3 } };
  const sound = whole({
    id: "c1",
    choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
  });

  // documented: whole-time-health
  test("is 504, and many of one caller block no other caller's request", async () => {
    const respond = (response: ServerResponse, body: string) => {
      if (!body.includes("slow")) sound(response);
    };
    const { send } = await setUp("openai", respond, { fallbacks: [], limits });
    const slow = Array.from({ length: MANY }, () => send({ messages: [{ role: "user", content: "slow" }] }));
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual(slow.map(() => 504));
    expect((await send()).status).toBe(200);
  });

  test("streamed, ends with an error, and many of one caller block no other caller's request", async () => {
    const respond = (response: ServerResponse, body: string) => {
      if (!body.includes("slow")) return sound(response);
      const chunk = { id: "c1", choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }] };
      response.writeHead(200, STREAM).write(`data: ${JSON.stringify(chunk)}\n\n`);
    };
    const { send } = await setUp("openai", respond, { fallbacks: [], limits });
    const slow = Array.from({ length: MANY }, async () => {
      const response = await send({ stream: true, messages: [{ role: "user", content: "slow" }] });
      return response.text();
    });
    for (const text of await Promise.all(slow)) expect(text).toContain("stream_interrupted");
    expect((await send()).status).toBe(200);
  });
});
