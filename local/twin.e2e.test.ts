import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { loadEnvironment } from "../environments/load.ts";
import type { Environment } from "../settings/environment.ts";
import { type FakeEngine, type FakeEngineBehaviour, startFakeEngine } from "../test-support/fake-engine.ts";
import { OUTSIDE_PROVIDER } from "../test-support/outside-provider.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { firstRequest } from "./first-request.ts";
import { startedTwin } from "./test/started-twin.ts";
import type { Twin } from "./twin.ts";

const dev = await loadEnvironment("dev");

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
  fetch(`${twin.runtime.settings.apiUrl}${path}`, {
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
      statuses.push((await fetch(`${twin.runtime.settings.apiUrl}/health`)).status);
    expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);
  });

  // documented: time-limit-504
  test("with a shorter time limit, an engine that was in time before is 504", async () => {
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
    expect((await fetch(`${twin.runtime.settings.apiUrl}/health`)).status).toBe(200);
  });

  test("auth: off needs no authorizer, and ignores any key header", async () => {
    const engine = await engineServer();
    const twin = await started({ ...dev, api: { ...dev.api, auth: "off" } }, engine.origin);
    expect([...twin.runtime.lambda.functions.keys()].filter((arn) => arn.includes("Authorizer"))).toEqual([]);
    const models = await fetch(`${twin.runtime.settings.apiUrl}/v1/models`, { headers: { authorization: "Bearer x" } });
    expect(models.status).toBe(200);
  });

  test("a spent usage plan is 429 before a gateway gets a request", async () => {
    const engine = await engineServer();
    const usagePlans = {
      ...dev.api.usagePlans,
      anonymous: { requestsPerSecond: 0.1, burst: 2, requestsPerMonth: null },
    };
    const twin = await started({ ...dev, api: { ...dev.api, usagePlans } }, engine.origin);
    const statuses = [await complete(twin), await complete(twin), await complete(twin)].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  test("a provider outside AWS, which brings NAT gateways there, changes nothing on this machine", async () => {
    const engine = await engineServer();
    const twin = await started({ ...dev, providers: { example: OUTSIDE_PROVIDER } }, engine.origin);
    expect(twin.notModelled.map(({ type }) => type)).toEqual(expect.arrayContaining(["aws_eip", "aws_nat_gateway"]));
    expect((await complete(twin)).status).toBe(200);
  });

  test("a third gateway and a second pool are started as declared", async () => {
    const engine = await engineServer();
    const pools = { ...dev.pools, second: dev.pools["phi-3-mini"]! };
    const gateways = { ...dev.gateways, minInstances: 3, maxInstances: 3 };
    const twin = await started({ ...dev, gateways, pools }, engine.origin);
    const counts = twin.runtime.autoScaling.groups.map(({ name, instances }) => [name, instances.length]);
    expect(Object.fromEntries(counts)).toEqual({ gateway: 3, "engine-phi-3-mini": 1, "engine-second": 1 });
  });

  test("entry private serves at the internal load balancer, WebSockets too, and counts by the last hop", async () => {
    const engine = await engineServer();
    const domain = { name: "api.example.com", hostedZoneId: "Z0123456789" };
    const entry = { entry: "private" as const, allowedRanges: ["10.0.0.0/8"], domain, usagePlans: {} };
    const twin = await started({ ...dev, api: { ...dev.api, ...entry, requestsPerMinutePerIp: 10 } }, engine.origin);
    const { apiUrl } = twin.runtime.settings;
    expect(twin.runtime.apiGateway.stage).toBeUndefined();
    expect(twin.runtime.cloudfront.distribution).toBeUndefined();
    expect(twin.runtime.elb.gatewayListener?.isPublic).toBe(false);
    expect(await firstRequest(apiUrl, "phi-3-mini")).not.toBe("");
    const socket = new WebSocket(`${apiUrl.replace("http", "ws")}/v1/chat/completions`);
    open.push(() => socket.terminate());
    await once(socket, "open");
    const rest = await fetch(`${apiUrl}/v1/models`, { headers: { "x-forwarded-for": "203.0.113.9" } });
    expect(rest.headers.get("x-ratelimit-remaining-requests")).toBe("7"); // chat, handshake, models
  });

  test("entry alb serves at a public load balancer, WebSockets too, with the firewall before both", async () => {
    const engine = await engineServer();
    const domain = { name: "api.example.com", hostedZoneId: "Z0123456789" };
    const api = { ...dev.api, entry: "alb" as const, domain, usagePlans: {}, requestsPerMinutePerIp: 10 };
    const twin = await started({ ...dev, api }, engine.origin);
    const { apiUrl } = twin.runtime.settings;
    expect(twin.runtime.apiGateway.stage).toBeUndefined();
    expect(await firstRequest(apiUrl, "phi-3-mini")).not.toBe("");

    const address = `${apiUrl.replace("http", "ws")}/v1/chat/completions`;
    const forged = { "x-forwarded-for": "203.0.113.7", "x-sluice-client-ip": "203.0.113.8" };
    const socket = new WebSocket(address, { headers: forged });
    open.push(() => socket.terminate());
    const received: string[] = [];
    socket.on("message", (data) => received.push(String(data)));
    await once(socket, "open");
    socket.send(JSON.stringify({ model: "phi-3-mini", messages: [{ role: "user", content: "x" }], stream: true }));
    await eventually(() => expect(received.at(-1)).toBe("[DONE]"), { timeoutMs: 20_000 });
    expect(received.some((event) => event.includes("chat.completion.chunk"))).toBe(true);

    // The load balancer's hop counts, not what the client wrote: one count for all of these.
    const rest = await fetch(`${apiUrl}/v1/models`, { headers: { "x-forwarded-for": "203.0.113.9" } });
    expect(rest.headers.get("x-ratelimit-remaining-requests")).toBe("6"); // chat, handshake, chat by the socket, models
    const statuses: number[] = [];
    for (let count = 0; count < 8; count++) statuses.push((await fetch(`${apiUrl}/health`)).status);
    expect(statuses.at(-1)).toBe(429);
    const blocked = new WebSocket(address);
    blocked.on("error", () => undefined);
    const [, response] = await once(blocked, "unexpected-response");
    expect(response.statusCode).toBe(429);
    blocked.terminate();
  });
});
