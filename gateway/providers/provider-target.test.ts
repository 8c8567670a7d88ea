import { describe, expect, test } from "vitest";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { provide } from "../test/provider-fixture.ts";
import { chat, errorOf, post, startTestGateway } from "../test/test-gateway.ts";

const send = (url: string) => post(url, "/v1/chat/completions", chat({ model: "chat" }));

describe("a provider's model", () => {
  // documented: provider-request
  test("gets the request under its own name, with the provider's key and no header of the client's", async () => {
    const provider = await provide({ key: "sk-1" });
    const { url } = await startTestGateway({
      config: {
        providers: [providerConfig("a", `${provider.origin}/openai/v1/`, { credential: { from: "environment" } })],
        routes: [routeConfig("chat", ["a/small"])],
      },
      secrets: {
        secret: () => Promise.reject(new Error()),
        variable: (name) => (name === "SLUICE_PROVIDER_KEY_A" ? "sk-1" : undefined),
      },
    });
    const response = await post(url, "/v1/chat/completions", chat({ model: "chat" }), {
      authorization: "Bearer client",
      cookie: "a=b",
    });
    expect(response.status).toBe(200);
    expect(provider.received[0]).toMatchObject({
      path: "/openai/v1/chat/completions",
      body: { model: "small" },
      headers: { authorization: "Bearer sk-1" },
    });
    expect(provider.received[0]?.headers).not.toHaveProperty("cookie");
  });

  // documented: rotated-key-retried
  test("whose key was rotated is called again at once with the new one", async () => {
    const provider = await provide({ key: "old" });
    let now = 0;
    let secret = "old";
    const { url, logText } = await startTestGateway({
      clock: () => now,
      config: {
        providers: [providerConfig("a", provider.origin, { credential: { from: "secret", secretId: "sluice/a" } })],
        routes: [routeConfig("chat", ["a/small"])],
      },
      secrets: { secret: async () => secret, variable: () => undefined },
    });
    expect((await send(url)).status).toBe(200);
    provider.behaviour.key = "new-key";
    secret = "new-key";
    now = 20_000;
    const response = await send(url);
    expect([response.status, response.headers.get("x-sluice-attempts")]).toEqual([200, "2"]);
    expect(logText()).not.toContain("new-key");
  });

  test("whose key can't be read is not called, and the log has the reason", async () => {
    const provider = await provide();
    const { url, log } = await startTestGateway({
      config: {
        providers: [providerConfig("a", provider.origin, { credential: { from: "secret", secretId: "sluice/a" } })],
        routes: [routeConfig("chat", ["a/small"])],
      },
      secrets: {
        secret: () => Promise.reject(Object.assign(new Error("x"), { name: "ResourceNotFoundException" })),
        variable: () => undefined,
      },
    });
    await errorOf(await send(url), 503, "model_unavailable");
    expect(provider.received).toHaveLength(0);
    expect(log().find(({ msg }) => msg === "provider can't be used")).toMatchObject({
      provider: "a",
      problem: "its secret can't be read (ResourceNotFoundException)",
    });
  });

  // documented: private-address-refused
  test("whose name resolves to a private address is not connected to", async () => {
    const provider = await provide();
    const { url } = await startTestGateway({
      config: {
        providers: [providerConfig("a", `http://api.example.test:${provider.port}`, { allowPrivateHosts: [] })],
        routes: [routeConfig("chat", ["a/small"])],
      },
      lookup: (_host, _options, done) => done(null, [{ address: "127.0.0.1", family: 4 }]),
    });
    await errorOf(await send(url), 503, "model_unavailable");
    expect(provider.received).toHaveLength(0);
  });

  // documented: provider-in-flight-limit
  test("takes as many requests at once as it may, and connections as it may", async () => {
    const provider = await provide({ firstByteMs: 200 });
    const { url } = await startTestGateway({
      config: {
        providers: [providerConfig("a", provider.origin, { maxInFlight: 3 })],
        routes: [routeConfig("chat", ["a/small"])],
      },
    });
    const open = Array.from({ length: 6 }, () => send(url));
    await eventually(() => expect(provider.received).toHaveLength(3));
    expect(await Promise.race(open)).toMatchObject({ status: 200 });
    // The remaining requests waited for a slot here instead of there.
    expect((await Promise.all(open)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(provider.maxOpen).toBe(3);
  });

  test("is aborted when the client leaves", async () => {
    const provider = await provide({ fault: "slow-drip", tokens: 1000 });
    const { url } = await startTestGateway({
      config: { providers: [providerConfig("a", provider.origin)], routes: [routeConfig("chat", ["a/small"])] },
    });
    const leave = new AbortController();
    const response = await post(
      url,
      "/v1/chat/completions",
      chat({ model: "chat", stream: true }),
      {},
      { signal: leave.signal },
    );
    await response.body?.getReader().read();
    leave.abort();
    await eventually(() => expect(provider.received[0]?.aborted).toBe(true));
  });
});
