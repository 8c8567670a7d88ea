import { expect, onTestFinished, test } from "vitest";
import { bodyOf, startFakeServer } from "../../../test-support/fake-server.ts";
import { providerConfig, routeConfig } from "../../../test-support/target-config.ts";
import { startDialectGateway } from "../../test/dialect-gateway.ts";
import { provide } from "../../test/provider-fixture.ts";
import { chat, errorOf, eventsOf, post, startTestGateway } from "../../test/test-gateway.ts";
import { ResponseBounds } from "./response-bounds.ts";

type Generation = ConstructorParameters<typeof ResponseBounds>[0];

const CHOICE = '{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}';
const DEEP = "[".repeat(20_000) + "]".repeat(20_000);

const MODEL = {
  contextTokens: 200_000,
  capabilities: ["embeddings", "logprobs"],
  inputUsdPerMillion: 1,
  outputUsdPerMillion: 2,
};

/** Megabytes take seconds where the machine does much else. */
const PATIENT = { firstByteSeconds: 60, totalSeconds: 60, idleSeconds: 60 };

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
      timeouts: PATIENT,
      providers: [
        providerConfig("bad", server.origin, {
          dialect,
          models: { small: MODEL },
          timeouts: { connectSeconds: 60, ...PATIENT },
          ...(dialect === "bedrock" ? { region: "us-east-1" } : {}),
        }),
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
    const before = process.cpuUsage();
    const response = await post(url, "/v1/chat/completions", chat({ model: "alone" }));
    expect(response.status).toBe(200);
    await response.arrayBuffer();
    // Seen: 0.1 s on a busy machine; an expression that looks back would take minutes.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1500);
  },
);

const message = (fields: string) =>
  `{"id":"c","choices":[{"index":0,"message":{"role":"assistant",${fields}},"finish_reason":"stop"}]}`;
const list = (count: number, item: string) => Array(count).fill(item).join(",");

const LARGE: readonly (readonly [string, string])[] = [
  ["20,000 tool calls", message(`"tool_calls":[${list(20_000, '{"function":{"name":"f"}}')}]`)],
  ["31,000 lists", `{"id":"c","x":[${list(31_000, "[]")}],"choices":[${CHOICE}]}`],
  ["400,000 numbers", `{"id":"c","x":[${list(400_000, "1")}],"choices":[${CHOICE}]}`],
  ["9 MB of text", message(`"content":"${"word ".repeat(1_800_000)}"`)],
];

test.each(LARGE)("a response with %s is not parsed: the next target is called", async (_, body) => {
  const { url } = await setUp(body);
  for (const path of PATHS) {
    const response = await post(url, path, BODIES[path]("chat"));
    expect([path, response.status]).toEqual([path, 200]);
    expect(response.headers.get("x-sluice-target")).toBe("good/small");
  }
  await errorOf(await post(url, "/v1/chat/completions", chat({ model: "alone" })), 502, "upstream_error");
});

test.each(PATHS)("128,000 tokens of text pass on %s", async (path) => {
  const { url } = await setUp(message(`"content":"${"word ".repeat(128_000)}"`));
  const response = await post(url, path, BODIES[path]("alone"));
  expect(response.status).toBe(200);
  expect((await response.text()).split("word ").length).toBe(128_001);
});

test("a response of some hundred bytes that is nested too deep is the provider's failure too", async () => {
  const deep = `${"[".repeat(100)}${"]".repeat(100)}`;
  const { url } = await setUp(`{"id":"c","choices":[${CHOICE}],"x":${deep}}`);
  for (const path of PATHS) {
    const response = await post(url, path, BODIES[path]("chat"));
    expect([path, response.headers.get("x-sluice-target")]).toEqual([path, "good/small"]);
  }
});

test("what comes of a response before it is large counts for its bounds", () => {
  const request = { route: "/v1/chat/completions", fields: {} } as unknown as Generation;
  const bounds = new ResponseBounds(request, true);
  const lists = Buffer.from(list(5000, "[]"));
  const taken = Array.from({ length: 6 }, () => bounds.take(lists));
  expect(taken).toEqual([true, true, true, true, true, true]);
  expect(bounds.take(Buffer.from("[],"))).toBe(false);
});

test("many embeddings pass as they are", async () => {
  const vector = `[${list(3072, "-0.0123456789012")}]`;
  const item = `{"object":"embedding","index":0,"embedding":${vector}}`;
  const body = `{"object":"list","data":[${list(300, item)}],"usage":{"prompt_tokens":5,"total_tokens":5}}`;
  const { url } = await setUp(body);
  const fields = { model: "alone", input: Array(300).fill("Hi") };
  const response = await post(url, "/v1/embeddings", fields);
  expect(response.status).toBe(200);
  expect((await response.text()) === body).toBe(true);
});

test.each([
  ["one less", (items: readonly string[]) => items.slice(1)],
  ["one that is empty", (items: readonly string[]) => [...items.slice(1), '{"index":0,"embedding":[]}']],
  ["one that is null", (items: readonly string[]) => [...items, '{"index":0,"embedding":null}']],
] as const)("many embeddings with %s are no response", async (_, change) => {
  const item = `{"object":"embedding","index":0,"embedding":[${list(3072, "-0.0123456789012")}]}`;
  const { url } = await setUp(`{"object":"list","data":[${change(Array(300).fill(item)).join(",")}]}`);
  const fields = { model: "alone", input: Array(300).fill("Hi") };
  await errorOf(await post(url, "/v1/embeddings", fields), 502, "upstream_error");
});

test("log probabilities that the client requested pass as they are, and no others", async () => {
  const top = list(20, '{"token":" the","logprob":-0.123456789,"bytes":[32,116,104,101]}');
  const tokens = list(3000, `{"token":" the","logprob":-0.123456789,"bytes":[32],"top_logprobs":[${top}]}`);
  const body = `{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"logprobs":{"content":[${tokens}]},"finish_reason":"stop"}]}`;
  const { url } = await setUp(body);
  const requested = chat({ model: "alone", logprobs: true, top_logprobs: 20 });
  expect((await (await post(url, "/v1/chat/completions", requested)).text()) === body).toBe(true);
  await errorOf(await post(url, "/v1/chat/completions", chat({ model: "alone" })), 502, "upstream_error");
});

test("2,048 embeddings of 3,072 dimensions are within the bounds, and ten times as many bytes are not", () => {
  const request = { route: "/v1/embeddings", fields: { input: Array(2048).fill("Hi") } } as unknown as Generation;
  const bounds = new ResponseBounds(request, true);
  const megabyte = Buffer.from(list(45_590, "-0.012345678901234567,"));
  for (let at = 0; at < 139; at++) expect(bounds.take(megabyte)).toBe(true);
  expect(bounds.isParsed).toBe(false);
  const small = new ResponseBounds({ ...request, fields: { input: "Hi" } } as Generation, true);
  expect(Array.from({ length: 9 }, () => small.take(megabyte)).at(-1)).toBe(false);
});

test("ids are made for many calls of a response whose own id is long, in linear time", async () => {
  const calls = list(5000, '{"function":{"name":"f"}}');
  const body = message(`"tool_calls":[${calls}]`).replace('"id":"c"', `"id":"${"c".repeat(1_000_000)}"`);
  const { url } = await setUp(body);
  const before = process.cpuUsage();
  const response = await post(url, "/v1/messages", BODIES["/v1/messages"]("alone"));
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(3000);
});

test.each<readonly [string, Readonly<Record<string, unknown>>, object]>([
  ["/tokenize", { prompt: "a1 ".repeat(300_000) }, { count: 900_000, tokens: Array(900_000).fill(31_999) }],
  ["/detokenize", { tokens: [1, 2] }, { prompt: "word ".repeat(2_000_000) }],
])("the response of %s may be as large as the largest request needs", async (path, request, response) => {
  const gateway = await startDialectGateway();
  gateway.script({ body: JSON.stringify(response) });
  for (let index = 0; index < 4; index++) {
    const { status, text } = await gateway.request("vllm", path, request);
    expect(status).toBe(200);
    expect(text.length).toBe(JSON.stringify(response).length);
  }
});
