import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RecordingBudget, StreamRecorder } from "./stream-recorder.ts";

describe("recording a stream", () => {
  test("returns all bytes of streams within the bounds, and never holds more than its budget", () => {
    const streams = fc.array(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 8 }), { maxLength: 8 });
    void fc.assert(
      fc.property(streams, (chunked) => {
        const budget = new RecordingBudget(32 * 1024);
        const recorders = chunked.map(() => new StreamRecorder(budget, 16 * 1024));
        for (let turn = 0; turn < 8; turn++)
          for (const [index, recorder] of recorders.entries()) {
            recorder.push(Buffer.from(chunked[index]?.[turn] ?? []));
            expect(budget.usedBytes).toBeLessThanOrEqual(32 * 1024);
          }
        for (const [index, recorder] of recorders.entries()) {
          const all = Buffer.concat(chunked[index] ?? []);
          const recorded = recorder.finish();
          if (recorded !== undefined) expect(recorded.equals(all)).toBe(true);
          else expect(chunked.length).toBeGreaterThan(1);
        }
        expect(budget.usedBytes).toBe(0);
      }),
    );
  });

  test("forgets one that is too long, at once and for good", () => {
    const budget = new RecordingBudget(1024 * 1024);
    const recorder = new StreamRecorder(budget, 10_000);
    recorder.push(Buffer.alloc(9000));
    recorder.push(Buffer.alloc(2000));
    expect(budget.usedBytes).toBe(0);
    recorder.push(Buffer.alloc(10));
    expect(recorder.finish()).toBeUndefined();
  });

  test("holds none of the buffers that were pushed", () => {
    const recorder = new StreamRecorder(new RecordingBudget(1024 * 1024), 10_000);
    const chunk = Buffer.from("first");
    recorder.push(chunk);
    chunk.fill("x");
    expect(String(recorder.finish())).toBe("first");
  });
});
