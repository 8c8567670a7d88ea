import { expect, test } from "vitest";
import { Health } from "../../contracts/api/health.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { startTestGateway, testConfig } from "../test/test-gateway.ts";

const read = async (url: string) => {
  const response = await fetch(`${url}/health`);
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after"),
    body: Health.parse(await response.json()),
  };
};

// documented: health-with-engines
test("is 200 with each model's engines when a model can serve", async () => {
  const { url } = await startTestGateway({ engines: [{}, { health: "loading" }] });
  expect(await read(url)).toEqual({
    status: 200,
    retryAfter: null,
    body: {
      status: "ready",
      environment: "test",
      version: "0.0.0",
      models: [{ id: "tiny", ready: true, engines: { known: 2, ready: 1 } }],
    },
  });
});

// documented: health-model-readiness
test("is 503 with Retry-After while no model can serve, and 200 as soon as an engine has loaded", async () => {
  const { url, engines } = await startTestGateway({ engines: [{ health: "loading" }] });
  expect(await read(url)).toMatchObject({ status: 503, retryAfter: "30", body: { status: "unavailable" } });
  engines[0]!.behaviour.health = "ready";
  await eventually(async () => expect(await read(url)).toMatchObject({ status: 200, body: { status: "ready" } }));
});

test("lists no engines where there are none", async () => {
  const { url } = await startTestGateway({ engines: [] });
  expect((await read(url)).body.models).toEqual([{ id: "tiny", ready: false, engines: { known: 0, ready: 0 } }]);
});

// documented: health-degraded
test("is degraded, and still 200, when one of two models can serve", async () => {
  const [tiny] = testConfig().models;
  const models = [tiny!, { ...tiny!, id: "large", targetGroupArn: "arn:large" }];
  const { url, discovery } = await startTestGateway({ config: { models } });
  expect(await read(url)).toMatchObject({ body: { status: "ready" } });
  discovery.discover = async (...arn: unknown[]) => (arn[0] === "arn:tiny" ? discovery.engines : []);
  await eventually(async () =>
    expect(await read(url)).toMatchObject({
      status: 200,
      body: {
        status: "degraded",
        models: [
          { id: "tiny", ready: true },
          { id: "large", ready: false },
        ],
      },
    }),
  );
});
