import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { ModerationResponse } from "../../contracts/api/moderations.ts";
import type { UseLimit } from "../../contracts/limits/use-limit.ts";
import { createKey } from "../../domain/keys/key-item.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { MemoryLimitStore } from "../limits/memory-limit-store.ts";
import { storedLimits } from "../test/limited-gateway.ts";
import { errorOf, post, startTestGateway } from "../test/test-gateway.ts";

const RESPONSE = {
  id: "modr-1",
  model: "omni-moderation-latest",
  results: [
    {
      flagged: true,
      categories: { harassment: true, violence: false, illicit: null },
      category_scores: { harassment: 0.91, violence: 0.01, illicit: 0.02 },
      category_applied_input_types: { harassment: ["text"], violence: ["text", "image"], illicit: ["text"] },
    },
  ],
};

/** A gateway with a provider that sends this response. */
async function moderating(response: unknown = RESPONSE) {
  const received: { path: string | undefined; body: unknown }[] = [];
  const server = createServer(async (request, serverResponse) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    received.push({ path: request.url, body: JSON.parse(text) });
    serverResponse.setHeader("content-type", "application/json");
    serverResponse.end(JSON.stringify(response));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const model = { contextTokens: 32_768, inputUsdPerMillion: 0, outputUsdPerMillion: 0 };
  const models = {
    "omni-moderation-latest": { ...model, capabilities: ["moderations"] },
    chat: { ...model, capabilities: ["tools"] },
  };
  const gateway = await startTestGateway({
    limitStore: new MemoryLimitStore({ wallClock: () => 0 }),
    config: {
      auth: "optional",
      providers: [providerConfig("p", origin, { models })],
      routes: [
        routeConfig("moderation", ["p/omni-moderation-latest"]),
        routeConfig("chat", ["p/chat"]),
        routeConfig("mixed", ["p/chat=1", "tiny=1", "p/omni-moderation-latest=1"]),
      ],
      cache: { ttlSeconds: 60, routeTtlSeconds: {}, memoryMiB: 1, semantic: null },
    },
  });
  const send = (fields: Record<string, unknown>, headers: Record<string, string> = {}) =>
    post(gateway.url, "/v1/moderations", { model: "moderation", input: "I hate you.", ...fields }, headers);
  return { ...gateway, received, send };
}

describe("a moderation", () => {
  test.each([
    ["a text", "I hate you."],
    ["several texts", ["a", "b"]],
    [
      "parts of text and images",
      [
        { type: "text", text: "a" },
        { type: "image_url", image_url: { url: "https://example.com/a.png" } },
      ],
    ],
  ])("of %s is the provider's own, under the provider's name of the model", async (_, input) => {
    const { send, received, requestLine } = await moderating();
    const response = await send({ input });
    expect(response.status).toBe(200);
    const body: unknown = await response.json();
    expect(body).toEqual(RESPONSE);
    expect(ModerationResponse.safeParse(body).error).toBeUndefined();
    expect(received).toEqual([{ path: "/v1/moderations", body: { model: "omni-moderation-latest", input } }]);
    expect(await requestLine()).toMatchObject({ route: "/v1/moderations", model: "moderation", stream: false });
  });

  test("is served by the one target with the capability, whatever the weights of the other targets", async () => {
    const { send, engines } = await moderating();
    for (let index = 0; index < 8; index++) {
      const response = await send({ model: "mixed" });
      expect(response.headers.get("x-sluice-target")).toBe("p/omni-moderation-latest");
    }
    expect(engines[0]?.received).toEqual([]);
  });

  test.each(["chat", "tiny"])(
    "of the model %s, which has no such target, is 404 and names what is missing",
    async (model) => {
      const { send, received } = await moderating();
      const error = await errorOf(await send({ model }), 404, "model_not_found");
      expect(error).toMatchObject({ param: "model", message: expect.stringContaining("`moderations`") });
      expect(received).toEqual([]);
    },
  );

  test("counts as a request with the tokens of its input", async () => {
    const { send, keys, received } = await moderating();
    const { item, secret } = createKey({ name: "k", plan: "standard", createdAt: new Date() });
    const status = async (...limits: readonly UseLimit[]) => {
      keys.set(item.keyId, { ...item, limits: [storedLimits({ scope: "key", subject: item.keyId }, limits)] });
      return (await send({}, { authorization: `Bearer ${secret}` })).status;
    };
    const once = { metric: "requests", window: "minute", max: 1 } as const;
    expect([await status(once), await status(once)]).toEqual([200, 429]);
    const tokens = { metric: "input_tokens", window: "minute", max: 1000 } as const;
    expect(await status(tokens)).toBe(200);
    // The whole estimate of the first one counts, as a moderation names no usage.
    expect(await status({ ...tokens, max: 15 })).toBe(429);
    expect(received).toHaveLength(2);
  });

  test("is never stored, also where the client requests it", async () => {
    const { send, received } = await moderating();
    for (let index = 0; index < 2; index++) {
      const response = await send({}, { "x-sluice-cache": "on" });
      expect(response.headers.get("x-sluice-cache")).toBe("bypass");
    }
    expect(received).toHaveLength(2);
  });

  test("without results is the provider's failure", async () => {
    const { send } = await moderating({ id: "modr-1", choices: [] });
    await errorOf(await send({}), 502, "upstream_error");
  });

  test.each([
    ["no input", { input: undefined }, "input"],
    ["an empty list", { input: [] }, "input"],
    ["a part of a kind that is not known", { input: [{ type: "video" }] }, "input[0].type"],
  ])("of %s is 400 and names the field", async (_, fields, param) => {
    const { send } = await moderating();
    expect((await errorOf(await send(fields), 400, "invalid_request")).param).toBe(param);
  });
});
