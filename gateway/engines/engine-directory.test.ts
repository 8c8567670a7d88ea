import { describe, expect, test, vi } from "vitest";
import { completion, post, startTestGateway } from "../test/test-gateway.ts";

const isReady = async (url: string) => (await fetch(`${url}/health`)).status === 200;

describe("the engine directory", () => {
  // documented: discovery-fails
  test("uses the last known engines while discovery fails, and logs it once", async () => {
    const { url, discovery, log } = await startTestGateway();
    discovery.isBroken = true;
    const failures = () => log().filter(({ discovery: state }) => String(state).startsWith("failed"));
    await vi.waitFor(() => expect(failures()).toHaveLength(1));
    for (let index = 0; index < 3; index++) {
      expect((await post(url, "/v1/completions", completion())).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(failures()).toHaveLength(1);
  });

  // documented: draining-engine-unused
  test("takes an engine that the load balancer drains out of use", async () => {
    const { url, discovery, engines } = await startTestGateway();
    discovery.engines = discovery.engines.map((engine) => ({ ...engine, inService: false }));
    await vi.waitFor(async () => expect(await isReady(url)).toBe(false));
    expect((await post(url, "/v1/completions", completion())).status).toBe(503);
    expect(engines[0]?.received).toHaveLength(0);
  });

  test("uses a new engine as soon as its own probe succeeds", async () => {
    const { url, engines } = await startTestGateway({ engines: [{ health: "loading" }] });
    expect(await isReady(url)).toBe(false);
    engines[0]!.behaviour.health = "ready";
    await vi.waitFor(async () => expect(await isReady(url)).toBe(true));
  });

  test("uses an engine again that was down, when it is back on its address", async () => {
    const { startFakeEngine } = await import("../../test-support/fake-engine.ts");
    const { url, engines } = await startTestGateway();
    await engines[0]!.stop();
    await vi.waitFor(async () => expect(await isReady(url)).toBe(false));
    const back = await startFakeEngine({}, engines[0]!.port);
    await vi.waitFor(async () => expect(await isReady(url)).toBe(true));
    expect((await post(url, "/v1/completions", completion())).status).toBe(200);
    await back.stop();
  });

  test("an engine that leaves the set finishes the stream it has", async () => {
    const { url, discovery } = await startTestGateway({ engines: [{ tokens: 20, intervalMs: 20 }] });
    const response = await post(url, "/v1/completions", completion({ stream: true }));
    discovery.engines = [];
    await vi.waitFor(async () => expect(await isReady(url)).toBe(false));
    expect(await response.text()).toMatch(/data: \[DONE\]\n\n$/);
  });

  test("one late probe does not take a busy engine out, two do", async () => {
    const { url, engines } = await startTestGateway();
    engines[0]!.behaviour.health = "silent";
    const probes = engines[0]!.probes;
    await vi.waitFor(() => expect(engines[0]!.probes).toBeGreaterThan(probes + 1), { timeout: 5000 });
    expect(await isReady(url)).toBe(true);
    await vi.waitFor(async () => expect(await isReady(url)).toBe(false), { timeout: 5000 });
  });

  test("logs which engines are ready when that changes, and only then", async () => {
    const { engines, log } = await startTestGateway();
    const states = () =>
      log()
        .filter(({ msg }) => msg === "ready engines")
        .map(({ readyEngines }) => readyEngines);
    engines[0]!.behaviour.health = "loading";
    await vi.waitFor(() => expect(states()).toEqual(["i-0", "none"]));
    engines[0]!.behaviour.health = "ready";
    await vi.waitFor(() => expect(states()).toEqual(["i-0", "none", "i-0"]));
  });
});
