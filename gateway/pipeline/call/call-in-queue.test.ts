import { describe, expect, test } from "vitest";
import { eventually } from "../../../test-support/waits/eventually.ts";
import {
  as,
  block,
  sample,
  send,
  served,
  startNarrow,
  untilWaiting,
  waitingRequests,
} from "../../test/narrow-gateway.ts";
import { errorOf, eventsOf, testConfig } from "../../test/test-gateway.ts";

describe("a request that finds all engines full", () => {
  test("waits for a slot and gets its response, whole and streamed, byte for byte as the engine sent it", async () => {
    const gateway = await startNarrow();
    const responses = await Promise.all([
      send(gateway.url),
      send(gateway.url),
      send(gateway.url, {}, { stream: true }),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(eventsOf(await responses[2]!.text()).at(-1)).toBe("[DONE]");
    expect(gateway.engines[0]?.received).toHaveLength(3);
    expect(await waitingRequests(gateway)).toBe(0);
    expect(await sample(gateway, `sluice_queue_wait_seconds_count{priority="normal"}`)).toBe(2);
  });

  // documented: engine-request-cap
  test("never comes to an engine over its cap, however many wait", async () => {
    const gateway = await startNarrow({}, { engines: [{ firstByteMs: 5 }, { firstByteMs: 5 }] });
    let most = 0;
    const watch = setInterval(() => {
      for (const { received } of gateway.engines) most = Math.max(most, received.filter(({ isOpen }) => isOpen).length);
    }, 1);
    const responses = await Promise.all(Array.from({ length: 60 }, () => send(gateway.url)));
    clearInterval(watch);
    expect(responses.every(({ status }) => status === 200)).toBe(true);
    expect(most).toBe(1);
  });

  // documented: queue-wait-outside-time-limit
  test("the wait does not count against the route's time limit", async () => {
    const gateway = await startNarrow(
      {},
      {
        engines: [{ firstByteMs: 700 }],
        config: { timeouts: { firstByteSeconds: 1.8, totalSeconds: 1.8, idleSeconds: 5 } },
      },
    );
    const responses = await Promise.all(Array.from({ length: 3 }, () => send(gateway.url)));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    const waits = gateway
      .log()
      .filter((line) => line.msg === "request")
      .map((line) => Number(line.queuedMs ?? 0));
    expect(Math.max(...waits)).toBeGreaterThan(1200);
  });

  // documented: client-leaves-queue
  test("whose client leaves is removed from the queue at once, is counted 499, and is never sent to an engine", async () => {
    const gateway = await startNarrow();
    const blocked = await block(gateway);
    const leaving = new AbortController();
    const left = send(gateway.url, {}, { prompt: "left" }, { signal: leaving.signal }).catch(() => "left");
    const stays = send(gateway.url, {}, { prompt: "stays" });
    await untilWaiting(gateway, 2);
    leaving.abort();
    expect(await left).toBe("left");
    await untilWaiting(gateway, 1);
    await blocked.free();
    expect((await stays).status).toBe(200);
    expect(served(gateway)).toEqual(["stays"]);
    const lines = gateway.log().filter((line) => line.msg === "request" && line.engineId === undefined);
    expect(lines).toEqual([expect.objectContaining({ status: 499, aborted: true })]);
  });

  test("and gets no slot in time is 503 with Retry-After, and is removed from the queue", async () => {
    const gateway = await startNarrow({ waitSeconds: 0.2 });
    const blocked = await block(gateway);
    const response = await send(gateway.url);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await errorOf(response, 503, "overloaded")).message).toContain("as long as the request could wait");
    expect(await waitingRequests(gateway)).toBe(0);
    expect(await sample(gateway, `sluice_requests_shed_total{reason="deadline"}`)).toBe(1);
    await blocked.free();
  });

  // documented: queue-wait-limit
  test("waits no longer than the client's SDK does", async () => {
    const gateway = await startNarrow({ waitSeconds: 60 });
    const blocked = await block(gateway);
    await errorOf(await send(gateway.url, { "x-stainless-timeout": "0.3" }), 503, "overloaded");
    await blocked.free();
  });

  // documented: queue-full-503
  test("of a full queue is 503 with a Retry-After from the rate at which it empties", async () => {
    const gateway = await startNarrow({ maxRequests: 2 }, { engines: [{ firstByteMs: 400 }] });
    const waiting = [send(gateway.url), send(gateway.url), send(gateway.url)];
    await untilWaiting(gateway, 2);
    const engine = gateway.engines[0]!;
    await eventually(() => expect(engine.received).toHaveLength(1));
    // The next one stays with the engine until the queue is full again.
    engine.behaviour.firstByteMs = 2000;
    const first = await send(gateway.url);
    await errorOf(first, 503, "overloaded");
    expect(first.headers.get("retry-after"), "no request was served yet").toBe("5");
    await waiting[0];
    const more = send(gateway.url);
    await untilWaiting(gateway, 2);
    const response = await send(gateway.url);
    await errorOf(response, 503, "overloaded");
    expect(["1", "2", "3", "4"]).toContain(response.headers.get("retry-after"));
    engine.behaviour.firstByteMs = 0;
    await Promise.all([...waiting, more]);
  });

  test("over the bytes that may wait is 503", async () => {
    const gateway = await startNarrow({ maxBytes: 4096 });
    const blocked = await block(gateway);
    const waiting = send(gateway.url, {}, { prompt: "x".repeat(3000) });
    await untilWaiting(gateway, 1);
    await errorOf(await send(gateway.url, {}, { prompt: "x".repeat(3000) }), 503, "overloaded");
    await blocked.free();
    expect((await waiting).status).toBe(200);
  });

  // documented: tenant-share-429
  test("over its tenant's share is 429 with Retry-After, while requests of other tenants are still accepted", async () => {
    const gateway = await startNarrow({ maxRequests: 10, maxShareOfTenant: 0.2 });
    const blocked = await block(gateway);
    const waiting = [send(gateway.url, as("192.0.2.1")), send(gateway.url, as("192.0.2.1"))];
    await untilWaiting(gateway, 2);
    const over = await send(gateway.url, as("192.0.2.1"));
    expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await errorOf(over, 429, "queue_share_exceeded")).type).toBe("rate_limit_error");
    waiting.push(send(gateway.url, as("192.0.2.2")));
    await untilWaiting(gateway, 3);
    await blocked.free();
    for (const response of await Promise.all(waiting)) expect(response.status).toBe(200);
  });

  // documented: queue-displacement
  test("pushes a less important one out of a full queue, which is 503 with Retry-After", async () => {
    const gateway = await startNarrow({ maxRequests: 1 });
    const blocked = await block(gateway);
    const batch = send(gateway.url, as("192.0.2.1", "batch"));
    await untilWaiting(gateway, 1);
    const normal = send(gateway.url, as("192.0.2.2", "normal"));
    const evicted = await batch;
    expect(Number(evicted.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await errorOf(evicted, 503, "overloaded")).message).toContain("requests that are served first");
    await blocked.free();
    expect((await normal).status).toBe(200);
  });

  // documented: queue-per-model
  test("of one model leaves room for those of another", async () => {
    const [tiny] = testConfig({}, { maxRequestsPerEngine: 1 }).models;
    const models = [tiny!, { ...tiny!, id: "other", targetGroupArn: "arn:other" }];
    const gateway = await startNarrow({ maxRequests: 4 }, { engines: [{ mode: "hang" }], config: { models } });
    const leaving = new AbortController();
    const ended: Promise<unknown>[] = [];
    const hang = (model: string) => {
      const response = send(gateway.url, {}, { model }, { signal: leaving.signal });
      ended.push(response.catch(() => undefined));
    };
    for (let index = 0; index < 6; index++) hang("tiny");
    await untilWaiting(gateway, 2);
    await eventually(async () => expect(await sample(gateway, `sluice_requests_shed_total{reason="full"}`)).toBe(3));
    hang("other");
    await eventually(() =>
      expect(gateway.engines[0]?.received.map(({ body }) => body.model)).toEqual(["tiny", "other"]),
    );
    hang("other");
    await untilWaiting(gateway, 3);
    leaving.abort();
    await Promise.all(ended);
    await untilWaiting(gateway, 0);
  });
});

test("a storm of requests that are served, refused, evicted, late or aborted leaves none behind in the queue", async () => {
  const gateway = await startNarrow(
    { maxRequests: 20, waitSeconds: 0.3, maxShareOfTenant: 0.5 },
    { engines: [{ firstByteMs: 10 }, { firstByteMs: 10 }] },
  );
  const statuses = new Map<number | string, number>();
  const all = Array.from({ length: 300 }, async (_, index) => {
    const leaving = new AbortController();
    if (index % 5 === 0) setTimeout(() => leaving.abort(), index);
    const headers = as(`192.0.2.${index % 7}`, index % 3 === 0 ? "batch" : "normal");
    const status = await send(gateway.url, headers, { stream: index % 2 === 0 }, { signal: leaving.signal })
      .then(async (response) => {
        await response.text();
        return response.status;
      })
      .catch(() => "gone");
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  });
  await Promise.all(all);
  expect([...statuses.keys()].every((status) => [200, 429, 503, "gone"].includes(status))).toBe(true);
  expect(statuses.get(200)).toBeGreaterThan(10);
  await eventually(async () => expect(await sample(gateway, "sluice_requests_in_flight")).toBe(0));
  expect(await waitingRequests(gateway)).toBe(0);
  const bytes = ["normal", "batch"].map((priority) => sample(gateway, `sluice_queue_bytes{priority="${priority}"}`));
  expect(await Promise.all(bytes)).toEqual([0, 0]);
  expect((await send(gateway.url)).status).toBe(200);
});
