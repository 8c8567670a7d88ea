import { expect, test } from "vitest";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { provide } from "../test/provider-fixture.ts";
import { errorOf, post, startTestGateway } from "../test/test-gateway.ts";

test.each([
  ["/tokenize", { prompt: "Hello" }],
  ["/detokenize", { tokens: [1, 2] }],
])("%s for a provider's model is 400, with the reason and the models that can tokenize", async (path, fields) => {
  const { origin, received } = await provide();
  const config = {
    // With every other capability, so that none of them is taken for a tokenizer.
    providers: [
      providerConfig("p", origin, {
        models: {
          small: {
            contextTokens: 8192,
            capabilities: ["completions", "tools", "embeddings"],
            inputUsdPerMillion: 1,
            outputUsdPerMillion: 2,
          },
        },
      }),
    ],
    routes: [routeConfig("chat", ["p/small"]), routeConfig("mixed", ["p/small=100", "tiny=1"])],
  };
  const { url } = await startTestGateway({ config });
  const error = await errorOf(await post(url, path, { model: "chat", ...fields }), 400, "invalid_request");
  expect(error.param).toBe("model");
  expect(error.message).toMatch(/can tokenize: .*Use a model of our own pools, or .*count_tokens/);
  expect(error.message).not.toContain("embeddings");
  const own = await post(url, path, { model: "mixed", ...fields });
  expect([own.status, own.headers.get("x-sluice-target")]).toEqual([200, "tiny"]);
  expect(received).toEqual([]);
});
