import { expect, test } from "vitest";
import { startDialectGateway } from "../../test/dialect-gateway.ts";

const chunk = (choice: object) =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [choice] })}\n\n`;
const STREAM = `${chunk({ index: 0, delta: { content: "Hi" } })}${chunk({ index: 0, delta: {}, finish_reason: "stop" })}data: [DONE]\n\n`;
const body = { messages: [{ role: "user", content: "Say hi" }], stream: true };

test.each([
  ["Text/Event-Stream", 200],
  ["TEXT/EVENT-STREAM ; charset=UTF-8", 200],
  ["text/event-streaming", 502],
])("a provider's stream of the media type %s is %i: letters in either case are the same", async (type, status) => {
  const gateway = await startDialectGateway();
  gateway.script({ headers: { "content-type": type }, body: STREAM });
  const response = await gateway.request("openai", "/v1/chat/completions", body);
  expect(response.status).toBe(status);
  expect(response.text.includes('"Hi"')).toBe(status === 200);
});
