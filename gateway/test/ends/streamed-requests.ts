import {
  DRIP,
  type End,
  leaving,
  leavingAt,
  limits,
  ONE_SLOT,
  readAll,
  received,
  shortly,
  whileFull,
} from "./request-end.ts";

/** Ends of requests whose response is streamed. */
export const STREAM: readonly End[] = [
  { how: "a stream's end", lines: [[200, undefined, false]], calls: ["a ok"], paid: "usage" },
  {
    how: "the client leaves in the queue",
    a: DRIP,
    settings: ONE_SLOT,
    run: whileFull(leaving(shortly)),
    lines: [
      [200, undefined, true],
      [499, undefined, true],
    ],
    calls: ["a ok"],
    paid: "part",
  },
  {
    how: "the wait in the queue is over",
    a: DRIP,
    settings: ONE_SLOT,
    config: {
      queue: { maxRequests: 100, maxBytes: 10_000_000, waitSeconds: 0.3, wakeSeconds: 0, maxShareOfTenant: 1 },
    },
    run: whileFull(readAll),
    lines: [
      [200, undefined, true],
      [503, "overloaded", false],
    ],
    calls: ["a ok"],
    paid: "part",
  },
  {
    how: "the client leaves before the first byte",
    a: { fault: "hang" },
    run: leaving(received),
    lines: [[499, undefined, true]],
    calls: ["a abandoned"],
    paid: "none",
  },
  {
    how: "the client leaves in the middle",
    a: DRIP,
    settings: limits({}),
    run: leavingAt("w0"),
    lines: [[200, undefined, true]],
    calls: ["a ok"],
    paid: "part",
  },
  {
    how: "the client leaves with the last event",
    run: leavingAt("[DONE]"),
    lines: [[200, undefined, false]],
    calls: ["a ok"],
    paid: "usage",
  },
  {
    how: "the route's time to the first byte is over",
    a: { fault: "hang" },
    settings: limits({}),
    config: { timeouts: { firstByteSeconds: 1, totalSeconds: 5, idleSeconds: 5 } },
    lines: [[504, "timeout", false]],
    calls: ["a abandoned"],
    paid: "none",
  },
  {
    how: "the provider's time to the first byte is over",
    a: { fault: "hang" },
    settings: limits({ firstByteSeconds: 1 }),
    lines: [[504, "timeout", false]],
    calls: ["a slow"],
    paid: "none",
  },
  {
    how: "the route's idle time is over",
    a: DRIP,
    settings: limits({}),
    config: { timeouts: { firstByteSeconds: 5, totalSeconds: 5, idleSeconds: 0.5 } },
    lines: [[200, "timeout", false]],
    calls: ["a ok"],
    paid: "part",
  },
  {
    how: "the provider's idle time is over",
    a: DRIP,
    settings: limits({ idleSeconds: 0.5 }),
    lines: [[200, "stream_interrupted", false]],
    calls: ["a ok"],
    paid: "part",
  },
  {
    how: "the provider's time for a stream is over",
    a: { ...DRIP, dripMs: 100, tokens: 100 },
    settings: limits({ totalSeconds: 0.5 }),
    lines: [[200, "stream_interrupted", false]],
    calls: ["a ok"],
    paid: "part",
  },
  {
    how: "no server listens",
    isGone: true,
    lines: [[503, "model_unavailable", false]],
    calls: ["a refused"],
    paid: "none",
  },
  {
    how: "a reset before the headers",
    a: { fault: "reset-before-headers" },
    lines: [[502, "upstream_error", false]],
    calls: ["a died"],
    paid: "none",
  },
  {
    how: "a reset after the headers",
    a: { fault: "reset-after-headers" },
    lines: [[502, "upstream_error", false]],
    calls: ["a died"],
    paid: "none",
  },
  {
    how: "a reset in the middle",
    a: { fault: "reset-in-stream" },
    lines: [[200, "stream_interrupted", false]],
    calls: ["a ok"],
    paid: "part",
  },
  {
    how: "an error event in the middle",
    a: { fault: "error-in-stream" },
    lines: [[200, "upstream_error", false]],
    calls: ["a ok"],
    paid: "part",
  },
  {
    how: "events that are none",
    a: { fault: "malformed-events" },
    lines: [[502, "upstream_error", false]],
    calls: ["a malformed"],
    paid: "none",
  },
  {
    how: "429",
    a: { fault: { status: 429, retryAfter: "7" } },
    lines: [[503, "overloaded", false]],
    calls: ["a busy"],
    paid: "none",
  },
  {
    how: "failover to another provider",
    a: { fault: "reset-before-headers" },
    route: { fallbacks: ["b/small"] },
    lines: [[200, undefined, false]],
    calls: ["a died", "b ok"],
    paid: "usage",
  },
  {
    how: "a hedge that the second call wins",
    a: { fault: "hang" },
    route: { fallbacks: ["b/small"], hedgeAfterMs: 100 },
    lines: [[200, undefined, false]],
    calls: ["a hedged-away", "b ok"],
    paid: "usage",
  },
  {
    how: "a drain that waits for the stream",
    a: { fault: "slow-drip", dripMs: 200 },
    settings: limits({}),
    run: async (world) => {
      const text = readAll(world, true);
      await received(world);
      await world.drain();
      await text;
    },
    lines: [[200, undefined, false]],
    calls: ["a ok"],
    paid: "usage",
  },
  {
    how: "a drain that ends the stream when its time is over",
    a: { fault: "slow-drip", dripMs: 700, tokens: 20 },
    settings: limits({}),
    config: { drainSeconds: 0.5 },
    run: async (world) => {
      const text = readAll(world, true);
      await received(world);
      await world.drain();
      await text.catch(() => undefined);
    },
    lines: [[200, undefined, true]],
    calls: ["a ok"],
    paid: "part",
  },
];
