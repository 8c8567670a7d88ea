import { describe, expect, test } from "vitest";
import type { FakeProviderBehaviour } from "../../../test-support/fake-provider.ts";
import { providerConfig, routeConfig } from "../../../test-support/target-config.ts";
import { eventually } from "../../../test-support/waits/eventually.ts";
import { provide } from "../../test/provider-fixture.ts";
import { chat, completion, errorOf, eventsOf, post, startTestGateway } from "../../test/test-gateway.ts";
import { HedgedAway, hedge } from "./hedge.ts";

const AFTER_MS = 50;
/** For tests in which some calls must finish before it, on a busy machine too. */
const AMPLE_MS = 250;
/** Long after the second call has started. */
const SLOW_MS = 400;

interface HedgeSetup {
  readonly first: Partial<FakeProviderBehaviour>;
  /** @default - one that responds at once */
  readonly second?: Partial<FakeProviderBehaviour>;
  readonly route?: Record<string, unknown>;
  readonly firstLimits?: Record<string, unknown>;
  readonly secondLimits?: Record<string, unknown>;
}

/** A route that hedges, over two providers and a third one that responds. */
async function setUp({ first, second, route, firstLimits, secondLimits }: HedgeSetup) {
  const [one, two, three] = await Promise.all([provide(first), provide(second), provide()]);
  const gateway = await startTestGateway({
    engines: [],
    config: {
      providers: [
        providerConfig("one", one.origin, firstLimits),
        providerConfig("two", two.origin, secondLimits),
        providerConfig("three", three.origin),
      ],
      routes: [
        routeConfig("chat", ["one/small"], {
          fallbacks: ["two/small", "three/small"],
          hedgeAfterMs: AFTER_MS,
          ...route,
        }),
      ],
    },
  });
  const send = (fields: object = {}, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    post(gateway.url, "/v1/chat/completions", chat({ model: "chat", ...fields }), headers, init);
  const calls = () => [one.received.length, two.received.length, three.received.length];
  return { ...gateway, one, two, three, send, calls };
}

function responderOf({ status, headers }: Response) {
  return [status, headers.get("x-sluice-target"), headers.get("x-sluice-attempts")];
}

describe("a first call that is silent", () => {
  test.each([true, false])(
    "is raced by a second one: the response is the faster one's alone (stream: %s)",
    async (stream) => {
      const { send, one, calls, requestLine } = await setUp({ first: { fault: "hang" }, second: { tokens: 4 } });
      const response = await send({ stream });
      expect(responderOf(response)).toEqual([200, "two/small", "2"]);
      if (stream)
        expect(eventsOf(await response.text())).toHaveLength(6); // four tokens, the end, [DONE]
      else expect(await response.json()).toMatchObject({ usage: { completion_tokens: 4 } });
      await eventually(() => expect(one.received[0]?.aborted).toBe(true));
      expect(calls()).toEqual([1, 1, 0]);
      expect(await requestLine()).toMatchObject({ targetId: "two/small", engineId: "two", completionTokens: 4 });
    },
  );

  test.each([true, false])("still wins when it responds before the second one does (stream: %s)", async (stream) => {
    const { send, two, requestLine } = await setUp({
      first: { firstByteMs: SLOW_MS, tokens: 5 },
      second: { fault: "hang" },
    });
    const response = await send({ stream });
    expect(responderOf(response)).toEqual([200, "one/small", "2"]);
    await response.text();
    await eventually(() => expect(two.received[0]?.aborted).toBe(true));
    expect(await requestLine()).toMatchObject({ targetId: "one/small", engineId: "one", completionTokens: 5 });
  });

  test("may be an engine of ours: another engine of its pool responds, and it is not called twice", async () => {
    const { url, engines } = await startTestGateway({
      engines: [{ mode: "hang" }, { firstByteMs: SLOW_MS }],
      config: { routes: [routeConfig("tiny", ["tiny"], { hedgeAfterMs: AFTER_MS })] },
    });
    const responses = await Promise.all([1, 2].map(() => post(url, "/v1/completions", completion())));
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect(engines.map(({ received }) => received.length)).toEqual([2, 2]);
    await eventually(() => expect(engines[0]?.received.map(({ aborted }) => aborted)).toEqual([true, true]));
  });

  // documented: hedge-loser-released
  test("releases its slot and the money that was set aside for it, and its health is unchanged", async () => {
    const { send, one, metricsUrl } = await setUp({
      first: { next: Array.from({ length: 6 }, () => "hang" as const) },
      // Enough for one response of a thousand tokens, not for two.
      firstLimits: { maxInFlight: 1, monthlyCapUsd: 0.003 },
      route: { hedgeAfterMs: AMPLE_MS },
    });
    for (let count = 1; count <= 6; count++) {
      expect(responderOf(await send())).toEqual([200, "two/small", "2"]);
      await eventually(() => expect(one.received.filter(({ aborted }) => aborted)).toHaveLength(count));
    }
    expect(responderOf(await send())).toEqual([200, "one/small", "1"]);
    const metrics = await (await fetch(metricsUrl)).text();
    expect(metrics).toContain('sluice_target_calls_total{target="one/small",outcome="hedged-away"} 6');
    expect(metrics).toContain('sluice_target_calls_total{target="two/small",outcome="ok"} 6');
    expect(metrics).toContain('sluice_target_breaker_state{target="one/small"} 0');
    expect(metrics).not.toContain("sluice_target_failovers_total{");
  });

  test("is known to be slow afterwards: the fastest target is another one", async () => {
    const { send } = await setUp({
      first: { firstByteMs: SLOW_MS },
      route: {
        policy: "least-latency",
        hedgeAfterMs: AMPLE_MS,
        targets: ["one", "two"].map((provider) => ({ provider, model: "small", weight: 1 })),
        fallbacks: [],
      },
    });
    const responses: (string | null)[] = [];
    for (let count = 0; count < 6; count++) responses.push((await send()).headers.get("x-sluice-attempts"));
    expect(responses.slice(2)).toEqual(["1", "1", "1", "1"]);
  });

  test("ends with the second one when the client of a stream leaves", async () => {
    const { send, one, two, calls } = await setUp({ first: { fault: "hang" }, second: { fault: "hang" } });
    const client = new AbortController();
    const response = send({ stream: true }, {}, { signal: client.signal });
    await eventually(() => expect(calls()).toEqual([1, 1, 0]));
    client.abort();
    await expect(response).rejects.toThrow();
    await eventually(() => expect([one.received[0]?.aborted, two.received[0]?.aborted]).toEqual([true, true]));
  });
});

describe("when one of two calls fails", () => {
  test("the second at once: the first is waited for", async () => {
    const { send, calls } = await setUp({ first: { firstByteMs: SLOW_MS }, second: { fault: { status: 500 } } });
    expect(responderOf(await send())).toEqual([200, "one/small", "2"]);
    expect(calls()).toEqual([1, 1, 0]);
  });

  test("the first: the second is waited for", async () => {
    const { send, calls } = await setUp({
      first: { firstByteMs: 2 * AFTER_MS, fault: "reset-before-headers" },
      second: { firstByteMs: SLOW_MS },
    });
    expect(responderOf(await send({ stream: true }))).toEqual([200, "two/small", "2"]);
    expect(calls()).toEqual([1, 1, 0]);
  });

  test("with what the client wrote: the other may still take it", async () => {
    const { send } = await setUp({ first: { firstByteMs: SLOW_MS }, second: { fault: { status: 400 } } });
    expect(responderOf(await send())).toEqual([200, "one/small", "2"]);
  });

  test("and so does the second: the rest of the chain is called", async () => {
    const { send, calls } = await setUp({
      first: { firstByteMs: 2 * AFTER_MS, fault: { status: 500 } },
      second: { fault: { status: 500 } },
    });
    expect(responderOf(await send())).toEqual([200, "three/small", "3"]);
    expect(calls()).toEqual([1, 1, 1]);
  });

  test("and no target is left: the error is the most informative one, as without a second call", async () => {
    const { send } = await setUp({
      first: { firstByteMs: 2 * AFTER_MS, fault: { status: 500 } },
      second: { fault: { status: 429, retryAfter: "60" } },
      route: { fallbacks: ["two/small"] },
    });
    const response = await send();
    expect(response.headers.get("retry-after")).toBe("60");
    await errorOf(response, 503, "overloaded");
  });

  test("the second, without a fallback, has all the time that is left", async () => {
    const { send } = await setUp({
      first: { fault: "hang" },
      second: { firstByteMs: SLOW_MS },
      route: { failoverAfterSeconds: 0.1, fallbacks: ["two/small"] },
    });
    expect(responderOf(await send({ stream: true }))).toEqual([200, "two/small", "2"]);
  });
});

describe("there is no second call", () => {
  test("by default", async () => {
    const { send, calls } = await setUp({ first: { firstByteMs: SLOW_MS }, route: { hedgeAfterMs: null } });
    expect(responderOf(await send())).toEqual([200, "one/small", "1"]);
    expect(routeConfig("chat", ["tiny"]).hedgeAfterMs).toBeUndefined();
    expect(calls()).toEqual([1, 0, 0]);
  });

  test("for a first one that responds in time", async () => {
    const { send, calls } = await setUp({ first: {}, route: { hedgeAfterMs: 10_000 } });
    expect(responderOf(await send())).toEqual([200, "one/small", "1"]);
    expect(calls()).toEqual([1, 0, 0]);
  });

  test("after the first byte, however slowly the rest comes", async () => {
    const { send, calls } = await setUp({
      first: { fault: "slow-drip", dripMs: AMPLE_MS },
      route: { hedgeAfterMs: AMPLE_MS },
    });
    expect(eventsOf(await (await send({ stream: true })).text()).at(-1)).toBe("[DONE]");
    expect(calls()).toEqual([1, 0, 0]);
  });

  test("for batches", async () => {
    const { send, calls } = await setUp({ first: { firstByteMs: SLOW_MS } });
    expect(responderOf(await send({}, { "x-sluice-priority": "batch" }))).toEqual([200, "one/small", "1"]);
    expect(calls()).toEqual([1, 0, 0]);
  });

  // documented: retry-budget
  test("beyond the retry budget: ten, and a tenth of the requests", async () => {
    const { send, calls } = await setUp({ first: { firstByteMs: SLOW_MS }, second: { fault: "hang" } });
    const responses = await Promise.all(Array.from({ length: 40 }, () => send()));
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200));
    expect(calls()).toEqual([40, 14, 0]);
  });

  test("to a target for emergencies, nor a third one", async () => {
    const { send, calls } = await setUp({
      first: { firstByteMs: SLOW_MS },
      secondLimits: { emergencyOnly: true },
    });
    expect(responderOf(await send())).toEqual([200, "three/small", "2"]);
    expect(calls()).toEqual([1, 0, 1]);
  });

  test("to a target that is full", async () => {
    const { send, calls } = await setUp({
      first: { firstByteMs: SLOW_MS },
      second: { fault: "hang" },
      secondLimits: { maxInFlight: 1 },
      route: { fallbacks: ["two/small"] },
    });
    const responses = await Promise.all([send(), send()]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect(calls()).toEqual([2, 1, 0]);
  });
});

describe("two responses in the same moment", () => {
  test("become one response: the other lease is released, its call aborted", async () => {
    const both = Promise.withResolvers<void>();
    const discarded: string[] = [];
    const signals: AbortSignal[] = [];
    const call = (name: string) => async (signal: AbortSignal) => {
      signals.push(signal);
      await both.promise;
      return name;
    };
    const response = hedge({
      afterMs: 1,
      whole: new AbortController().signal,
      first: call("first"),
      second: () => {
        setImmediate(both.resolve);
        return call("second");
      },
      discard: (late: string) => discarded.push(late),
    });
    expect(await response).toBe("first");
    await eventually(() => expect(discarded).toEqual(["second"]));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
    expect(signals[1]?.reason).toBeInstanceOf(HedgedAway);
  });
});
