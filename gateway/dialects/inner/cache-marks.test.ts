import * as fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { startFakeAnthropic } from "../../../test-support/fake-anthropic.ts";
import { providerConfig, routeConfig } from "../../../test-support/target-config.ts";
import { provide } from "../../test/provider-fixture.ts";
import { post, startTestGateway } from "../../test/test-gateway.ts";
import { chatOfMessages } from "../clients/messages/messages-request.ts";
import { anthropicRequest } from "../providers/anthropic/anthropic-request.ts";

const EPHEMERAL = { cache_control: { type: "ephemeral" } };
const mark = fc.constantFrom({}, {}, EPHEMERAL, { cache_control: { type: "ephemeral", ttl: "1h" } });
const words = fc.string({ minLength: 1, maxLength: 8 });
const marked = (block: fc.Arbitrary<object>) => fc.tuple(block, mark).map(([one, its]) => ({ ...one, ...its }));
const text = marked(words.map((word) => ({ type: "text", text: word })));
const image = marked(fc.constant({ type: "image", source: { type: "base64", media_type: "image/png", data: "aGk=" } }));
const document = marked(fc.constant({ type: "document", source: { type: "url", url: "https://example.com/a.pdf" } }));
const call = marked(fc.constant({ type: "tool_use", id: "t1", name: "weather", input: { city: "Oslo" } }));
const toolResult = marked(
  words.map((word) => ({ type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: word }] })),
);
const tool = marked(
  fc.constant({ name: "weather", description: "It", input_schema: { type: "object", properties: {} } }),
);

/** Requests in the form of our own translation: blocks in lists, the user's first. */
const requests = fc
  .record({
    system: fc.array(text, { minLength: 1, maxLength: 3 }),
    first: fc.array(fc.oneof(text, image, document), { minLength: 1, maxLength: 4 }),
    response: fc.array(text, { maxLength: 2 }),
    call,
    toolResult,
    tool,
  })
  .map(({ system, first, response, call: called, toolResult, tool: defined }) => ({
    model: "tiny",
    max_tokens: 9,
    system,
    messages: [
      { role: "user", content: first },
      { role: "assistant", content: [...response, called] },
      { role: "user", content: [toolResult] },
    ],
    tools: [defined],
  }));

const OPTIONS = { model: "tiny", stream: false, defaultMaxTokens: 9, takesSampling: true };

describe("marks of prompt caching", () => {
  test("come out of the inner dialect at every block where a client of Anthropic's wrote them, and nowhere else", () => {
    void fc.assert(
      fc.property(requests, (request) => {
        expect(anthropicRequest(chatOfMessages(request), OPTIONS)).toEqual(request);
      }),
    );
  });

  test("are in no body of the OpenAI dialect, whose targets refuse fields that they don't know", () => {
    void fc.assert(
      fc.property(requests, (request) => {
        expect(JSON.stringify(chatOfMessages(request))).not.toContain("cache_control");
      }),
    );
  });

  test("reach Anthropic through a gateway, and what came from its cache and went there comes back", async () => {
    const usage = { input_tokens: 4, output_tokens: 3, cache_read_input_tokens: 50, cache_creation_input_tokens: 20 };
    const provider = await startFakeAnthropic({ usage });
    onTestFinished(() => provider.stop());
    const other = await provide();
    const { key } = provider.behaviour;
    const anthropic = { dialect: "anthropic", credential: { from: "environment" } };
    const { url } = await startTestGateway({
      config: {
        providers: [providerConfig("a", provider.origin, anthropic), providerConfig("o", other.origin)],
        routes: [routeConfig("claude", ["a/small"]), routeConfig("gpt", ["o/small"])],
      },
      secrets: { secret: () => Promise.reject(new Error()), variable: () => key },
    });
    const body = {
      max_tokens: 9,
      system: [{ type: "text", text: "Long", ...EPHEMERAL }],
      messages: [{ role: "user", content: [{ type: "text", text: "Hi", ...EPHEMERAL }] }],
    };
    const send = async (fields: object) => {
      const response = await post(url, "/v1/messages", { ...body, ...fields });
      return { status: response.status, text: await response.text() };
    };
    const counts = { input_tokens: 4, cache_read_input_tokens: 50, cache_creation_input_tokens: 20, output_tokens: 3 };
    expect(JSON.parse((await send({ model: "claude" })).text).usage).toMatchObject(counts);
    expect(provider.received.at(-1)?.body).toMatchObject({ system: body.system, messages: body.messages });
    const { text: events } = await send({ model: "claude", stream: true });
    const delta = /^data: (\{"type":"message_delta".*)$/m.exec(events)?.[1] ?? "{}";
    expect(JSON.parse(delta).usage).toMatchObject(counts);
    expect((await send({ model: "gpt" })).status).toBe(200);
    expect(JSON.stringify(other.received[0]?.body)).not.toContain("cache_control");
  });
});
