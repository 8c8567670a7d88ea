import { expect, test } from "vitest";
import { idleTimeoutSeconds, keepAliveSeconds } from "./idle-timeout.ts";

const limits = (seconds: number) => ({ firstByteSeconds: seconds, totalSeconds: seconds, idleSeconds: seconds });
const queue = { maxRequests: 1, maxBytes: 1, waitSeconds: 15, wakeSeconds: 0, maxShareOfTenant: 1 };

test.each([
  [limits(30), {}, 75],
  [limits(30), { "/v1/completions": { totalSeconds: 240 } }, 495],
])(
  "the load balancer waits twice the longest time limit and the longest wait, of case %#",
  (timeouts, routeTimeouts, seconds) => {
    expect(idleTimeoutSeconds({ timeouts, routeTimeouts, queue })).toBe(seconds);
  },
);

test("a gateway's connection outlives the load balancer's idle timeout, whatever the time limits are", () => {
  for (const seconds of [1, 30, 300]) {
    const input = { timeouts: limits(seconds), routeTimeouts: {}, queue };
    expect(keepAliveSeconds(input)).toBeGreaterThanOrEqual(idleTimeoutSeconds(input) + 10);
  }
});
