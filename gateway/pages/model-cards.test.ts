import { expect, test } from "vitest";
import { ModelList } from "../../contracts/api/models.ts";
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
    },
  ]);
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
