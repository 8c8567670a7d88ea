import { describe, expect, test } from "vitest";
import { jpeg, png } from "../../../test-support/image-headers.ts";
import { HELLO, json, startDialectGateway, type UpstreamName } from "../../test/dialect-gateway.ts";
import { estimatePromptTokens } from "./prompt-tokens.ts";

const PROVIDERS = ["openai", "anthropic", "bedrock", "gemini"] as const;
const PYTHON = "        return self.assertEqual(response.status_code, 200)\n";
const ENGLISH = "The quick brown fox jumps over the lazy dog. ";
const CHINESE = "敏捷的棕色狐狸跳过了懒狗。";

/** A picture of this size with so many bytes behind its header, as a data URL. */
const picture = (width: number, height: number, bytes: number) =>
  Buffer.concat([png(width, height), Buffer.alloc(bytes)]).toString("base64");

const chatPart = (part: object) => ({ messages: [{ role: "user", content: [{ type: "text", text: "See" }, part] }] });
const messagesPart = (part: object) => ({ max_tokens: 1000, ...chatPart(part) });
const image = (data: string) => chatPart({ type: "image_url", image_url: { url: `data:image/png;base64,${data}` } });

const tokensOf = (fields: object) => estimatePromptTokens({ ...fields }, Buffer.byteLength(JSON.stringify(fields)));

describe("an estimate of a prompt's tokens", () => {
  test("counts an image by its pixels, whatever its bytes are", () => {
    const small = tokensOf(image(picture(300, 250, 100)));
    expect(tokensOf(image(picture(300, 250, 500_000))) - small).toBeLessThan(2);
    expect(tokensOf(image(picture(600, 500, 100))) - small).toBe(300);
    expect(tokensOf(image(picture(8000, 8000, 100)))).toBeLessThan(1700);
  });

  test("counts an image that is elsewhere, or of no known format, as the largest, and one of low detail as 85", () => {
    const at = (image_url: object) => tokensOf(chatPart({ type: "image_url", image_url }));
    expect(at({ url: "https://example.com/a.png" })).toBeGreaterThanOrEqual(1600);
    expect(at({ url: "data:image/tiff;base64,aGk=" })).toBeGreaterThanOrEqual(1600);
    const data = jpeg(4000, 3000, 50_000).toString("base64");
    expect(at({ url: `data:image/jpeg;base64,${data}`, detail: "low" })).toBeLessThan(150);
  });

  test("counts a document by its pages, and sound by its seconds", () => {
    const page = "<< /Type /Page /Parent 1 0 R >>\n";
    const pdf = (pages: number) =>
      Buffer.from(`%PDF-1.7\n<< /Type /Pages >>\n${page.repeat(pages)}`).toString("base64");
    const file = (data: string) =>
      tokensOf(chatPart({ type: "file", file: { file_data: `data:application/pdf;base64,${data}` } }));
    expect(file(pdf(5)) - file(pdf(2))).toBe(6000);
    const wav = Buffer.alloc(320_044);
    wav.write("RIFF", 0);
    wav.writeUInt32LE(32_000, 28);
    const sound = tokensOf(
      chatPart({ type: "input_audio", input_audio: { data: wav.toString("base64"), format: "wav" } }),
    );
    expect(sound).toBeGreaterThan(320);
    expect(sound).toBeLessThan(400);
  });
});

describe("a request that may fit a context of 128,000 tokens", () => {
  const gateway = () => startDialectGateway({ contextTokens: 128_000 });
  const texts = {
    // 539 kB of Python have 78,000 tokens.
    Python: PYTHON.repeat(9100),
    // 560 kB of English have 124,500.
    English: ENGLISH.repeat(12_400),
    Chinese: CHINESE.repeat(9000),
  };

  test.each(PROVIDERS.flatMap((name) => Object.keys(texts).map((kind) => [name, kind as keyof typeof texts] as const)))(
    "goes on to %s: %s",
    async (upstream, kind) => {
      const { request, script } = await gateway();
      script(HELLO[upstream]);
      const content = texts[kind];
      const message = { messages: [{ role: "user", content }] };
      expect((await request(upstream, "/v1/chat/completions", message)).status).toBe(200);
      expect((await request(upstream, "/v1/messages", { max_tokens: 4000, ...message })).status).toBe(200);
      expect((await request(upstream, "/v1/responses", { input: content })).status).toBe(200);
    },
  );

  test.each(PROVIDERS)("goes on to %s: an image of 560 kB", async (upstream) => {
    const { request, script } = await gateway();
    script(HELLO[upstream]);
    const data = picture(1000, 800, 420_000);
    expect((await request(upstream, "/v1/chat/completions", image(data))).status).toBe(200);
    const source = { type: "base64", media_type: "image/png", data };
    const body = messagesPart({ type: "image", source });
    expect((await request(upstream, "/v1/messages", body)).status).toBe(200);
    const counted = await request(upstream, "/v1/messages/count_tokens", { ...body, max_tokens: undefined });
    expect(JSON.parse(counted.text).input_tokens).toBeLessThan(1500);
  });

  test("is refused where it certainly does not, before the provider is called", async () => {
    const { request } = await gateway();
    for (const upstream of PROVIDERS) {
      const messages = [{ role: "user", content: ENGLISH.repeat(40_000) }];
      const { status, text, received } = await request(upstream, "/v1/chat/completions", { messages });
      expect([status, JSON.parse(text).error.code, received]).toEqual([400, "context_length_exceeded", undefined]);
    }
  });

  test("is refused as one prompt by its ids of tokens, and not for the sum of many texts", async () => {
    const { request, script } = await gateway();
    script(({ body: { input } }) => {
      const data = input.map((_: unknown, index: number) => ({ object: "embedding", index, embedding: [1] }));
      return json({ object: "list", data, model: "m" });
    });
    const ids = Array.from({ length: 130_000 }, () => 123_456);
    expect((await request("openai", "/v1/embeddings", { input: ids })).status).toBe(400);
    const texts = Array.from({ length: 2000 }, () => ENGLISH.repeat(30));
    expect((await request("openai", "/v1/embeddings", { input: texts })).status).toBe(200);
  });
});

describe("count_tokens", () => {
  const body = {
    system: "Be brief",
    messages: [{ role: "user", content: "Hi" }],
    tools: [{ name: "a", input_schema: { type: "object" } }],
  };
  const count = async (
    upstream: UpstreamName,
    response: Parameters<Awaited<ReturnType<typeof startDialectGateway>>["script"]>[0],
  ) => {
    const { request, script } = await startDialectGateway();
    script(response);
    return await request(upstream, "/v1/messages/count_tokens", body);
  };

  test("is the engine's own where the model is a pool's", async () => {
    const { text, received } = await count("vllm", json({ count: 23, max_model_len: 200_000, tokens: [1] }));
    expect(JSON.parse(text)).toEqual({ input_tokens: 23 });
    expect(received).toMatchObject({
      path: "/tokenize",
      body: {
        messages: [{ role: "system" }, { role: "user", content: "Hi" }],
        tools: [{ type: "function" }],
        add_generation_prompt: true,
      },
    });
  });

  test("is an estimate where the engine can't count, and for a provider's model, which is not called", async () => {
    for (const [upstream, calls] of [
      ["vllm", true],
      ["openai", false],
      ["anthropic", false],
    ] as const) {
      const { status, text, received } = await count(upstream, { status: 500, body: "{}" });
      expect([status, received !== undefined]).toEqual([200, calls]);
      expect(JSON.parse(text).input_tokens).toBeGreaterThan(5);
    }
  });
});
