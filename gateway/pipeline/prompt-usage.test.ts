import { expect, test } from "vitest";
import { anthropicEvents, sseText } from "../../test-support/fake-anthropic.ts";
import { startDialectGateway } from "../test/dialect-gateway.ts";

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
