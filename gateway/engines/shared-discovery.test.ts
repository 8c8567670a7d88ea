import { describe, expect, test } from "vitest";
import { DISCOVERY_CALLS_PER_SECOND, discoverySeconds } from "../../domain/discovery-interval.ts";
import { SharedDiscovery } from "./shared-discovery.ts";

const ENGINES = [{ id: "i-1:8000", origin: "http://10.0.0.1:8000", inService: true }];

function setUp(everyMs = 3000, random = () => 0.5) {
  const calls: string[] = [];
  const state = { now: 0, calls, isBroken: false };
  const discovery = {
    async discover(targetGroupArn: string) {
      calls.push(targetGroupArn);
      if (state.isBroken) throw new Error("Rate exceeded");
      return ENGINES;
    },
  };
  return { state, shared: new SharedDiscovery({ discovery, everyMs, clock: () => state.now, random }) };
}

describe("the discovery that threads share", () => {
  test("calls AWS once in an interval, however many threads look", async () => {
    const { state, shared } = setUp();
    for (state.now = 0; state.now < 9000; state.now += 250) expect(await shared.discover("arn:a")).toEqual(ENGINES);
    expect(state.calls).toHaveLength(3);
  });

  test("calls once while the first response is still on its way", async () => {
    const { state, shared } = setUp();
    await Promise.all(Array.from({ length: 8 }, () => shared.discover("arn:a")));
    expect(state.calls).toEqual(["arn:a"]);
  });

  test("looks at each target group by itself", async () => {
    const { state, shared } = setUp();
    await Promise.all([shared.discover("arn:a"), shared.discover("arn:b")]);
    expect(state.calls).toEqual(["arn:a", "arn:b"]);
  });

  test("a refused call is not repeated before the interval is over", async () => {
    const { state, shared } = setUp();
    state.isBroken = true;
    await expect(shared.discover("arn:a")).rejects.toThrow(/Rate exceeded/);
    await expect(shared.discover("arn:a")).rejects.toThrow(/Rate exceeded/);
    expect(state.calls).toHaveLength(1);
    Object.assign(state, { isBroken: false, now: 3000 });
    expect(await shared.discover("arn:a")).toEqual(ENGINES);
  });

  // documented: discovery-calls
  test("twelve gateways of four threads with three models stay within their share of the account's calls", async () => {
    const everyMs = 1000 * discoverySeconds({ gateways: 12, pools: 3 });
    const gateways = Array.from({ length: 12 }, () => setUp(everyMs, Math.random));
    const seconds = 180;
    for (let second = 0; second < seconds; second++)
      for (const { state, shared } of gateways) {
        state.now = 1000 * second;
        for (let thread = 0; thread < 4; thread++)
          await Promise.all(["arn:a", "arn:b", "arn:c"].map((arn) => shared.discover(arn)));
      }
    const calls = gateways.reduce((sum, { state }) => sum + state.calls.length, 0);
    // The first calls of all gateways come at once: within the 40 that may.
    expect((calls - 12 * 3) / seconds).toBeLessThanOrEqual(DISCOVERY_CALLS_PER_SECOND);
    expect(calls).toBeGreaterThan(seconds); // each thread by itself would make 48 a second at one look in three seconds
  });
});
