import { describe, expect, test } from "vitest";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { provide } from "../test/provider-fixture.ts";
import { chat, completion, errorOf, post, startTestGateway } from "../test/test-gateway.ts";

/** A dollar for each token of a completion. */
const MODEL = {
  contextTokens: 8192,
  capabilities: ["completions" as const],
  inputUsdPerMillion: 0,
  outputUsdPerMillion: 1_000_000,
};

/** A provider that sends 3 tokens, under a cap of so many dollars. */
async function start(capUsd: number, dripMs = 0, targets: readonly string[] = ["a/small"]) {
  const a = await provide({ tokens: 3, dripMs, next: dripMs > 0 ? ["slow-drip"] : [] });
  const { url } = await startTestGateway({
    config: {
      providers: [{ ...providerConfig("a", a.origin), models: { small: MODEL }, monthlyCapUsd: capUsd }],
      routes: [routeConfig("chat", targets)],
    },
  });
  return { a, url };
}

const body = (more: object = {}) => chat({ model: "chat", max_tokens: 5, ...more });

function secondsToNextMonth(): number {
  const now = new Date();
  return (Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) - now.getTime()) / 1000;
}

describe("a provider whose monthly cap is reached", () => {
  // documented: spending-cap-named
  test("is named with a 429, the time until the next month, and the longest completion that would fit", async () => {
    const { a, url } = await start(7);
    expect((await post(url, "/v1/chat/completions", body())).status).toBe(200);
    const refused = await post(url, "/v1/chat/completions", body());
    expect(Math.abs(Number(refused.headers.get("retry-after")) - secondsToNextMonth())).toBeLessThan(60);
    const error = await errorOf(refused, 429, "spending_cap_reached");
    expect(error.type).toBe("rate_limit_error");
    expect(error.param).toBe("max_tokens");
    expect(error.message).toMatch(/cap of the provider a is reached\. A `max_tokens` of at most 4 would still fit\./);
    expect((await post(url, "/v1/chat/completions", body({ max_tokens: 4 }))).status).toBe(200);
    expect(a.received).toHaveLength(2);
  });

  test("no completion is named where not even one token would fit", async () => {
    const { url } = await start(5);
    await post(url, "/v1/chat/completions", body());
    await post(url, "/v1/chat/completions", body({ max_tokens: 2, n: 1 }));
    const error = await errorOf(
      await post(url, "/v1/chat/completions", body({ max_tokens: 3, n: 4 })),
      429,
      "spending_cap_reached",
    );
    expect(error.message).not.toContain("would still fit");
    expect(error.param).toBeNull();
  });

  test("a completion that is asked for several times fits by its share", async () => {
    const { url } = await start(12);
    const error = await errorOf(
      await post(url, "/v1/completions", completion({ model: "chat", max_tokens: 5, n: 3 })),
      429,
      "spending_cap_reached",
    );
    expect(error.message).toContain("A `max_tokens` of at most 4 would still fit.");
  });

  test("the client of Messages gets the error in Anthropic's form and words", async () => {
    const { url } = await start(2);
    const request = { model: "chat", max_tokens: 5, messages: [{ role: "user", content: "Hello" }] };
    const refused = await post(url, "/v1/messages", request);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({
      type: "error",
      error: {
        type: "rate_limit_error",
        message: expect.stringContaining("A `max_tokens` of at most 2 would still fit."),
        details: { error_code: "spending_cap_reached", param: "max_tokens" },
      },
    });
  });

  test("the client of Responses gets its own name of the field", async () => {
    const { url } = await start(2);
    const refused = await post(url, "/v1/responses", { model: "chat", max_output_tokens: 5, input: "Hello" });
    const error = await errorOf(refused, 429, "spending_cap_reached");
    expect(error.message).toContain("A `max_output_tokens` of at most 2 would still fit.");
  });

  test("a request whose money is set aside for one that runs may come again in 5 s", async () => {
    const { url } = await start(8, 200);
    const running = post(url, "/v1/chat/completions", body({ stream: true }));
    const first = await running;
    const refused = await post(url, "/v1/chat/completions", body());
    expect(refused.headers.get("retry-after")).toBe("5");
    expect((await errorOf(refused, 429, "spending_cap_reached")).message).toContain("reserved by requests that run");
    await first.text();
    expect((await post(url, "/v1/chat/completions", body())).status).toBe(200);
  });

  test("a request that our own engines could serve once they are there waits for them", async () => {
    const { url } = await start(2, 0, ["a/small", "tiny"]);
    const served = await post(url, "/v1/chat/completions", body());
    expect([served.status, served.headers.get("x-sluice-target")]).toEqual([200, "tiny"]);
  });
});
