import { describe, expect, onTestFinished, test } from "vitest";
import { startFakeAnthropic } from "../../test-support/fake-anthropic.ts";
import { startFakeBedrock } from "../../test-support/fake-bedrock.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { provide } from "../test/provider-fixture.ts";
import { chat, completion, eventsOf, post, startTestGateway, type TestGatewayOptions } from "../test/test-gateway.ts";

/** A gateway whose route `chat` leads to this provider first, and then to one of OpenAI's dialect. */
async function behind(provider: ReturnType<typeof providerConfig>, options: TestGatewayOptions = {}) {
  const other = await provide();
  const config = {
    providers: [provider, providerConfig("other", other.origin)],
    routes: [routeConfig("chat", [`${provider.name}/small`], { fallbacks: ["other/small"] })],
  };
  const { url } = await startTestGateway({ ...options, config });
  return async (path: string, body: object) => {
    const answer = await post(url, path, body);
    return { target: answer.headers.get("x-sluice-target"), text: await answer.text() };
  };
}

describe("a provider of another dialect", () => {
  test("Anthropic's answers a chat whole and streamed, with its own key's header", async () => {
    const anthropic = await startFakeAnthropic();
    onTestFinished(() => anthropic.stop());
    const ask = await behind(
      providerConfig("claude", anthropic.origin, { dialect: "anthropic", credential: { from: "environment" } }),
      { secrets: { secret: () => Promise.reject(new Error()), variable: () => anthropic.behaviour.key } },
    );
    const whole = await ask("/v1/chat/completions", chat({ model: "chat" }));
    expect(whole.target).toBe("claude/small");
    expect(JSON.parse(whole.text).object).toBe("chat.completion");
    const streamed = await ask("/v1/chat/completions", chat({ model: "chat", stream: true }));
    expect([streamed.target, eventsOf(streamed.text).at(-1)]).toEqual(["claude/small", "[DONE]"]);
  });

  test("Bedrock's answers a chat whole and streamed, signed with the gateway's credentials", async () => {
    const bedrock = await startFakeBedrock();
    onTestFinished(() => bedrock.stop());
    const { accessKeyId, secretAccessKey, sessionToken, region } = bedrock.behaviour;
    const ask = await behind(providerConfig("aws", bedrock.origin, { dialect: "bedrock", region }), {
      awsCredentials: async () => ({
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
      }),
    });
    const whole = await ask("/v1/chat/completions", chat({ model: "chat" }));
    expect(whole.target).toBe("aws/small");
    const streamed = await ask("/v1/chat/completions", chat({ model: "chat", stream: true }));
    expect([streamed.target, eventsOf(streamed.text).at(-1)]).toEqual(["aws/small", "[DONE]"]);
  });

  test("that has no words for a request leaves it to the next target", async () => {
    const anthropic = await startFakeAnthropic();
    onTestFinished(() => anthropic.stop());
    const ask = await behind(providerConfig("claude", anthropic.origin, { dialect: "anthropic" }));
    expect((await ask("/v1/completions", completion({ model: "chat" }))).target).toBe("other/small");
  });
});
