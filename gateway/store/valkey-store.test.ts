import { createServer } from "node:net";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { noRedisServer, type RedisServer, startRedisServer } from "../../test-support/redis-server.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { ValkeyStore } from "./valkey-store.ts";

async function startStore(commandTimeoutMs = 100) {
  const server = await startRedisServer();
  const changes: boolean[] = [];
  const store = new ValkeyStore({ url: server.url, commandTimeoutMs, onChange: (is) => changes.push(is) });
  onTestFinished(async () => {
    await store.close();
    server.thaw();
    await server.stop();
  });
  await eventually(() => expect(store.isAvailable).toBe(true));
  return { server, store, changes };
}

describe("the Valkey store", () => {
  beforeEach(({ skip }) => skip(noRedisServer !== undefined, noRedisServer));

  // documented: store-slow
  test("returns a miss when the server is slow, and is not called again until it is quick", async () => {
    const { server, store, changes } = await startStore();
    await store.set("cache:a", Buffer.from("a"), 60);
    server.freeze();
    expect(await store.get("cache:a")).toBeUndefined();
    expect(store.isAvailable).toBe(false);
    // No command is sent any more: the result is there without a turn of the event loop.
    let responses = 0;
    for (let index = 0; index < 100; index++) void store.get("cache:a").then(() => responses++);
    await new Promise<void>((resolve) => process.nextTick(() => queueMicrotask(resolve)));
    await Promise.resolve();
    expect(responses).toBe(100);
    expect(await store.set("cache:b", Buffer.from("b"), 60)).toBe(false);
    expect(await store.delete("cache:a")).toBe(false);
    expect(await store.deletePrefix("cache:")).toBeUndefined();
    server.thaw();
    await eventually(() => expect(store.isAvailable).toBe(true));
    expect(String(await store.get("cache:a"))).toBe("a");
    expect(changes).toEqual([true, false, true]);
  });

  // documented: store-gone
  test("returns misses while the server is gone, and finds the one that replaces it", async () => {
    const { server, store } = await startStore();
    await server.stop();
    await eventually(() => expect(store.isAvailable).toBe(false));
    expect(await store.get("cache:a")).toBeUndefined();
    const next: RedisServer = await startRedisServer(server.port);
    onTestFinished(() => next.stop());
    await eventually(() => expect(store.isAvailable).toBe(true));
    expect(await store.set("cache:a", Buffer.from("again"), 60)).toBe(true);
    expect(String(await store.get("cache:a"))).toBe("again");
  });

  test("stays open when the server refuses a command", async () => {
    const { store, server } = await startStore();
    const other = new ValkeyStore({ url: server.url, commandTimeoutMs: 1000 });
    onTestFinished(() => other.close());
    await eventually(() => expect(other.isAvailable).toBe(true));
    // No expiry can be that late: the server responds with an error.
    expect(await store.set("cache:a", Buffer.from("a"), 1e18)).toBe(false);
    expect(store.isAvailable).toBe(true);
    expect(await store.set("cache:a", Buffer.from("a"), 1)).toBe(true);
  });
});

describe("the Valkey store without a server", () => {
  test("returns misses from the start and leaves no timer running when it is closed", async () => {
    const store = new ValkeyStore({ url: "redis://127.0.0.1:9" });
    expect(await store.get("cache:a")).toBeUndefined();
    expect(await store.set("cache:a", Buffer.from("a"), 60)).toBe(false);
    await store.close();
    expect(store.isAvailable).toBe(false);
  });

  test("treats a server with another protocol as one that is gone", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const store = new ValkeyStore({ url: `redis://127.0.0.1:${port}`, commandTimeoutMs: 50 });
    onTestFinished(async () => {
      await store.close();
      server.close();
    });
    expect(await store.get("cache:a")).toBeUndefined();
  });
});
