import { afterEach, describe, expect, test } from "vitest";
import dev from "../environments/dev.ts";
import type { Environment } from "../environments/schema.ts";
import { type FakeEngine, type FakeEngineBehaviour, startFakeEngine } from "../test-support/fake-engine.ts";
import { OUTSIDE_PROVIDER } from "../test-support/outside-provider.ts";
import { startedTwin } from "./test/started-twin.ts";
import type { Twin } from "./twin.ts";

/**
 * What is changed in an environment file changes what runs here: synthesis, twin and processes are real. A slow server
 * stands in for the model (`SLUICE_ENGINE_URL`), because a timeout needs an engine that is late on purpose.
 */
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

function started(environment: Environment, engineUrl: string): Promise<Twin> {
  return startedTwin(environment, { SLUICE_ENGINE_URL: engineUrl });
}

async function engineServer(behaviour: Partial<FakeEngineBehaviour> = {}): Promise<FakeEngine> {
  const engine = await startFakeEngine(behaviour);
  open.push(() => engine.stop());
  return engine;
}

const complete = (twin: Twin, path = "/v1/completions") =>
  fetch(`${twin.world.settings.apiUrl}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "phi-3-mini", prompt: "x", max_tokens: 4 }),
  });

describe("a changed environment file", () => {
  test("a lower limit per address blocks earlier, at the web ACL", async () => {
    const engine = await engineServer();
    const twin = await started({ ...dev, api: { ...dev.api, requestsPerMinutePerIp: 10 } }, engine.origin);
    const statuses: number[] = [];
    for (let count = 0; count < 12; count++)
      statuses.push((await fetch(`${twin.world.settings.apiUrl}/health`)).status);
    expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);
  });

  test("a shorter time limit answers 504 for an engine that was in time before", async () => {
    const engine = await engineServer({ firstByteMs: 1500, headersEarly: false });
    const patient = await started(dev, engine.origin);
    expect((await complete(patient)).status).toBe(200);
    const hasty = await started(
      { ...dev, api: { ...dev.api, timeouts: { firstByteSeconds: 0.5, totalSeconds: 0.5, idleSeconds: 30 } } },
      engine.origin,
    );
    const late = await complete(hasty);
    expect(late.status).toBe(504);
    expect(await late.json()).toMatchObject({ error: { code: "timeout" } });
  });

  test("auth: required turns keyless requests away and leaves /health open", async () => {
    const engine = await engineServer();
    const twin = await started({ ...dev, api: { ...dev.api, auth: "required" } }, engine.origin);
    const refused = await complete(twin);
    expect(refused.status).toBe(401);
    expect((await fetch(`${twin.world.settings.apiUrl}/health`)).status).toBe(200);
  });

  test("auth: off needs no authorizer, and takes any header for nothing", async () => {
    const engine = await engineServer();
    const twin = await started({ ...dev, api: { ...dev.api, auth: "off" } }, engine.origin);
    expect([...twin.world.lambdas.keys()].filter((arn) => arn.includes("Authorizer"))).toEqual([]);
    const models = await fetch(`${twin.world.settings.apiUrl}/v1/models`, { headers: { authorization: "Bearer x" } });
    expect(models.status).toBe(200);
  });

  test("a spent usage plan is answered 429 before anything is asked of a gateway", async () => {
    const engine = await engineServer();
    const usagePlans = {
      ...dev.api.usagePlans,
      anonymous: { requestsPerSecond: 0.1, burst: 2, requestsPerMonth: null },
    };
    const twin = await started({ ...dev, api: { ...dev.api, usagePlans } }, engine.origin);
    const statuses = [await complete(twin), await complete(twin), await complete(twin)].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  test("a provider outside AWS, which brings NAT gateways there, leaves this machine as it was", async () => {
    const engine = await engineServer();
    const twin = await started({ ...dev, providers: { example: OUTSIDE_PROVIDER } }, engine.origin);
    expect(twin.leftOut.map(({ type }) => type)).toEqual(expect.arrayContaining(["aws_eip", "aws_nat_gateway"]));
    expect((await complete(twin)).status).toBe(200);
  });

  test("a third gateway and a second pool are started as declared", async () => {
    const engine = await engineServer();
    const pools = { ...dev.pools, second: dev.pools["phi-3-mini"] };
    const gateways = { ...dev.gateways, minInstances: 3, maxInstances: 3 };
    const twin = await started({ ...dev, gateways, pools }, engine.origin);
    const counts = twin.world.groups.map(({ name, instances }) => [name, instances.length]);
    expect(Object.fromEntries(counts)).toEqual({ gateway: 3, "engine-phi-3-mini": 1, "engine-second": 1 });
  });
});
