import { describe, expect, test } from "vitest";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { provide } from "../test/provider-fixture.ts";
import { chat, errorOf, post, startTestGateway } from "../test/test-gateway.ts";

async function setUp(
  targets: readonly string[],
  route: Record<string, unknown>,
  limits: Record<string, Record<string, unknown>> = {},
) {
  const names = ["a", "b", "c"] as const;
  const providers = await Promise.all(names.map(() => provide()));
  const gateway = await startTestGateway({
    config: {
      providers: names.map((name, index) => providerConfig(name, providers[index]!.origin, limits[name])),
      routes: [routeConfig("chat", targets, route)],
    },
  });
  const send = async (fields: object = {}, headers: Record<string, string> = {}) => {
    const response = await post(gateway.url, "/v1/chat/completions", chat({ model: "chat", ...fields }), headers);
    return response.status === 200 ? response.headers.get("x-sluice-target") : response;
  };
  return { ...gateway, providers, send };
}

type Send = Awaited<ReturnType<typeof setUp>>["send"];

async function shares(send: Send, count: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let index = 0; index < count; index++) {
    const target = String(await send());
    counts[target] = (counts[target] ?? 0) + 1;
  }
  return counts;
}

describe("a route", () => {
  // documented: load-balancing-weights
  test("round robin takes turns by weight, our own pool among the targets", async () => {
    const { send } = await setUp(["a/small=1", "tiny=2"], { policy: "round-robin" });
    expect(await shares(send, 9)).toEqual({ "a/small": 3, tiny: 6 });
  });

  test("weighted sends no request to weight 0 while the other targets can serve", async () => {
    const { send } = await setUp(["a/small=0", "b/small=1"], { policy: "weighted" });
    expect(await shares(send, 10)).toEqual({ "b/small": 10 });
  });

  test("priority takes the first, and the next when it is full", async () => {
    const { send, providers } = await setUp(
      ["a/small", "b/small"],
      { policy: "priority" },
      {
        a: { priority: 2 },
        b: { priority: 1, maxInFlight: 1 },
      },
    );
    expect(await send()).toBe("b/small");
    providers[1]!.behaviour.firstByteMs = 200;
    expect((await Promise.all([send(), send(), send()])).map(String).sort()).toEqual(["a/small", "a/small", "b/small"]);
  });

  test("least cost compares the price of this request", async () => {
    const model = (input: number, output: number) => ({
      models: {
        small: { contextTokens: 100_000, capabilities: [], inputUsdPerMillion: input, outputUsdPerMillion: output },
      },
    });
    const { send } = await setUp(
      ["a/small", "b/small"],
      { policy: "least-cost" },
      { a: model(1, 50), b: model(10, 10) },
    );
    expect(await send({ max_tokens: 500 })).toBe("b/small");
    expect(await send({ max_tokens: 1, messages: [{ role: "user", content: "long ".repeat(2000) }] })).toBe("a/small");
  });

  test("least latency leaves the slow one, having seen it once", async () => {
    const { send, providers } = await setUp(["a/small", "b/small"], { policy: "least-latency" });
    providers[0]!.behaviour.firstByteMs = 150;
    await shares(send, 2);
    expect(await shares(send, 5)).toEqual({ "b/small": 5 });
  });

  test("sticky by user sends each user to one target, and spreads the users", async () => {
    const { send } = await setUp(["a/small", "b/small"], { sticky: "user" });
    const first = await Promise.all(Array.from({ length: 16 }, (_, user) => send({ user: `u${user}` })));
    const second = await Promise.all(Array.from({ length: 16 }, (_, user) => send({ user: `u${user}` })));
    expect(second).toEqual(first);
    expect(new Set(first).size).toBe(2);
  });

  test("sticky by session follows the header, and changes to another target when its own is gone", async () => {
    const { send, providers } = await setUp(["a/small", "b/small"], { sticky: "session" });
    const session = { "x-sluice-session": "s-1" };
    const home = await send({}, session);
    for (let index = 0; index < 5; index++) expect(await send({}, session)).toBe(home);
    await providers[home === "a/small" ? 0 : 1]!.stop();
    expect(await send({}, session)).toBe(home === "a/small" ? "b/small" : "a/small");
  });

  // documented: emergency-targets
  test("emergency targets are used only when no other can", async () => {
    const { send, providers } = await setUp(
      ["a/small=9", "b/small=1"],
      { policy: "weighted" },
      { a: { emergencyOnly: true } },
    );
    expect(await shares(send, 8)).toEqual({ "b/small": 8 });
    await providers[1]!.stop();
    expect(await send()).toBe("a/small");
  });

  // documented: provider-spend-cap
  test("a provider over its monthly cap is not used any more", async () => {
    const model = { contextTokens: 8192, capabilities: [], inputUsdPerMillion: 0, outputUsdPerMillion: 1_000_000 };
    const { send, metricsUrl } = await setUp(
      ["a/small"],
      { fallbacks: ["b/small"] },
      { a: { models: { small: model }, monthlyCapUsd: 10 } },
    );
    // Three tokens at a dollar each, of at most four that are set aside before.
    const targets = [];
    for (let index = 0; index < 5; index++) targets.push(await send({ max_tokens: 4 }));
    expect(targets).toEqual(["a/small", "a/small", "a/small", "b/small", "b/small"]);
    expect(await (await fetch(metricsUrl)).text()).toContain('sluice_provider_spend_month_usd{provider="a"} 9');
  });

  // documented: provider-rate-limit
  test("a provider's rate limit is respected before it responds 429", async () => {
    const { send } = await setUp(
      ["a/small"],
      { fallbacks: ["b/small"] },
      { a: { rateLimit: { requests: 10, per: "hour" } } },
    );
    expect(await shares(send, 5)).toEqual({ "a/small": 2, "b/small": 3 });
  });

  test("at its rate limit without a fallback is 503", async () => {
    const { send } = await setUp(["a/small"], {}, { a: { rateLimit: { requests: 5, per: "hour" } } });
    expect(await send()).toBe("a/small");
    const response = await send();
    if (!(response instanceof Response)) throw new Error("answered");
    expect(response.headers.get("retry-after")).not.toBeNull();
    await errorOf(response, 503, "overloaded");
  });

  test("only targets with the capability get the request, and a request that none can serve is refused with the reason", async () => {
    const { send } = await setUp(
      ["a/small", "b/small"],
      {},
      {
        a: {
          models: {
            small: { contextTokens: 8192, capabilities: ["vision"], inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
          },
        },
      },
    );
    const image = { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://x" } }] }] };
    for (let index = 0; index < 4; index++) expect(await send(image)).toBe("a/small");
    const format = { type: "json_schema", json_schema: { name: "x", schema: {} } };
    const response = await send({ response_format: format });
    if (!(response instanceof Response)) throw new Error("answered");
    const error = await errorOf(response, 400, "invalid_request");
    expect(error).toMatchObject({ param: "response_format", message: expect.stringContaining("json-schema") });
  });

  test("only targets with the context get a long request", async () => {
    const { send } = await setUp(
      ["a/small", "b/small"],
      {},
      {
        a: {
          models: { small: { contextTokens: 100, capabilities: [], inputUsdPerMillion: 0, outputUsdPerMillion: 0 } },
        },
      },
    );
    for (let index = 0; index < 4; index++) expect(await send({ max_tokens: 200 })).toBe("b/small");
    const response = await send({ messages: [{ role: "user", content: "x ".repeat(40_000) }] });
    if (!(response instanceof Response)) throw new Error("answered");
    expect((await errorOf(response, 400, "context_length_exceeded")).message).toContain("8192");
  });

  test("is listed among the models with its largest context", async () => {
    const { url } = await setUp(["tiny", "a/small"], {});
    const list = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string; max_model_len: number }[] };
    expect(list.data.map(({ id, max_model_len }) => [id, max_model_len])).toEqual([
      ["tiny", 4096],
      ["chat", 8192],
    ]);
  });
});
