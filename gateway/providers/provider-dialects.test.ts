import { describe, expect, onTestFinished, test } from "vitest";
import { startFakeAnthropic } from "../../test-support/fake-anthropic.ts";
import { startFakeBedrock } from "../../test-support/fake-bedrock.ts";
import { startFakeGemini } from "../../test-support/fake-gemini.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { provide } from "../test/provider-fixture.ts";
import { chat, completion, eventsOf, post, startTestGateway, type TestGatewayOptions } from "../test/test-gateway.ts";

/** A gateway whose route `chat` has this provider first, and then one of OpenAI's dialect. */
async function behind(provider: ReturnType<typeof providerConfig>, options: TestGatewayOptions = {}) {
  const other = await provide();
  const config = {
    providers: [provider, providerConfig("other", other.origin)],
    routes: [routeConfig("chat", [`${provider.name}/small`], { fallbacks: ["other/small"] })],
  };
  const { url } = await startTestGateway({ ...options, config });
  return async (path: string, body: object) => {
    const response = await post(url, path, body);
    return { target: response.headers.get("x-sluice-target"), text: await response.text() };
  };
}

const SMALL = { contextTokens: 8192, inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

describe("a provider of another dialect", () => {
  test("Anthropic's serves a chat whole and streamed, with its own key's header", async () => {
    const anthropic = await startFakeAnthropic();
    onTestFinished(() => anthropic.stop());
    const send = await behind(
      providerConfig("claude", anthropic.origin, { dialect: "anthropic", credential: { from: "environment" } }),
      { secrets: { secret: () => Promise.reject(new Error()), variable: () => anthropic.behaviour.key } },
    );
    const whole = await send("/v1/chat/completions", chat({ model: "chat" }));
    expect(whole.target).toBe("claude/small");
    expect(JSON.parse(whole.text).object).toBe("chat.completion");
    const streamed = await send("/v1/chat/completions", chat({ model: "chat", stream: true }));
    expect([streamed.target, eventsOf(streamed.text).at(-1)]).toEqual(["claude/small", "[DONE]"]);
  });

  test("Bedrock's serves a chat whole and streamed, signed with the gateway's credentials", async () => {
    const bedrock = await startFakeBedrock();
    onTestFinished(() => bedrock.stop());
    const { accessKeyId, secretAccessKey, sessionToken, region } = bedrock.behaviour;
    const send = await behind(providerConfig("aws", bedrock.origin, { dialect: "bedrock", region }), {
      awsCredentials: async () => ({
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
      }),
    });
    const whole = await send("/v1/chat/completions", chat({ model: "chat" }));
    expect(whole.target).toBe("aws/small");
    const streamed = await send("/v1/chat/completions", chat({ model: "chat", stream: true }));
    expect([streamed.target, eventsOf(streamed.text).at(-1)]).toEqual(["aws/small", "[DONE]"]);
  });

  test("Gemini's serves every client dialect whole and streamed, with its own key's header", async () => {
    const gemini = await startFakeGemini({
      parts: [
        { text: "Hm", thought: true },
        { text: "Yes" },
        { functionCall: { id: "f1", name: "look", args: { at: 1 } }, thoughtSignature: "c2ln" },
      ],
    });
    onTestFinished(() => gemini.stop());
    const send = await behind(
      providerConfig("google", `${gemini.origin}/v1beta`, {
        dialect: "gemini",
        credential: { from: "environment" },
        models: { small: { ...SMALL, capabilities: ["tools", "embeddings"] } },
      }),
      { secrets: { secret: () => Promise.reject(new Error()), variable: () => gemini.behaviour.key } },
    );
    const tools = [{ type: "function", function: { name: "look" } }];
    const whole = await send("/v1/chat/completions", chat({ model: "chat", tools }));
    expect(whole.target).toBe("google/small");
    expect(JSON.parse(whole.text).choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { content: "Yes" },
    });
    const streamed = await send("/v1/chat/completions", chat({ model: "chat", tools, stream: true }));
    expect([streamed.target, eventsOf(streamed.text).at(-1)]).toEqual(["google/small", "[DONE]"]);
    const message = { model: "chat", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] };
    const messages = await send("/v1/messages", {
      ...message,
      tools: [{ name: "look", input_schema: { type: "object" } }],
    });
    expect(JSON.parse(messages.text)).toMatchObject({
      stop_reason: "tool_use",
      content: [
        { type: "thinking", thinking: "Hm", signature: "gemini:c2ln" },
        { type: "text", text: "Yes" },
        { type: "tool_use", id: "f1", name: "look", input: { at: 1 } },
      ],
    });
    const events = await send("/v1/messages", { ...message, stream: true });
    expect(events.text).toContain('"stop_reason":"tool_use"');
    expect(events.text).toMatch(/event: message_stop\ndata: .*\n\n$/);
    const response = await send("/v1/responses", { model: "chat", input: "Hi" });
    expect(JSON.parse(response.text)).toMatchObject({ status: "completed" });
    const counted = await send("/v1/messages/count_tokens", { model: "chat", messages: message.messages });
    expect(JSON.parse(counted.text).input_tokens).toBeGreaterThan(0);
    const vectors = await send("/v1/embeddings", { model: "chat", input: ["a", "b"] });
    expect(JSON.parse(vectors.text)).toMatchObject({ object: "list", data: [{ embedding: [0.5, 0] }, { index: 1 }] });
  });

  test("Gemini's that refuses our key with a 400 is skipped, and the client gets no error", async () => {
    const gemini = await startFakeGemini();
    onTestFinished(() => gemini.stop());
    const send = await behind(providerConfig("google", gemini.origin, { dialect: "gemini" }));
    expect((await send("/v1/chat/completions", chat({ model: "chat" }))).target).toBe("other/small");
  });

  test("that has no words for a request leaves it to the next target", async () => {
    const anthropic = await startFakeAnthropic();
    onTestFinished(() => anthropic.stop());
    const send = await behind(providerConfig("claude", anthropic.origin, { dialect: "anthropic" }));
    expect((await send("/v1/completions", completion({ model: "chat" }))).target).toBe("other/small");
  });
});
