import { describe, expect, test } from "vitest";
import { eventually } from "../../../test-support/waits/eventually.ts";
import { block, sample, send, served, startNarrow, untilWaiting, waitingRequests } from "../../test/narrow-gateway.ts";
import { errorOf } from "../../test/test-gateway.ts";

test("a connection that an engine refuses costs no attempt: the request waits for the next engine", async () => {
  const gateway = await startNarrow({ wakeSeconds: 20 }, { engines: [{}], probeMs: 60_000 });
  await gateway.engines[0]?.stop();
  const response = send(gateway.url);
  await untilWaiting(gateway, 1);
  const { startFakeEngine } = await import("../../../test-support/fake-engine.ts");
  const replacement = await startFakeEngine();
  gateway.discovery.engines = [{ id: "i-9", origin: replacement.origin, inService: true }];
  expect((await response).status).toBe(200);
  await replacement.stop();
});

describe("an engine that refuses for capacity though it has some by our count", () => {
  const busy = { status: 429, body: "{}", headers: { "retry-after": "9" } } as const;

  test("gets the request again a moment later", async () => {
    const gateway = await startNarrow({}, { engines: [{ mode: busy }] });
    const response = send(gateway.url);
    await eventually(() => expect(gateway.engines[0]?.received).toHaveLength(1));
    gateway.engines[0]!.behaviour.mode = "answer";
    expect((await response).status).toBe(200);
    expect(gateway.engines[0]?.received).toHaveLength(2);
  });

  test("and refuses again is 503 with its Retry-After: no request is put back twice", async () => {
    const gateway = await startNarrow({}, { engines: [{ mode: busy }] });
    const response = await send(gateway.url);
    expect(response.headers.get("retry-after")).toBe("9");
    await errorOf(response, 503, "overloaded");
    expect(gateway.engines[0]?.received).toHaveLength(2);
    expect(await waitingRequests(gateway)).toBe(0);
  });
});

describe("a model without a ready engine", () => {
  test("holds its requests and serves them when an engine comes", async () => {
    const gateway = await startNarrow({ wakeSeconds: 20, waitSeconds: 0.1 }, { engines: [{ health: "loading" }] });
    const responses = [send(gateway.url), send(gateway.url)];
    await untilWaiting(gateway, 2);
    expect(gateway.engines[0]?.received).toHaveLength(0);
    gateway.engines[0]!.behaviour.health = "ready";
    for (const response of await Promise.all(responses)) expect(response.status).toBe(200);
    expect(await waitingRequests(gateway)).toBe(0);
  });

  test("holds them for wakeSeconds, then responds 503 model_unavailable with Retry-After", async () => {
    const gateway = await startNarrow({ wakeSeconds: 0.2 }, { engines: [{ health: "loading" }] });
    const response = await send(gateway.url);
    expect(response.headers.get("retry-after")).toBe("30");
    await errorOf(response, 503, "model_unavailable");
    expect(await gateway.requestLine()).toMatchObject({ status: 503, errorCode: "model_unavailable" });
    expect(await sample(gateway, `sluice_requests_shed_total{reason="away"}`)).toBe(1);
  });

  test("holds the requests that waited while its last engine disappeared, until another one comes", async () => {
    const gateway = await startNarrow({ wakeSeconds: 20, waitSeconds: 0.4 }, { engines: [{}], probeMs: 20 });
    const blocked = await block(gateway);
    const waiting = send(gateway.url, {}, { prompt: "waits" });
    await untilWaiting(gateway, 1);
    gateway.engines[0]!.behaviour.health = "loading";
    await eventually(async () => expect((await fetch(`${gateway.url}/health`)).status).toBe(503));
    await blocked.free();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(served(gateway)).toEqual([]);
    gateway.engines[0]!.behaviour.health = "ready";
    expect((await waiting).status).toBe(200);
  });
});

describe("a gateway that leaves", () => {
  test("still serves the requests that wait", async () => {
    const gateway = await startNarrow({}, { engines: [{ firstByteMs: 200 }] });
    const responses = Array.from({ length: 3 }, () => send(gateway.url));
    await untilWaiting(gateway, 2);
    await gateway.gateway.drain();
    for (const response of await Promise.all(responses)) expect(response.status).toBe(200);
  });

  test("refuses the requests that it can't serve within its drain time, before it closes", async () => {
    const gateway = await startNarrow(
      { waitSeconds: 60 },
      { engines: [{ mode: "hang" }], config: { drainSeconds: 1 } },
    );
    const hanging = send(gateway.url).catch(() => "cut");
    await eventually(() => expect(gateway.engines[0]?.received).toHaveLength(1));
    const waiting = send(gateway.url);
    await untilWaiting(gateway, 1);
    await gateway.gateway.drain();
    await errorOf(await waiting, 503, "shutting_down");
    expect(await hanging).toBe("cut");
  });
});
