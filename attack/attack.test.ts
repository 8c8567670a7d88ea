import { describe, expect, onTestFinished, test } from "vitest";
import { startTestGateway } from "../gateway/test/test-gateway.ts";
import { sendShape } from "./send-shape.ts";
import { hostileShapes } from "./shapes.ts";
import { TurnMeter } from "./turn-meter.ts";

const MAX_HOLD_MS = 50;
/** The least of some counts: code that is not yet compiled, and the collector's turns, are not the request's. */
const ROUNDS = 4;

describe("a megabyte of a hostile shape", () => {
  test.each(hostileShapes("tiny"))(
    "($name) gets its status and holds the gateway's thread for under 50 ms of CPU time",
    async (shape) => {
      const { url, log } = await startTestGateway({ config: { bodyLimitBytes: 1_000_000 } });
      const meter = new TurnMeter();
      onTestFinished(() => meter.stop());
      const holds: number[] = [];
      for (let round = 0; round < ROUNDS && !(Math.min(...holds) < MAX_HOLD_MS); round++) {
        meter.take();
        expect(shape.statuses).toContain(await sendShape(url, shape));
        holds.push(meter.take());
      }
      expect(Math.min(...holds)).toBeLessThan(MAX_HOLD_MS);
      expect(log().filter(({ failure }) => failure !== undefined)).toEqual([]);
    },
  );
});
