import { describe, expect, test } from "vitest";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { startServing, withGatewayBundle } from "../test/gateway-process.ts";
import { provide } from "../test/provider-fixture.ts";
import { chat, completion, post, testConfig } from "../test/test-gateway.ts";

withGatewayBundle();

/** A machine that does much else connects late. */
const PATIENT = { connectSeconds: 30, firstByteSeconds: 30, idleSeconds: 30, totalSeconds: 30 };
/** Each over a connection of its own, which the kernel assigns to any thread. */
const CLOSE = { connection: "close" };

async function sum(metricsUrl: string, name: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  const samples = text.split("\n").filter((line) => line.startsWith(`${name}{`));
  return samples.reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
}

/** Each thread loads the whole gateway: seconds on a machine that does much else. */
describe("limits of a gateway of several threads", { timeout: 90_000 }, () => {
  // documented: limit-across-threads
  test("a provider never has more requests than maxInFlight at once, and all get a response in the end", async () => {
    const provider = await provide({ firstByteMs: 20 });
    const { url } = await startServing({
      threads: 3,
      providers: [providerConfig("a", provider.origin, { maxInFlight: 2, timeouts: PATIENT })],
      routes: [routeConfig("chat", ["a/small"])],
      queue: { ...testConfig().queue, waitSeconds: 60 },
      timeouts: { firstByteSeconds: 30, totalSeconds: 30, idleSeconds: 30 },
    });
    const responses = await Promise.all(
      Array.from({ length: 60 }, () => post(url, "/v1/chat/completions", chat({ model: "chat" }), CLOSE)),
    );
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    expect(provider.maxOpen).toBe(2);
  });

  test("a provider's rate limit holds for all threads together", async () => {
    const provider = await provide();
    const { url } = await startServing({
      threads: 3,
      // A fifth may come at once: ten, and one more every 90 s.
      providers: [providerConfig("a", provider.origin, { rateLimit: { requests: 50, per: "hour" } })],
      routes: [routeConfig("chat", ["a/small"])],
      queue: { ...testConfig().queue, waitSeconds: 0.2 },
    });
    const responses = await Promise.all(
      Array.from({ length: 40 }, () => post(url, "/v1/chat/completions", chat({ model: "chat" }), CLOSE)),
    );
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(responses.filter(({ status }) => status === 503)).toHaveLength(30);
    expect(provider.received).toHaveLength(10);
  });

  test("the queue holds no more than its bound in all threads together, and leaves room in each", async () => {
    const queue = { ...testConfig().queue, maxRequests: 12, waitSeconds: 30 };
    const timeouts = { firstByteSeconds: 60, totalSeconds: 60, idleSeconds: 60 };
    const model = { maxRequestsPerEngine: 1 };
    const { url, metricsUrl, engine } = await startServing({ threads: 3, queue, timeouts }, {}, model);
    engine.behaviour.mode = "hang";
    let refused = 0;
    const leaving = new AbortController();
    const responses = Array.from({ length: 90 }, async () => {
      const init = { signal: leaving.signal };
      const response = await post(url, "/v1/completions", completion(), CLOSE, init).catch(() => undefined);
      if (response?.status === 503) refused++;
    });
    const waiting = () => sum(metricsUrl, "sluice_queue_requests");
    await eventually(async () => expect(refused + engine.received.length + (await waiting())).toBe(90), {
      timeoutMs: 30_000,
    });
    expect(engine.received).toHaveLength(3); // each thread sends its engines what they may hold
    expect(await waiting()).toBeLessThanOrEqual(12);
    expect(await waiting()).toBeGreaterThanOrEqual(9);
    leaving.abort();
    await Promise.all(responses);
  });
});
