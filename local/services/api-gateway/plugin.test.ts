import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../template/json.ts";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import { methodSettings, restApi, stage } from "./plugin.ts";

const API = "dev-serving-Api";
const apiResource = resource("aws_api_gateway_rest_api", "Api");
const stageResource = resource("aws_api_gateway_stage", "Stage", { stage_name: "live" });
const stageConfig = { rest_api_id: API, stage_name: "live" };

/** A runtime with the REST API of this OpenAPI document. */
async function withApi(document: JsonObject = {}) {
  const runtime = emptyRuntime();
  await restApi.start?.({ body: JSON.stringify(document) }, apiResource, runtime);
  return runtime;
}

describe("a REST API's stage", () => {
  test("is served with its name, and its address is the API's port", async () => {
    const runtime = await withApi();
    await stage.start?.(stageConfig, stageResource, runtime);
    expect(runtime.apiGateway.stage).toBeDefined();
    expect(stage.attributes?.(stageResource, runtime)).toMatchObject({ invoke_url: "http://127.0.0.1:8080/live" });
  });

  test("of an unknown API, or a second one, is refused by its address", async () => {
    const runtime = await withApi();
    const start = async (config: JsonObject) => stage.start?.(config, stageResource, runtime);
    await expect(start({ ...stageConfig, rest_api_id: "gone" })).rejects.toThrow(
      "aws_api_gateway_stage.Stage: there is no REST API gone",
    );
    await start(stageConfig);
    await expect(start(stageConfig)).rejects.toThrow("the twin serves one REST API stage, this is a second one");
  });

  test("whose authorizer is no function of the stacks is refused by the scheme's name", async () => {
    const authorizerUri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:gone/invocations";
    const keys = { type: "apiKey", "x-amazon-apigateway-authorizer": { type: "request", authorizerUri } };
    const runtime = await withApi({ components: { securitySchemes: { keys } } });
    await expect(async () => stage.start?.(stageConfig, stageResource, runtime)).rejects.toThrow(
      "the authorizer keys names no function of the stacks",
    );
  });
});

describe("method settings", () => {
  const settings = resource("aws_api_gateway_method_settings", "Throttle");
  const limits = { throttling_rate_limit: 1, throttling_burst_limit: 2 };

  test("of all methods are the stage's throttle", async () => {
    const runtime = emptyRuntime();
    await methodSettings.start?.({ ...stageConfig, method_path: "*/*", settings: [limits] }, settings, runtime);
    const throttle = runtime.apiGateway.stageThrottles.get(`${API}/live`);
    expect([throttle?.take(), throttle?.take(), throttle?.take()]).toEqual([true, true, false]);
  });

  test("without a limit are no throttle, and those of one method are refused", async () => {
    const runtime = emptyRuntime();
    await methodSettings.start?.({ ...stageConfig, method_path: "*/*", settings: {} }, settings, runtime);
    expect(runtime.apiGateway.stageThrottles.size).toBe(0);
    const one = { ...stageConfig, method_path: "v1/models/GET", settings: limits };
    expect(() => methodSettings.start?.(one, settings, runtime)).toThrow(
      'Throttle: the twin knows method_path "*/*" only',
    );
  });
});
