import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { ModelList } from "../../contracts/api/models.ts";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { errorOf, startTestGateway, testConfig } from "../test/test-gateway.ts";

test("lists the models with the weights and the context that the engines report", async () => {
  const { url } = await startTestGateway({ engines: [{ contextTokens: 2048 }] });
  const list = ModelList.parse(await (await fetch(`${url}/v1/models`)).json());
  expect(list.data).toEqual([
    {
      id: "tiny",
      object: "model",
      created: expect.any(Number),
      owned_by: "sluice",
      root: "maker/tiny-weights",
      max_model_len: 2048,
      capabilities: ["tools", "json-schema", "logprobs", "embeddings", "completions"],
    },
  ]);
});

// documented: models-capabilities
test("says of each model whether it reads images, calls tools and takes a reasoning effort", async () => {
  const [model] = testConfig().models;
  const models = [model!, { ...model!, id: "seeing", seesImages: true, callsTools: false, takesReasoningEffort: true }];
  const { url } = await startTestGateway({ config: { models } });
  const list = ModelList.parse(await (await fetch(`${url}/v1/models`)).json());
  const can = list.data.map(({ id, capabilities }) => [
    id,
    capabilities?.filter((one) => /vision|tools|reasoning/.test(one)),
  ]);
  expect(can).toEqual([
    ["tiny", ["tools"]],
    ["seeing", ["vision", "reasoning"]],
  ]);
});

test("says what the caller is charged for a pool: with the markup of its plan", async () => {
  const models = testConfig().models.map((model) => ({
    ...model,
    price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
  }));
  const markups = [{ plan: "partner", percent: 10 }];
  const { url, keys } = await startTestGateway({ config: { auth: "optional", models, markups } });
  const { keyId, hash, secret } = newApiKey();
  keys.set(keyId, { keyId, hash, name: "a", plan: "partner", createdAt: "2026-01-01T00:00:00Z" });
  const priceFor = async (headers: Readonly<Record<string, string>> = {}) =>
    ModelList.parse(await (await fetch(`${url}/v1/models`, { headers })).json()).data[0]?.price;
  expect(await priceFor()).toEqual({ input_usd_per_million: 1, output_usd_per_million: 2 });
  expect(await priceFor({ authorization: `Bearer ${secret}` })).toEqual({
    input_usd_per_million: 1.1,
    output_usd_per_million: 2.2,
  });
});

test("an engine that reports more context than configured does not raise it", async () => {
  const { url } = await startTestGateway({ engines: [{ contextTokens: 99_999 }] });
  expect(await (await fetch(`${url}/v1/models/tiny`)).json()).toMatchObject({ max_model_len: 4096 });
});

test("lists a model whose engines are not there yet, as configured", async () => {
  const { url } = await startTestGateway({ engines: [] });
  expect(await (await fetch(`${url}/v1/models/tiny`)).json()).toMatchObject({
    id: "tiny",
    root: "tiny",
    max_model_len: 4096,
  });
});

test("finds an id that is percent-encoded, and one with slashes", async () => {
  const [model] = testConfig().models;
  const { url } = await startTestGateway({ config: { models: [{ ...model!, id: "maker/tiny v2" }] } });
  for (const path of ["maker%2Ftiny%20v2", "maker/tiny%20v2"])
    expect(await (await fetch(`${url}/v1/models/${path}`)).json()).toMatchObject({ id: "maker/tiny v2" });
});

test("an unknown id is 404 model_not_found, broken encoding 404 not_found", async () => {
  const { url } = await startTestGateway();
  await errorOf(await fetch(`${url}/v1/models/gpt-9`), 404, "model_not_found");
  await errorOf(await fetch(`${url}/v1/models/__proto__`), 404, "model_not_found");
  await errorOf(await fetch(`${url}/v1/models/%E0%A4%A`), 404, "not_found");
});

test("are found by names with slashes, written out or encoded", async () => {
  const config = { models: testConfig().models.map((model) => ({ ...model, id: "org/deep/name" })) };
  const { url } = await startTestGateway({ config });
  for (const name of ["org/deep/name", "org%2Fdeep%2Fname"])
    expect(await (await fetch(`${url}/v1/models/${name}`)).json()).toMatchObject({ id: "org/deep/name" });
});

test("have Anthropic's form, in pages, for its SDK, whose key is taken from x-api-key", async () => {
  const config = {
    auth: "required" as const,
    models: ["a", "b", "c"].map((id) => ({ ...testConfig().models[0], id })) as never,
  };
  const { url, keys } = await startTestGateway({ config });
  const key = newApiKey();
  const item = { keyId: key.keyId, hash: key.hash, name: "a", plan: "standard", createdAt: "2026-01-01T00:00:00Z" };
  keys.set(key.keyId, item);
  const anthropic = new Anthropic({ baseURL: url, apiKey: key.secret, maxRetries: 0 });
  const ids: string[] = [];
  for await (const model of anthropic.models.list({ limit: 2 })) ids.push(model.id);
  expect(ids).toEqual(["a", "b", "c"]);
  const model = await anthropic.models.retrieve("b");
  expect(model).toMatchObject({ type: "model", id: "b", display_name: "b" });
  expect(new Date(model.created_at).getTime()).toBeGreaterThan(0);
  const first = await anthropic.models.list({ limit: 1 });
  expect(first).toMatchObject({ has_more: true, first_id: "a", last_id: "a" });
  expect((await anthropic.models.list({ before_id: "c", limit: 1 })).data).toMatchObject([{ id: "b" }]);
  expect((await anthropic.models.list({ after_id: "a", limit: 1 })).data).toMatchObject([{ id: "b" }]);
  const headers = { "x-api-key": key.secret };
  for (const query of [
    "after_id=x",
    "before_id=x",
    "after_id=",
    "limit=0",
    "limit=0x10",
    "limit=1001",
    "limit=1&limit=1",
  ]) {
    const wrong = await fetch(`${url}/v1/models?${query}`, { headers });
    expect([query, wrong.status]).toEqual([query, 400]);
    expect(await wrong.text()).toContain(`\`${query.split("=")[0]}\` must `);
  }
});
