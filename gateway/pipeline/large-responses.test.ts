import { expect, onTestFinished, test } from "vitest";
import { cpuCost } from "../../test-support/cpu-cost.ts";
import { bodyOf, startFakeServer } from "../../test-support/fake-server.ts";
import { longestTurn } from "../../test-support/longest-turn.ts";
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

/** Rounds in which the longest turn is measured. */
const MAX_ROUNDS = 6;

test.each(Object.keys(RESPONSES) as readonly Dialect[])(
  "a response of 8 MiB of %s that is hard to write lets the thread do other work",
  { timeout: 60_000 },
  async (dialect) => {
    const { url } = await start(dialect);
    const atOnce = cpuCost(() => void JSON.stringify(HALVES));
    for (const [path, request] of Object.entries(REQUESTS)) {
      const turns: number[] = [];
      // A turn in which garbage is collected is long by that: one round of some is without.
      for (let round = 0; round < MAX_ROUNDS && !turns.some((turn) => turn < atOnce / 2); round++)
        turns.push(
          await longestTurn(async () => {
            const response = await post(url, path, request);
            expect([path, response.status]).toEqual([path, 200]);
            expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(MEGABYTES);
          }),
        );
      expect(Math.min(...turns), path).toBeLessThan(atOnce / 2);
    }
  },
);
