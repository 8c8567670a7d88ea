import { setTimeout as sleep } from "node:timers/promises";
import { Valkey } from "iovalkey";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { startDelayedProxy } from "../../test-support/delayed-proxy.ts";
import { noRedisServer, startRedisServer } from "../../test-support/redis-server.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { withGatewayBundle } from "../test/gateway-process.ts";
import { serveLimited } from "../test/limits/serving.ts";
import { completion, post } from "../test/test-gateway.ts";

withGatewayBundle();

const GATEWAYS = 3;
/** Requests in an hour, of each key. */
const MAX = 60;
const HOUR_MS = 3_600_000;
/** Of each gateway in one go: more than its share, and more than the limit for all of them. */
const EACH = 40;
const PATIENT = { timeoutMs: 60_000 };

/** Three gateway processes before one server, which they reach through a proxy. */
async function start() {
  let server = await startRedisServer();
  const proxy = await startDelayedProxy(server.port);
  onTestFinished(async () => {
    await proxy.stop();
    await server.stop();
  });
  const config = { gateways: GATEWAYS, requestsPerMinutePerIp: 1_000_000 };
  const url = `redis://127.0.0.1:${proxy.port}`;
  const gateways = await Promise.all(Array.from({ length: GATEWAYS }, () => serveLimited(1, url, config)));
  const have = (isAvailable: boolean) =>
    eventually(() => {
      for (const { changes } of gateways) expect(changes(true) - changes(false)).toBe(isAvailable ? 1 : 0);
    }, PATIENT);
  await have(true);
  // All of a test comes in one hour.
  const leftMs = HOUR_MS - (Date.now() % HOUR_MS);
  if (leftMs < 90_000) await sleep(leftMs);
  const statuses = new Set<number | "gone">();
  const keyOf = (max: number) => {
    const key = newApiKey();
    for (const { addKey } of gateways) addKey(key, { metric: "requests", window: "hour", max });
    const headers = { authorization: `Bearer ${key.secret}` };
    const send = async (index: number) => {
      const status = await post(gateways[index]?.url ?? "", "/v1/completions", completion(), headers)
        .then(async (response) => {
          await response.text();
          return response.status;
        })
        .catch(() => "gone" as const);
      statuses.add(status);
      return status;
    };
    /** How many of so many at each gateway are served. */
    const served = async (each: number) => {
      const all = await Promise.all(Array.from({ length: each * GATEWAYS }, (_, index) => send(index % GATEWAYS)));
      return all.filter((status) => status === 200).length;
    };
    return { send, served };
  };
  /** Requests at all gateways, until it is stopped. */
  const traffic = () => {
    const { send } = keyOf(1_000_000);
    let isOver = false;
    let count = 0;
    const clients = Array.from({ length: 3 * GATEWAYS }, async (_, index) => {
      while (!isOver) {
        await send(index % GATEWAYS);
        count++;
        await sleep(5);
      }
    });
    return {
      async stop() {
        isOver = true;
        await Promise.all(clients);
        expect(count).toBeGreaterThan(3 * GATEWAYS);
      },
    };
  };
  const restart = async () => {
    server = await startRedisServer(server.port);
  };
  const flush = async () => {
    const client = new Valkey(server.url);
    await client.call("FLUSHALL");
    await client.call("FUNCTION", "FLUSH");
    client.disconnect();
  };
  const losses = () => gateways.reduce((sum, { changes }) => sum + changes(false), 0);
  return { gateways, proxy, have, keyOf, traffic, statuses, losses, restart, flush, kill: () => server.stop() };
}

describe("three gateways with one limit, whose store", { timeout: 180_000 }, () => {
  beforeEach(({ skip }) => skip(noRedisServer !== undefined, noRedisServer));

  // documented: valkey-slow-2-seconds
  test("takes 2 s for each byte grant the limit all together by their shares, and refuse no request for the store", async () => {
    const { proxy, have, keyOf, traffic, statuses } = await start();
    const beside = traffic();
    proxy.delay(2000);
    await have(false);
    expect(await keyOf(MAX).served(EACH)).toBe(MAX);
    await beside.stop();
    expect(statuses).toEqual(new Set([200, 429]));
    proxy.delay(0);
    await have(true);
    expect(await keyOf(1_000_000).served(5)).toBe(5 * GATEWAYS);
  });

  // documented: valkey-killed
  test("is killed and comes back without its data grant at most one limit more for that loss, and refuse no request for it", async () => {
    const { have, keyOf, traffic, statuses, kill, restart } = await start();
    const beside = traffic();
    const { served } = keyOf(MAX);
    const before = await served(5);
    expect(before).toBe(5 * GATEWAYS);
    await kill();
    await have(false);
    const meanwhile = before + (await served(EACH));
    expect(meanwhile).toBe(MAX);
    await restart();
    await have(true);
    const all = meanwhile + (await served(EACH));
    await beside.stop();
    expect(all).toBeLessThanOrEqual(2 * MAX);
    expect(statuses).toEqual(new Set([200, 429]));
  });

  // documented: valkey-flushed
  test("loses its data and functions under load grant at most one limit more, and refuse no request for it", async () => {
    const { keyOf, traffic, statuses, flush } = await start();
    const beside = traffic();
    const { served } = keyOf(MAX);
    const before = await served(10);
    await flush();
    const all = before + (await served(EACH)) + (await served(EACH));
    await beside.stop();
    expect(all).toBeGreaterThanOrEqual(0.95 * MAX);
    expect(all).toBeLessThanOrEqual(2 * MAX);
    expect(statuses).toEqual(new Set([200, 429]));
  });

  // documented: limits-gateway-killed
  test("stays when a gateway is killed with requests in progress never grant more than the limit, and use all but what it held", async () => {
    const { gateways, keyOf, statuses, losses } = await start();
    const { served, send } = keyOf(MAX);
    const lost = losses();
    const early = Promise.all(Array.from({ length: 10 }, () => send(2)));
    await eventually(() => expect(gateways[2]?.engine.received.length).toBeGreaterThan(0), PATIENT);
    gateways[2]?.child.kill("SIGKILL");
    await gateways[2]?.exit;
    const first = (await early).filter((status) => status === 200).length;
    const all = first + (await served(EACH));
    // Of a busy machine a gateway may take the store for slow, and grant its share beside, and no more than that.
    const wasLost = losses() !== lost;
    expect(all).toBeLessThanOrEqual(wasLost ? 2 * MAX : MAX);
    expect(all).toBeGreaterThanOrEqual(wasLost ? MAX / GATEWAYS : MAX - 10);
    expect([...statuses].every((status) => status === 200 || status === 429 || status === "gone")).toBe(true);
  });
});
