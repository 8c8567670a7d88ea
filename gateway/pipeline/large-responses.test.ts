import { expect, onTestFinished, test } from "vitest";
import { bodyOf, startFakeServer } from "../../test-support/fake-server.ts";
import { longestJson } from "../../test-support/json-size.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { chat, post, startTestGateway } from "../test/test-gateway.ts";

const MEGABYTES = 8 * 1024 * 1024 - 2000;
/** Halves of pairs of surrogates: JSON.stringify takes longer for them than for anything else of the same size. */
const HALVES = "\ud800".repeat(MEGABYTES / 6);
const AS_JSON = JSON.stringify(HALVES);
const MODEL = { contextTokens: 200_000, capabilities: [], inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

const choice = `{"index":0,"message":{"role":"assistant","content":${AS_JSON}},"finish_reason":"stop"}`;
const counts = '"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}';
const RESPONSES = {
  openai: `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[${choice}],${counts}}`,
  anthropic: `{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":${AS_JSON}}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}`,
  bedrock: `{"output":{"message":{"role":"assistant","content":[{"text":${AS_JSON}}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}`,
  gemini: `{"candidates":[{"content":{"role":"model","parts":[{"text":${AS_JSON}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2}}`,
};
type Dialect = keyof typeof RESPONSES;

const REQUESTS = {
  "/v1/chat/completions": chat({ model: "alone" }),
  "/v1/messages": { model: "alone", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] },
  "/v1/responses": { model: "alone", input: "Hi" },
};

/** A gateway whose only provider sends this. */
async function start(dialect: Dialect) {
  const body = Buffer.from(RESPONSES[dialect]);
  const server = await startFakeServer(async (request, response) => {
    await bodyOf(request);
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  onTestFinished(() => server.stop());
  const region = dialect === "bedrock" ? { region: "us-east-1" } : {};
  return await startTestGateway({
    engines: [],
    awsCredentials: async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" }),
    config: {
      timeouts: { firstByteSeconds: 60, totalSeconds: 60, idleSeconds: 60 },
      providers: [providerConfig("p", server.origin, { dialect, models: { small: MODEL }, ...region })],
      routes: [routeConfig("alone", ["p/small"])],
    },
  });
}

/** The most characters that `JSON.stringify` writes in one call: a piece of `pacedJson` and its escapes. */
const MAX_WRITTEN_AT_ONCE = 500_000;

test.each(Object.keys(RESPONSES) as readonly Dialect[])(
  "no more than half a megabyte of a response of 8 MiB of %s is written without a turn for the thread's other work",
  { timeout: 60_000 },
  async (dialect) => {
    const { url } = await start(dialect);
    for (const [path, request] of Object.entries(REQUESTS)) {
      const longest = await longestJson("stringify", async () => {
        const response = await post(url, path, request);
        expect([path, response.status]).toEqual([path, 200]);
        expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(MEGABYTES);
      });
      expect(longest, path).toBeGreaterThan(0);
      expect(longest, path).toBeLessThan(MAX_WRITTEN_AT_ONCE);
    }
  },
);
