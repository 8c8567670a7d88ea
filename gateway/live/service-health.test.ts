import { describe, expect, onTestFinished, test } from "vitest";
import { ServiceHealth } from "../../contracts/live/service-health.ts";
import { createKey } from "../../domain/keys/key-item.ts";
import { FAKE_ENGINE_VERSION } from "../../test-support/fake-engine.ts";
import { noRedisServer, startRedisServer } from "../../test-support/redis-server.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { chat, errorOf, post, startTestGateway, type TestGatewayOptions } from "../test/test-gateway.ts";
import { PART_MS, PARTS } from "./recent-requests.ts";
import { ThreadBus } from "./thread-bus.ts";
import { ValkeyBus } from "./valkey-bus.ts";

const CHAT = "/v1/chat/completions";
const LOAD = { running: 3, waiting: 1, kvCacheUsage: 0.42, startedAt: 1_700_000_000 };

async function start(liveBus: ValkeyBus | ThreadBus | undefined, options: TestGatewayOptions = {}) {
  const gateway = await startTestGateway({
    config: { auth: "required", requestsPerMinutePerIp: 1_000_000 },
    model: { maxRequestsPerEngine: 4 },
    engines: [{ load: LOAD }],
    ...options,
    liveBus,
  });
  const keyOf = (scopes: ("observe" | "admin")[] | undefined) => {
    const made = createKey({ name: "k", plan: "standard", createdAt: new Date(), ...(scopes && { scopes }) });
    gateway.keys.set(made.item.keyId, made.item);
    return `Bearer ${made.secret}`;
  };
  const [caller, observer, operator] = [keyOf(undefined), keyOf(["observe"]), keyOf(["admin"])];
  const call = (authorization: string, path: string, method = "GET") =>
    fetch(`${gateway.url}/admin${path}`, { method, headers: { authorization } });
  const health = async () => ServiceHealth.parse(await (await call(observer, "/health")).json());
  const modelHealth = async () => (await health()).models.find(({ model }) => model === "tiny") ?? expect.fail("tiny");
  const send = (fields: Readonly<Record<string, unknown>> = {}) => {
    const body = chat({ messages: [{ role: "user", content: "a secret prompt" }], ...fields });
    return post(gateway.url, CHAT, body, { authorization: caller });
  };
  return { ...gateway, caller, observer, operator, call, health, modelHealth, send };
}

describe("the health of the service", () => {
  // documented: service-health
  test("has each engine's state, load and version, the requests and failures of a model, and its percentiles", async () => {
    const gateway = await start(undefined, { engines: [{ load: LOAD }, { health: "loading" }] });
    const { engines, health, modelHealth, send } = gateway;
    await eventually(async () => expect((await modelHealth()).slots).toBe(4));
    for (let count = 0; count < 3; count += 1) expect((await send({ stream: true })).status).toBe(200);
    const found = await eventually(async () => {
      const model = await modelHealth();
      expect(model.requests).toBe(3);
      return model;
    });
    expect(found).toMatchObject({ queued: 0, slotsUsed: 0, failures: 0 });
    expect(found.latencyMs?.p95).toBeGreaterThanOrEqual(found.latencyMs?.p50 ?? Number.NaN);
    expect(found.firstTokenMs?.p50).toBeGreaterThan(0);
    expect(found.history).toHaveLength(PARTS);
    expect(found.history.reduce((sum, { requests }) => sum + requests, 0)).toBe(3);
    expect(found.engines).toMatchObject([
      {
        state: "ready",
        breaker: "closed",
        slots: 4,
        running: 3,
        waiting: 1,
        kvCacheUsage: 0.42,
        weights: "maker/tiny-weights",
        version: FAKE_ENGINE_VERSION,
      },
      { state: "starting", running: null, kvCacheUsage: null, version: null },
    ]);
    await engines[0]?.stop();
    await eventually(async () => expect((await modelHealth()).engines[0]?.state).toBe("failed"));
    const response = await send();
    expect(response.status).toBeGreaterThanOrEqual(500);
    await eventually(async () => expect((await modelHealth()).failures).toBe(1));
    const all = await health();
    expect(all.gateways).toMatchObject([{ configDigest: expect.stringMatching(/^[0-9a-f]{12}$/), inProgress: 0 }]);
    expect(JSON.stringify(all)).not.toMatch(/secret prompt|Bearer|sk-/);
  });

  test("shows what waits and the slots in use while the engines are full", async () => {
    const { modelHealth, send } = await start(undefined, { engines: [{ mode: "hang" }] });
    await eventually(async () => expect((await modelHealth()).slots).toBe(4));
    const sent = Array.from({ length: 6 }, () => send());
    onTestFinished(async () => void (await Promise.allSettled(sent)));
    await eventually(async () => expect(await modelHealth()).toMatchObject({ queued: 2, slotsUsed: 4, slots: 4 }));
  });

  test("adds up the threads of one process, and a part of the window that is over no longer counts", async () => {
    let now = Date.now();
    const wallClock = () => now;
    const gateways = await Promise.all([1, 2].map(() => start(new ThreadBus("health-1", 2), { wallClock })));
    const [first, second] = gateways;
    if (first === undefined || second === undefined) throw new Error("two were started");
    await Promise.all([first.send(), first.send(), second.send()]);
    await eventually(async () => expect((await first.modelHealth()).requests).toBe(3));
    expect(await first.health()).toMatchObject({ reach: "this-gateway", isComplete: true });
    const digests = new Set((await first.health()).gateways.map(({ configDigest }) => configDigest));
    expect(digests.size).toBe(1);
    now += PART_MS * PARTS;
    expect(await second.modelHealth()).toMatchObject({ requests: 0, latencyMs: null });
  });

  test.skipIf(noRedisServer !== undefined)("is that of all gateways that share a Valkey", async () => {
    const redis = await startRedisServer();
    onTestFinished(() => redis.stop());
    const gateways = await Promise.all([1, 2, 3].map(() => start(new ValkeyBus(redis.url))));
    await Promise.all(gateways.map(({ send }) => send()));
    await eventually(async () => {
      const health = await gateways[0]?.health();
      expect(health).toMatchObject({ reach: "all-gateways", isComplete: true });
      expect(health?.gateways).toHaveLength(3);
      expect(health?.models.find(({ model }) => model === "tiny")?.requests).toBe(3);
    });
  });

  test("is for keys with the scope observe or admin, and observe permits nothing else", async () => {
    const { call, caller, observer, operator, send } = await start(undefined);
    await errorOf(await call(caller, "/health"), 403, "permission_denied");
    expect((await call(operator, "/health")).status).toBe(200);
    expect((await call(observer, "/health")).status).toBe(200);
    await errorOf(await call(observer, "/requests"), 403, "permission_denied");
    await errorOf(await call(observer, "/providers"), 403, "permission_denied");
    await errorOf(await call(observer, "/requests/req_1/stop", "POST"), 403, "permission_denied");
    expect((await send()).status).toBe(200);
  });
});
