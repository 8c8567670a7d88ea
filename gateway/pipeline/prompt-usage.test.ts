import { expect, test } from "vitest";
import { anthropicEvents, sseText } from "../../test-support/fake-anthropic.ts";
import { json, startDialectGateway } from "../test/dialect-gateway.ts";

const MESSAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "small",
  content: [{ type: "text", text: 'Say ,"prompt_usage":{} too' }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 7, output_tokens: 9, cache_read_input_tokens: 5, cache_creation_input_tokens: 0 },
};
const BODY = { messages: [{ role: "user", content: "Hi" }], temperature: 0, max_tokens: 9, stream: true };

test("clients of chat completions get no counts of the prompt before the end, neither from a provider nor from the cache", async () => {
  const { request, script } = await startDialectGateway({
    config: { cache: { ttlSeconds: 60, routeTtlSeconds: {}, memoryMiB: 1, semantic: null } },
  });
  script({ headers: { "content-type": "text/event-stream" }, body: sseText(anthropicEvents(MESSAGE, 4)) });
  for (const source of ["miss", "hit"]) {
    const { headers, text } = await request("anthropic", "/v1/chat/completions", BODY);
    const data = text.match(/^data: \{.*$/gm)?.map((line) => JSON.parse(line.slice("data: ".length))) ?? [];
    expect(headers.get("x-sluice-cache")).toBe(source);
    expect(data.length).toBeGreaterThan(2);
    for (const event of data) expect(Object.keys(event)).not.toContain("prompt_usage");
    const content = data.map((event) => event.choices[0]?.delta.content ?? "").join("");
    expect(content).toBe(MESSAGE.content[0]?.text);
  }
});

test.each([true, false])(
  "clients of chat completions get nothing of Anthropic's own message that a client of Messages had stored (stream: %s)",
  async (stream) => {
    const { request, script } = await startDialectGateway({
      config: { cache: { ttlSeconds: 60, routeTtlSeconds: {}, memoryMiB: 1, semantic: null } },
    });
    const events = sseText(anthropicEvents(MESSAGE, 4));
    script(stream ? { headers: { "content-type": "text/event-stream" }, body: events } : json(MESSAGE));
    const own = await request("anthropic", "/v1/messages", { ...BODY, stream });
    expect(own.headers.get("x-sluice-cache")).toBe("miss");
    const again = await request("anthropic", "/v1/messages", { ...BODY, stream });
    expect([again.headers.get("x-sluice-cache"), again.text]).toEqual(["hit", own.text]);
    const { max_tokens: max_completion_tokens, ...body } = BODY;
    const usage = stream ? { stream_options: { include_usage: true } } : {};
    const chat = await request("anthropic", "/v1/chat/completions", {
      ...body,
      max_completion_tokens,
      stream,
      ...usage,
    });
    expect(chat.headers.get("x-sluice-cache")).toBe("hit");
    expect(chat.text).toContain("completion_tokens");
    expect(chat.text).not.toMatch(/anthropic_|message_start|"choices":\[\]\}/);
  },
);
