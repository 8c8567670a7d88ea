import { describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "../../test-support/waits/eventually.ts";
import { completion, post, startTestGateway } from "../test/test-gateway.ts";

const isReady = async (url: string) => (await fetch(`${url}/health`)).status === 200;

describe("the engine directory", () => {
  // documented: discovery-fails
  test("uses the last known engines while discovery fails, and logs it once", async () => {
    const { url, discovery, log } = await startTestGateway();
    discovery.isBroken = true;
    const failures = () => log().filter(({ discovery: state }) => String(state).startsWith("failed"));
    await eventually(() => expect(failures()).toHaveLength(1));
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
    await eventually(async () => expect(await isReady(url)).toBe(false));
    expect((await post(url, "/v1/completions", completion())).status).toBe(503);
    expect(engines[0]?.received).toHaveLength(0);
  });

  test("uses a new engine as soon as its own probe succeeds", async () => {
    const { url, engines } = await startTestGateway({ engines: [{ health: "loading" }] });
    expect(await isReady(url)).toBe(false);
    engines[0]!.behaviour.health = "ready";
    await eventually(async () => expect(await isReady(url)).toBe(true));
  });

  test("goes through the load balancer until an engine that discovery found has passed its first probe", async () => {
    const { startFakeEngine } = await import("../../test-support/fake-engine.ts");
    const loadBalancer = await startFakeEngine();
    const engine = await startFakeEngine({ health: "silent" });
    onTestFinished(async () => void (await Promise.all([loadBalancer.stop(), engine.stop()])));
    const { url, discovery } = await startTestGateway({
      engines: [],
      config: { engineListenerUrl: loadBalancer.origin },
    });
    expect(await isReady(url)).toBe(true);
    discovery.engines = [{ id: "i-new", origin: engine.origin, inService: true }];
    await eventually(() => expect(engine.probes).toBeGreaterThan(0));
    expect((await post(url, "/v1/completions", completion())).status).toBe(200);
    expect(loadBalancer.received).toHaveLength(1);
    engine.behaviour.health = "ready";
    await eventually(async () => {
      await post(url, "/v1/completions", completion());
      expect(engine.received.length).toBeGreaterThan(0);
    });
  });

  test("does not send requests to a load balancer that it has not probed since it used it last", async () => {
    const { startFakeEngine } = await import("../../test-support/fake-engine.ts");
    const loadBalancer = await startFakeEngine();
    const engine = await startFakeEngine();
    onTestFinished(async () => void (await Promise.all([loadBalancer.stop(), engine.stop()])));
    const { url, discovery, log } = await startTestGateway({
      engines: [],
      config: { engineListenerUrl: loadBalancer.origin },
    });
    const states = () => log().flatMap(({ readyEngines }) => (readyEngines === undefined ? [] : [readyEngines]));
    discovery.engines = [{ id: "i-0", origin: engine.origin, inService: true }];
    await eventually(async () => {
      await post(url, "/v1/completions", completion());
      expect(engine.received.length).toBeGreaterThan(0);
    });
    loadBalancer.behaviour.health = "loading";
    const received = loadBalancer.received.length;
    discovery.engines = [];
    await eventually(async () => expect(await isReady(url)).toBe(false));
    expect((await post(url, "/v1/completions", completion())).status).toBe(503);
    expect(loadBalancer.received).toHaveLength(received);
    expect(states()).toEqual(["load-balancer", "i-0", "none"]);
  });

  test("uses an engine again that was down, when it is back on its address", async () => {
    const { startFakeEngine } = await import("../../test-support/fake-engine.ts");
    const { url, engines } = await startTestGateway();
    await engines[0]!.stop();
    await eventually(async () => expect(await isReady(url)).toBe(false));
    const back = await startFakeEngine({}, engines[0]!.port);
    await eventually(async () => expect(await isReady(url)).toBe(true));
    expect((await post(url, "/v1/completions", completion())).status).toBe(200);
    await back.stop();
  });

  test("an engine that leaves the set finishes the stream it has", async () => {
    const { url, discovery } = await startTestGateway({ engines: [{ tokens: 20, intervalMs: 20 }] });
    const response = await post(url, "/v1/completions", completion({ stream: true }));
    discovery.engines = [];
    await eventually(async () => expect(await isReady(url)).toBe(false));
    expect(await response.text()).toMatch(/data: \[DONE\]\n\n$/);
  });

  test("one late probe does not take a busy engine out, two do", async () => {
    const { url, engines } = await startTestGateway();
    engines[0]!.behaviour.health = "silent";
    const probes = engines[0]!.probes;
    await eventually(() => expect(engines[0]!.probes).toBeGreaterThan(probes + 1));
    expect(await isReady(url)).toBe(true);
    await eventually(async () => expect(await isReady(url)).toBe(false));
  });

  test("logs which engines are ready when that changes, and only then", async () => {
    const { engines, log } = await startTestGateway();
    const states = () =>
      log()
        .filter(({ msg }) => msg === "ready engines")
        .map(({ readyEngines }) => readyEngines);
    engines[0]!.behaviour.health = "loading";
    await eventually(() => expect(states()).toEqual(["i-0", "none"]));
    engines[0]!.behaviour.health = "ready";
    await eventually(() => expect(states()).toEqual(["i-0", "none", "i-0"]));
  });
});
