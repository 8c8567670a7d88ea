import { type End, leaving, limits, received, shortly } from "./request-end.ts";

/** Ends of requests whose response is whole. */
export const WHOLE: readonly End[] = [
  { how: "a whole answer", lines: [[200, undefined, false]], calls: ["a ok"], paid: "usage" },
  {
    how: "the client leaves before the response, which does not come within the provider's time",
    a: { fault: "hang" },
    settings: limits({ totalSeconds: 1 }),
    run: leaving(received),
    lines: [[499, undefined, true]],
    calls: ["a abandoned"],
    paid: "none",
  },
  {
    how: "the client leaves before the response, which does not come within the route's time",
    a: { fault: "hang" },
    run: leaving(received),
    settings: limits({}),
    config: { timeouts: { firstByteSeconds: 5, totalSeconds: 1, idleSeconds: 5 } },
    lines: [[499, undefined, true]],
    calls: ["a abandoned"],
    paid: "none",
  },
  {
    how: "the client leaves in the middle of a whole answer, which is read to its end",
    a: { fault: "slow-drip", dripMs: 60 },
    run: leaving(async (world) => received(world).then(shortly)),
    isReadWithoutClient: true,
    lines: [[499, undefined, true]],
    calls: ["a abandoned"],
    paid: "usage",
  },
  {
    how: "the client leaves in the middle of a whole answer, and a drain waits for its end",
    a: { fault: "slow-drip", dripMs: 60 },
    run: async (world, isStream) => {
      await leaving(async () => received(world).then(shortly))(world, isStream);
      await shortly();
      await world.drain();
    },
    isReadWithoutClient: true,
    lines: [[499, undefined, true]],
    calls: ["a abandoned"],
    paid: "usage",
  },
  {
    how: "the client leaves while a connection is made",
    endpoint: "http://slow.test",
    isUnconnected: true,
    run: leaving(shortly),
    lines: [[499, undefined, true]],
    calls: ["a abandoned"],
    paid: "none",
  },
  {
    how: "the route's time for a whole answer is over",
    a: { fault: "hang" },
    settings: limits({}),
    config: { timeouts: { firstByteSeconds: 5, totalSeconds: 1, idleSeconds: 5 } },
    lines: [[504, "timeout", false]],
    calls: ["a abandoned"],
    paid: "none",
  },
  {
    how: "the provider's time for a whole answer is over",
    a: { fault: "hang" },
    settings: limits({ totalSeconds: 1 }),
    lines: [[504, "timeout", false]],
    calls: ["a slow"],
    paid: "none",
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
    how: "half a JSON",
    a: { fault: "half-json" },
    lines: [[502, "upstream_error", false]],
    calls: ["a malformed"],
    paid: "none",
  },
  {
    how: "a page of HTML",
    a: { fault: "html" },
    lines: [[502, "upstream_error", false]],
    calls: ["a malformed"],
    paid: "none",
  },
  {
    how: "the provider refuses the request",
    a: { fault: { status: 400, body: '{"error":{"message":"no"}}' } },
    lines: [[400, "invalid_request", false]],
    calls: ["a refused-request"],
    paid: "none",
  },
  {
    how: "500",
    a: { fault: { status: 500 } },
    lines: [[502, "upstream_error", false]],
    calls: ["a failed"],
    paid: "none",
  },
];
