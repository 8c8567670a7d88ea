import { describe, expect, test } from "vitest";
import { type DrainOptions, drain } from "./drain.ts";

/** A clock that moves only when the drain sleeps; `load` gets the seconds since the start. */
function clock(load: (seconds: number) => number | undefined, options: Partial<DrainOptions> = {}) {
  let time = 0;
  const routed: number[] = [];
  const run = drain({
    requestedAt: 0,
    drainSeconds: 60,
    takeOutOfRouting: async () => {
      routed.push(time);
    },
    load: async () => load(time / 1000),
    now: () => time,
    sleep: async (milliseconds) => {
      time += milliseconds;
    },
    invocationEndsAt: 900_000,
    ...options,
  });
  return run.then((outcome) => ({ outcome, seconds: time / 1000, routed }));
}

describe("a drain", () => {
  test("removes the engine from routing first, and ends when its last request is over", async () => {
    expect(await clock((seconds) => (seconds < 25 ? 2 : 0))).toEqual({ outcome: "drained", seconds: 25, routed: [0] });
  });

  test("an idle engine waits for requests that chose it before the gateways saw the deregistration", async () => {
    expect(await clock(() => 0)).toMatchObject({ outcome: "drained", seconds: 10 });
  });

  test("ends when the time for its requests is over, even with requests in progress", async () => {
    expect(await clock(() => 1)).toMatchObject({ outcome: "late", seconds: 70 });
  });

  test("counts its time from Auto Scaling's event, not from this attempt", async () => {
    expect(await clock(() => 1, { requestedAt: -50_000 })).toMatchObject({ outcome: "late", seconds: 20 });
  });

  test("one missing response does not end the drain, three in a row do", async () => {
    expect(await clock((seconds) => (seconds % 2 === 0 ? undefined : 1))).toMatchObject({ outcome: "late" });
    expect(await clock((seconds) => (seconds < 5 ? 1 : undefined))).toMatchObject({ outcome: "gone", seconds: 7 });
  });

  test("an invocation whose time is over before the engine is drained fails, so that Lambda calls again", async () => {
    await expect(clock(() => 4, { invocationEndsAt: 30_000 })).rejects.toThrow(/still has 4 requests/);
  });
});
