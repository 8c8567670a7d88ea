import { describe, expect, onTestFinished, test } from "vitest";
import { MemoryResponseStore } from "../gateway/responses/memory-response-store.ts";
import { startTestGateway } from "../gateway/test/test-gateway.ts";
import { attack, verdictOf } from "./attack.ts";
import { sendShape } from "./send-shape.ts";
import { hostileShapes } from "./shapes.ts";
import { MAX_TURN_MS, TurnMeter } from "./turn-meter.ts";

/** The least of some counts: code that is not yet compiled, and the collector's turns, are not the request's. */
const ROUNDS = 4;

describe("a megabyte of a hostile shape", () => {
  test.each(hostileShapes("tiny"))(
    "($name) gets its status and holds the gateway's thread for under 250 ms of CPU time",
    async (shape) => {
      const responses = new MemoryResponseStore({
        maxBytes: 100_000_000,
        ttlSeconds: 60,
        now: () => performance.now(),
      });
      const { url, log } = await startTestGateway({ responses, config: { bodyLimitBytes: 1_000_000 } });
      const meter = new TurnMeter();
      onTestFinished(() => meter.stop());
      const holds: number[] = [];
      for (let round = 0; round < ROUNDS && !(Math.min(...holds) < MAX_TURN_MS); round++) {
        meter.take();
        expect(shape.statuses).toContain((await sendShape(url, shape)).status);
        holds.push(meter.take());
      }
      expect(Math.min(...holds)).toBeLessThan(MAX_TURN_MS);
      expect(log().filter(({ failure }) => failure !== undefined)).toEqual([]);
    },
  );
});

test("a shape that leaves the process over 256 MiB larger is judged as too much memory", () => {
  expect([verdictOf(true, 9, 300), verdictOf(true, 9, 200)]).toEqual(["too much memory", "ok"]);
  expect([verdictOf(true, 90, 300), verdictOf(false, 90, 300)]).toEqual(["slow", "wrong status"]);
});

test("the kit reports each shape's status, hold and memory for a running gateway", { timeout: 120_000 }, async () => {
  const { url } = await startTestGateway({ config: { bodyLimitBytes: 1_000_000, requestsPerMinutePerIp: 1_000_000 } });
  const shown: string[] = [];
  const rows = await attack({ url, pid: process.pid, rounds: 1 }, ({ shape }) => shown.push(shape));
  expect(shown).toEqual(hostileShapes("tiny").map(({ name }) => name));
  expect(rows.filter(({ verdict }) => verdict === "wrong status")).toEqual([]);
  for (const { holdMs, memoryMiB } of rows) expect([holdMs > 0, Number(memoryMiB) > 0]).toEqual([true, true]);
});
