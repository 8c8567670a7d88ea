import { describe, expect, onTestFinished, test, vi } from "vitest";
import { AdminConnectionTest } from "../../contracts/api/admin.ts";
import type { ProviderFault } from "../../test-support/fake-provider.ts";
import { providerConfig } from "../../test-support/target-config.ts";
import { jsonOf, startAdminGateway } from "../test/admin-gateway.ts";
import { poolLease } from "../test/lease-fixture.ts";
import { provide } from "../test/provider-fixture.ts";
import { testModel } from "./test-model.ts";

async function testing(capabilities: readonly ("tools" | "embeddings" | "moderations")[] = ["tools"]) {
  const provider = await provide({ callsTools: true });
  const config = providerConfig("a", provider.origin);
  const [model] = Object.values(config.models);
  const models = { small: { ...model!, capabilities: [...capabilities] } };
  const gateway = await startAdminGateway({ config: { providers: [{ ...config, models }], routes: [] } });
  const run = async (query = "?model=small") => {
    const response = await gateway.call("POST", `/admin/providers/a/test${query}`);
    expect(response.status).toBe(200);
    return AdminConnectionTest.parse(await response.json());
  };
  const targets = async () => (await jsonOf(gateway.call("GET", "/admin/targets"))).data as Record<string, unknown>[];
  return { ...gateway, provider, run, targets };
}

describe("the test of a provider's model", () => {
  // documented: provider-model-test
  test("shows that chat, streams, tools and token counts work, with three requests that are paid for", async () => {
    const { provider, run, targets } = await testing();
    const { ok, model, checks } = await run();
    expect({ ok, model }).toEqual({ ok: true, model: "small" });
    expect(checks).toEqual(["chat", "usage", "stream", "stream-usage", "tools"].map((check) => ({ check, ok: true })));
    expect(provider.received.map(({ body }) => [body.model, body.stream === true, body.tools !== undefined])).toEqual([
      ["small", false, false],
      ["small", true, false],
      ["small", false, true],
    ]);
    // 7 tokens of prompt at 1 dollar a million, 3 of completion at 2, three times.
    expect((await targets()).find(({ id }) => id === "a/small")?.spendUsd).toBeCloseTo((3 * (7 + 6)) / 1e6);
  });

  test("sends no request without a model, and names a model that does not exist", async () => {
    const { provider, run, call } = await testing();
    expect(await run("")).toEqual({ ok: true, latencyMs: expect.any(Number), status: 200, models: ["small"] });
    const response = await call("POST", "/admin/providers/a/test?model=large");
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain('must be a model of a, got \\"large\\"; use small');
    expect(provider.received).toEqual([]);
  });

  test("reports the problem of each request", async () => {
    const { provider, run } = await testing();
    provider.behaviour.next = ["wrong-dialect", "reset-in-stream", { status: 429 }];
    const { checks } = await run();
    expect(checks).toEqual([
      { check: "chat", ok: false, problem: expect.stringContaining("another form than its dialect's") },
      { check: "stream", ok: false, problem: expect.any(String) },
      { check: "tools", ok: false, problem: expect.stringContaining("too many requests") },
    ]);
  });

  test.each<[ProviderFault, RegExp]>([
    ["html", /form|stream/],
    ["error-in-stream", /error event/],
    ["malformed-events", /form|finished|stream/],
    [{ status: 401 }, /does not take our key/],
    [{ status: 400, body: '{"error":{"message":"max_tokens is missing"}}' }, /max_tokens is missing/],
  ])("of a stream with the fault %j reports the problem", async (fault, problem) => {
    const { provider, run } = await testing([]);
    provider.behaviour.next = [undefined, fault];
    const { checks } = await run();
    expect(checks?.slice(0, 2).every(({ ok }) => ok)).toBe(true);
    expect(checks?.slice(2)).toEqual([{ check: "stream", ok: false, problem: expect.stringMatching(problem) }]);
  });

  test("reports a model that responds with text where it has to call a function", async () => {
    const { provider, run } = await testing();
    provider.behaviour.callsTools = false;
    expect((await run()).checks?.at(-1)).toEqual({
      check: "tools",
      ok: false,
      problem: "It did not call the function that it had to call.",
    });
  });

  test("that gets no response within its 60 s counts as slow for the provider, not as refused by it", async () => {
    const provider = await provide({ fault: "hang" });
    const { target, lease, calls, health, upstream } = poolLease("provider", provider.origin);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const testing = testModel({ ...target, capabilities: new Set(["embeddings"]), tryReserve: () => lease });
    while (provider.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(60_000);
    expect(await testing).toEqual([{ check: "embeddings", ok: false, problem: "It sent nothing within 60 s." }]);
    expect([calls, health.of(upstream).breaker.failureRatio(0)]).toEqual([["abandoned"], 1]);
  });

  test("leaves no lease behind, whatever went wrong", async () => {
    const { provider, run, targets } = await testing();
    for (const fault of ["reset-in-stream", "error-in-stream", "half-json", { status: 500 }] as const) {
      provider.behaviour.fault = fault;
      await run();
    }
    expect((await targets()).find(({ id }) => id === "a/small")?.inFlight).toBe(0);
  });
});
