import { expect, onTestFinished, test } from "vitest";
import { bodyOf, startFakeServer } from "../../../test-support/fake-server.ts";
import { providerConfig, routeConfig } from "../../../test-support/target-config.ts";
import { provide } from "../../test/provider-fixture.ts";
import { chat, errorOf, eventsOf, post, startTestGateway } from "../../test/test-gateway.ts";

const CHOICE = '{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}';
const DEEP = "[".repeat(20_000) + "]".repeat(20_000);

/** A route over a provider that responds with this, and one that is sound. */
async function setUp(body: string, dialect = "openai", contentType = "application/json") {
  const server = await startFakeServer(async (request, response) => {
    await bodyOf(request);
    response.writeHead(200, { "content-type": contentType });
    response.end(body);
  });
  onTestFinished(() => server.stop());
  const good = await provide();
  const { url, logText } = await startTestGateway({
    engines: [],
    awsCredentials: async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" }),
    config: {
      providers: [
        providerConfig("bad", server.origin, { dialect, ...(dialect === "bedrock" ? { region: "us-east-1" } : {}) }),
        providerConfig("good", good.origin),
      ],
      routes: [routeConfig("alone", ["bad/small"]), routeConfig("chat", ["bad/small"], { fallbacks: ["good/small"] })],
    },
  });
  return { url, logText };
}

const BODIES = {
  "/v1/chat/completions": (model: string) => chat({ model }),
  "/v1/messages": (model: string) => ({ model, max_tokens: 9, messages: [{ role: "user", content: "Hi" }] }),
  "/v1/responses": (model: string) => ({ model, input: "Hi" }),
};
type Path = keyof typeof BODIES;
const PATHS = Object.keys(BODIES) as readonly Path[];

const DEEP_RESPONSES: readonly (readonly [string, string])[] = [
  ["without a usage", `{"id":"c","x":${DEEP},"choices":[${CHOICE}]}`],
  ["with a usage that is nonsense", `{"id":"c","x":${DEEP},"choices":[${CHOICE}],"usage":{"prompt_tokens":-1}}`],
  ["with a usage that is none", `{"id":"c","x":${DEEP},"choices":[${CHOICE}],"usage":"none"}`],
  [
    "with a usage",
    `{"id":"c","x":${DEEP},"choices":[${CHOICE}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`,
  ],
];

test.each(DEEP_RESPONSES)(
  "a response nested too deep %s is the provider's failure, and the next target is called",
  async (_, body) => {
    const { url } = await setUp(body);
    for (const path of PATHS) {
      const response = await post(url, path, BODIES[path]("chat"));
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get("x-sluice-target")).toBe("good/small");
    }
    await errorOf(await post(url, "/v1/chat/completions", chat({ model: "alone" })), 502, "upstream_error");
  },
);

test.each(["anthropic", "bedrock", "gemini"])("so is one of the dialect of %s", async (dialect) => {
  const { url } = await setUp(`{"x":${DEEP}}`, dialect);
  for (const path of PATHS) {
    const response = await post(url, path, BODIES[path]("chat"));
    expect([path, response.headers.get("x-sluice-target")]).toEqual([path, "good/small"]);
  }
});

const USAGE_EVENT = `data: {"id":"c","choices":[{"index":0,"delta":{"content":"a"}}],"x":${DEEP},"usage":{"prompt_tokens":-1}}\n\n`;
const FIRST = 'data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}\n\n';

test.each(PATHS)("an event nested too deep ends the stream on %s as the provider's error", async (path) => {
  const { url, logText } = await setUp(`${FIRST}${USAGE_EVENT}data: [DONE]\n\n`, "openai", "text/event-stream");
  const response = await post(url, path, { ...BODIES[path]("alone"), stream: true });
  const text = await response.text();
  expect(text).not.toContain("internal_error");
  if (path === "/v1/chat/completions") expect(eventsOf(text).at(-1)).toContain('"upstream_error"');
  expect(logText()).not.toContain("internal_error");
});

test.each(["\n", "\r\n", " "])(
  "a response of four megabytes of %j beside a usage that is null passes in linear time",
  async (white) => {
    const many = white.repeat(4_000_000 / white.length);
    const { url } = await setUp(`{"id":"c","choices":[${CHOICE}],"usage":null,"x":[1${many}]}`);
    const started = performance.now();
    const response = await post(url, "/v1/chat/completions", chat({ model: "alone" }));
    expect(response.status).toBe(200);
    await response.arrayBuffer();
    expect(performance.now() - started).toBeLessThan(1500);
  },
);
