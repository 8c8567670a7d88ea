import { describe, expect, onTestFinished, test } from "vitest";
import { startFakeServer } from "../../test-support/fake-server.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { jsonOf, startAdminGateway, withProviders } from "../test/admin-gateway.ts";
import { chat, errorOf, post } from "../test/test-gateway.ts";

describe("an operator", () => {
  // documented: target-switched-by-hand
  test("drains a target and forces another by hand, and takes it back", async () => {
    const { b, config } = await withProviders();
    const both = {
      providers: [...config.providers, providerConfig("b", b.origin)],
      routes: [routeConfig("chat", ["a/small=1", "b/small=0"])],
    };
    const { call, send } = await startAdminGateway({ config: both });
    expect(await send()).toBe("a/small");
    await call("POST", "/admin/routes/chat/override", { force: null, drain: ["a/small"] });
    expect(await send()).toBe("b/small");
    await call("POST", "/admin/routes/chat/override", { force: "a/small", drain: [] });
    expect(await send()).toBe("a/small");
    await call("POST", "/admin/routes/chat/override", { force: "b/small", drain: [] });
    expect(await send()).toBe("b/small");
    expect((await call("DELETE", "/admin/routes/chat/override")).status).toBe(200);
    expect(await send()).toBe("a/small");
  });

  // documented: target-overview
  test("sees each target's health, latency and spend", async () => {
    const { a, config } = await withProviders();
    const { call, send } = await startAdminGateway({ config });
    await send();
    a.behaviour.fault = { status: 500 };
    for (let index = 0; index < 3; index++) await send();
    const { data } = (await jsonOf(call("GET", "/admin/targets"))) as { data: Record<string, unknown>[] };
    expect(data.map(({ id }) => id)).toEqual(["tiny", "a/small"]);
    expect(data[1]).toMatchObject({
      kind: "provider",
      available: false,
      latencyMs: expect.any(Number),
      spendUsd: expect.closeTo((7 * 1 + 3 * 2) / 1e6),
      routes: ["chat"],
      upstreams: [{ id: "a", breaker: "open" }],
    });
  });

  test("sees as failures the streams that broke off or ended too early, and none that its client left", async () => {
    const { a, config } = await withProviders();
    const { call, url } = await startAdminGateway({ config });
    const stream = (init?: RequestInit) =>
      post(url, "/v1/chat/completions", chat({ model: "chat", stream: true }), {}, init);
    for (const fault of ["reset-in-stream", "malformed-in-stream", undefined] as const) {
      a.behaviour.fault = fault;
      await (await stream()).text();
    }
    Object.assign(a.behaviour, { fault: "slow-drip", tokens: 100 });
    const leaving = new AbortController();
    await (await stream({ signal: leaving.signal })).body?.getReader().read();
    leaving.abort();
    await eventually(() => expect(a.received.at(-1)?.aborted).toBe(true));
    const { data } = (await jsonOf(call("GET", "/admin/targets"))) as { data: Record<string, unknown>[] };
    expect(data[1]).toMatchObject({ id: "a/small", requests: 4, failures: 2 });
  });

  // documented: provider-connection-test
  test("tries a provider's connection: its models, or what is in the way", async () => {
    const { a, config } = await withProviders();
    const blocked = providerConfig("inner", "http://192.168.0.1", { allowPrivateHosts: [] });
    const { call } = await startAdminGateway({ config: { ...config, providers: [...config.providers, blocked] } });
    const check = (name: string) => jsonOf(call("POST", `/admin/providers/${name}/test`));
    expect(await check("a")).toMatchObject({ ok: true, status: 200, models: ["small"] });
    a.behaviour.key = "other";
    expect(await check("a")).toMatchObject({ ok: false, status: 401, problem: expect.stringContaining("key") });
    expect(await check("inner")).toMatchObject({ ok: false, problem: expect.stringContaining("not public") });
    await a.stop();
    expect(await check("a")).toMatchObject({ ok: false, problem: expect.stringContaining("ECONNREFUSED") });
    await errorOf(await call("POST", "/admin/providers/nobody/test"), 404, "not_found");
  });

  test("sees where a provider that redirects points to, without what may be a credential there", async () => {
    const { config } = await withProviders();
    const moved = await startFakeServer((_request, response) => {
      response.writeHead(301, { location: "https://user:secret@api.example.com/v1/models?key=secret" }).end();
    });
    onTestFinished(() => moved.stop());
    const providers = [...config.providers, providerConfig("moved", moved.origin)];
    const { call } = await startAdminGateway({ config: { ...config, providers } });
    const { problem } = (await jsonOf(call("POST", "/admin/providers/moved/test"))) as { problem: string };
    expect(problem).toMatch(
      /^It responded 301 to GET \S+, and points to https:\/\/api\.example\.com\/v1\/models; check/,
    );
    expect(problem).not.toContain("secret");
  });

  test("sees also where a redirect of the same host points to", async () => {
    const { config } = await withProviders();
    const moved = await startFakeServer((_request, response) => {
      response.writeHead(308, { location: "/v2/models?key=secret" }).end();
    });
    onTestFinished(() => moved.stop());
    const providers = [...config.providers, providerConfig("moved", moved.origin)];
    const { call } = await startAdminGateway({ config: { ...config, providers } });
    const { problem } = (await jsonOf(call("POST", "/admin/providers/moved/test"))) as { problem: string };
    expect(problem).toContain(`and points to ${moved.origin}/v2/models;`);
  });

  // documented: failing-provider-avoided
  test("sends no new requests to a provider whose health check fails, until it is healthy again", async () => {
    const { a, b, config } = await withProviders();
    const healthCheck = { path: "/healthz", intervalSeconds: 1 };
    const { send } = await startAdminGateway({
      config: {
        providers: [providerConfig("a", a.origin, { healthCheck }), providerConfig("b", b.origin)],
        routes: [routeConfig("chat", ["a/small"], { fallbacks: ["b/small"] })],
      },
    });
    expect(config.routes).toHaveLength(1);
    expect(await send()).toBe("a/small");
    a.behaviour.fault = { status: 503 };
    await eventually(() => expect(a.otherPaths.length).toBeGreaterThan(3));
    const before = a.received.length;
    expect(await send()).toBe("b/small");
    expect(a.received.length).toBe(before);
    a.behaviour.fault = undefined;
    await eventually(async () => expect(await send()).toBe("a/small"));
  });
});
