import { connect, createServer } from "node:net";
import { Valkey } from "iovalkey";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { noRedisServer, startRedisServer } from "../../test-support/redis-server.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import type { LimitCounter, LimitGrant } from "./limit-store.ts";
import { ValkeyLimitStore } from "./valkey-limit-store.ts";

/** No test runs across the end of such a window: it is decades long. */
const LONG = 2 ** 30;
const LEASE_MS = 600_000;

function tokens(max: number, amount: number, least?: number): LimitCounter {
  return { name: "project:a:tokens", max, amount, least, windowSeconds: LONG };
}

function inProgress(max: number, amount = 1): LimitCounter {
  return { name: "user:c:concurrency", max, amount, windowSeconds: 0 };
}

/** Settles; the store is called in the same turn of the event loop. */
async function settle(grant: LimitGrant, used: readonly number[]): Promise<void> {
  grant.settle(used);
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** @param commandTimeoutMs what a test waits for a server that stands still; a busy machine is faster */
async function start(commandTimeoutMs = 1000) {
  const server = await startRedisServer();
  const store = new ValkeyLimitStore({ url: server.url, commandTimeoutMs });
  const client = new Valkey(server.url);
  client.on("error", () => undefined);
  onTestFinished(async () => {
    server.thaw();
    await store.close();
    client.disconnect();
    await server.stop();
  });
  const isAvailable = (is: boolean) => eventually(() => expect(store.isAvailable).toBe(is));
  await isAvailable(true);
  const grant = async (...counters: readonly LimitCounter[]): Promise<LimitGrant> => {
    const outcome = await store.reserve(counters, LEASE_MS);
    if (outcome?.isGranted !== true) throw new Error(`not granted: ${JSON.stringify(outcome)}`);
    return outcome;
  };
  return { server, store, client, grant, isAvailable };
}

describe("the Valkey limit store", () => {
  beforeEach(({ skip }) => skip(noRedisServer !== undefined, noRedisServer));

  test("counts nothing of a window that is over, although the server has not removed its counter yet", async () => {
    const { client, store, grant } = await start();
    const first = await grant(tokens(100, 90));
    const [key = ""] = await client.keys("*tokens*");
    const began = Number(await client.hget(key, "g"));
    expect(began).toBeGreaterThan(0);
    // As in a call that begins in the last millisecond of a window and reads the clock in the next one.
    await client.hset(key, "g", String(began - LONG * 1_000_000));
    const next = await grant(tokens(100, 95));
    expect(next.amounts).toEqual([95]);
    expect(await store.reserve([tokens(100, 6, 6)], LEASE_MS)).toMatchObject({ isGranted: false, left: 5 });
    // What is settled of the window before changes nothing of this one.
    await settle(first, [10]);
    await settle(next, [95]);
    await eventually(async () => expect(await client.hget(key, "f")).toBe("95"));
    expect(await client.hget(key, "u")).toBe("95");
    expect(await client.pexpiretime(key)).toBeGreaterThan(Date.now());
  });

  // documented: limit-store-slow
  test("knows nothing while the server is slow, and is not called again until it is quick", async () => {
    const { server, store, grant, isAvailable } = await start();
    await grant(tokens(100, 10));
    server.freeze();
    expect(await store.reserve([tokens(100, 10)], LEASE_MS)).toBeUndefined();
    let outcomes = 0;
    for (let index = 0; index < 100; index++) void store.reserve([tokens(100, 10)], LEASE_MS).then(() => outcomes++);
    // No call is made any more: all are there before the event loop's next turn.
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(outcomes).toBe(100);
    server.thaw();
    await isAvailable(true);
    await grant(tokens(100, 10));
  });

  test("settles what ended while the server was slow, and frees what a request without a response had taken", async () => {
    const { server, store, grant, isAvailable } = await start();
    const open = await grant(inProgress(2), tokens(100, 100));
    server.freeze();
    // The server takes this one when it goes on, but its request has gone on without the store by then.
    expect(await store.reserve([inProgress(2)], LEASE_MS)).toBeUndefined();
    await settle(open, [1, 30]);
    server.thaw();
    await isAvailable(true);
    await eventually(async () => {
      const both = await grant(inProgress(2, 2));
      await settle(both, [2]);
    });
    expect(await grant(tokens(100, 70))).toMatchObject({ left: [0] });
  });

  test("counts once what was settled while the server turned slow", async () => {
    const { server, grant, isAvailable } = await start();
    const open = await grant(inProgress(9), tokens(1000, 100));
    server.freeze();
    await settle(open, [1, 300]);
    await isAvailable(false);
    server.thaw();
    await isAvailable(true);
    await eventually(async () => {
      const probe = await grant(inProgress(9));
      await settle(probe, [1]);
      expect(probe.left).toEqual([8]);
    });
    expect(await grant(tokens(1000, 0))).toMatchObject({ left: [700] });
  });

  test("works again after all data and functions of the server are deleted: windows begin anew", async () => {
    const { store, client, grant } = await start(10_000);
    const before = await grant(tokens(100, 100), inProgress(1));
    await client.call("FLUSHALL");
    await client.call("FUNCTION", "FLUSH");
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => store.reserve([tokens(100, 10)], LEASE_MS)));
    expect(outcomes.filter((outcome) => outcome?.isGranted)).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(0);
    await grant(inProgress(1));
    // What was granted before the loss is not counted: settling it may not take from what was counted since.
    await client.call("FUNCTION", "FLUSH");
    await settle(before, [0, 1]);
    await eventually(async () => expect(await client.call("FUNCTION", "LIST")).toHaveLength(1));
    expect(await store.reserve([inProgress(1)], LEASE_MS)).toMatchObject({ isGranted: false });
    expect(await store.reserve([tokens(100, 1)], LEASE_MS)).toMatchObject({ isGranted: false, left: 0 });
  });

  // documented: limit-store-gone
  test("knows nothing while the server is gone, and works with the one that replaces it", async () => {
    const { server, store, grant, isAvailable } = await start();
    await grant(inProgress(1));
    await server.stop();
    await isAvailable(false);
    expect(await store.reserve([inProgress(1)], LEASE_MS)).toBeUndefined();
    const next = await startRedisServer(server.port);
    onTestFinished(() => next.stop());
    await isAvailable(true);
    await grant(inProgress(1));
  });

  test("stays open when the server refuses a call, and the request goes on without it", async () => {
    const { store, client, grant } = await start(10_000);
    await client.set(`limit:project:a:tokens:${LONG}`, "no hash");
    expect(await store.reserve([tokens(100, 10)], LEASE_MS)).toBeUndefined();
    expect(store.isAvailable).toBe(true);
    await grant(inProgress(1));
  });

  test("refuses by itself what is used up until the window ends, and asks for what may be settled with less", async () => {
    const { server, store, grant } = await start();
    const first = await grant(tokens(100, 60));
    const second = await grant(tokens(100, 40));
    await settle(second, [40]);
    expect(await store.reserve([tokens(100, 1)], LEASE_MS)).toMatchObject({ isGranted: false, left: 0 });
    await settle(first, [40]);
    // 20 of the first one have come back.
    const third = await grant(tokens(100, 90, 20));
    expect(third.amounts).toEqual([20]);
    await settle(third, [15]);
    expect(await store.reserve([tokens(100, 6)], LEASE_MS)).toMatchObject({ isGranted: false, left: 5 });
    server.freeze();
    expect(await store.reserve([inProgress(5), tokens(100, 6)], LEASE_MS)).toMatchObject({
      isGranted: false,
      counter: 1,
      left: 5,
    });
    // A smaller request, and one under a limit that was raised, may be granted: of those the server would know.
    expect(await store.reserve([tokens(101, 6)], LEASE_MS)).toBeUndefined();
  });

  test("forgets that a counter is used up when its window is over", async () => {
    const { store } = await start(10_000);
    const short = [{ name: "key:d:requests", max: 1, amount: 1, windowSeconds: 1 }];
    await eventually(async () => {
      const outcome = await store.reserve(short, LEASE_MS);
      if (outcome?.isGranted === true) outcome.settle([1]);
      expect(outcome).toMatchObject({ isGranted: false });
    });
    await eventually(async () => expect(await store.reserve(short, LEASE_MS)).toMatchObject({ isGranted: true }));
  });

  test("leaves nothing in the server when windows and leases are over", async () => {
    const { client, store, grant } = await start(10_000);
    await store.reserve([inProgress(9), { ...tokens(100, 10), windowSeconds: 1 }], 50);
    await settle(await grant({ ...inProgress(9), name: "user:d:concurrency" }), [1]);
    expect(await client.dbsize()).toBeGreaterThan(0);
    await eventually(async () => expect(await client.dbsize()).toBe(0));
  });
});

describe("what a gateway has in progress", () => {
  beforeEach(({ skip }) => skip(noRedisServer !== undefined, noRedisServer));

  /** Two gateways, the first of which renews every 0.3 s what ends after 0.9. */
  async function startTwo() {
    const { server, client, grant, store: other } = await start(10_000);
    const store = new ValkeyLimitStore({ url: server.url, commandTimeoutMs: 10_000, renewedLeaseMs: 900 });
    onTestFinished(() => store.close());
    await eventually(() => expect(store.isAvailable).toBe(true));
    const expiry = async (user = "user:c") =>
      Number((await client.zrange(`limit:${user}:concurrency:0`, 0, -1, "WITHSCORES"))[3]);
    return { client, grant, store, other, expiry };
  }

  // documented: limit-leases-renewed
  test("is renewed until it is settled, and free soon after its process is gone", async () => {
    const { store, other, grant, expiry } = await startTwo();
    const held = await store.reserve([inProgress(1)], LEASE_MS);
    expect(held?.isGranted).toBe(true);
    const first = await expiry();
    await eventually(async () => expect(await expiry()).toBeGreaterThan(first + 300), { everyMs: 10 });
    expect(await other.reserve([inProgress(1)], LEASE_MS)).toMatchObject({ isGranted: false });
    await store.close();
    await eventually(() => grant(inProgress(1)));
  });

  test("is not renewed beyond its own time, nor after it was settled", async () => {
    const { store, grant, client, expiry } = await startTwo();
    await store.reserve([inProgress(1)], 200);
    await eventually(() => grant(inProgress(1)).then((of) => settle(of, [1])));
    const held = await store.reserve([inProgress(1)], LEASE_MS);
    if (held?.isGranted !== true) throw new Error("refused");
    const other = await store.reserve([{ ...inProgress(1), name: "user:d:concurrency" }], LEASE_MS);
    expect(other?.isGranted).toBe(true);
    await settle(held, [1]);
    const first = await expiry("user:d");
    await eventually(async () => expect(await expiry("user:d")).toBeGreaterThan(first + 100), { everyMs: 10 });
    expect(await client.keys("*")).toEqual(["limit:user:d:concurrency:0"]);
  });

  test("is counted again after the server has lost it", async () => {
    const { store, other, client } = await startTwo();
    await store.reserve([inProgress(1)], LEASE_MS);
    await client.call("FLUSHALL");
    await eventually(async () => expect(await client.dbsize()).toBe(1));
    expect(await other.reserve([inProgress(1)], LEASE_MS)).toMatchObject({ isGranted: false });
  });
});

describe("a server that refuses calls", () => {
  beforeEach(({ skip }) => skip(noRedisServer !== undefined, noRedisServer));

  test("is reported once, with its words", async () => {
    const { server, client } = await start(10_000);
    const failures: string[] = [];
    const onRefusal = (failure: string) => failures.push(failure);
    const store = new ValkeyLimitStore({ url: server.url, commandTimeoutMs: 10_000, onRefusal });
    onTestFinished(() => store.close());
    await eventually(() => expect(store.isAvailable).toBe(true));
    await client.set(`limit:project:a:tokens:${LONG}`, "no hash");
    for (let index = 0; index < 5; index++) await store.reserve([tokens(100, 10)], LEASE_MS);
    expect(failures).toEqual([expect.stringContaining("WRONGTYPE")]);
  });

  // documented: limit-store-demoted
  test("because it is no primary any more is left for the one that has its address now", async () => {
    const [former, next] = [await startRedisServer(), await startRedisServer()];
    let port = former.port;
    const address = createServer((socket) => {
      const upstream = connect(port, "127.0.0.1");
      for (const end of [socket, upstream])
        end.on("error", () => [socket, upstream].forEach((of) => void of.destroy()));
      socket.pipe(upstream).pipe(socket);
    });
    await new Promise<void>((resolve) => address.listen(0, "127.0.0.1", resolve));
    const listening = address.address();
    const url = `redis://127.0.0.1:${typeof listening === "object" ? listening?.port : ""}`;
    const store = new ValkeyLimitStore({ url, commandTimeoutMs: 10_000 });
    const admin = new Valkey(former.url);
    onTestFinished(async () => {
      await store.close();
      admin.disconnect();
      address.close();
      await Promise.all([former.stop(), next.stop()]);
    });
    await eventually(async () => expect(await store.reserve([inProgress(1)], 50)).toMatchObject({ isGranted: true }));
    port = next.port;
    await admin.call("REPLICAOF", "127.0.0.1", "9"); // of a server that is not there
    await eventually(async () => expect(await store.reserve([inProgress(9)], 50)).toMatchObject({ isGranted: true }));
  });
});

describe("the Valkey limit store without a server", () => {
  test("knows nothing from the start, settles nothing, and leaves no timer running when it is closed", async () => {
    const store = new ValkeyLimitStore({ url: "redis://127.0.0.1:9" });
    expect(await store.reserve([inProgress(1)], LEASE_MS)).toBeUndefined();
    await store.close();
    expect(store.isAvailable).toBe(false);
  });
});
