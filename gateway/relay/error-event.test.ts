import { expect, test } from "vitest";
import { isErrorEvent } from "./error-event.ts";

/** Milliseconds of the processor that a step takes, the least of some runs. */
function cost(step: () => void): number {
  const runs = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    step();
    return process.cpuUsage(before).user / 1000;
  });
  return Math.min(...runs);
}

test.each(["data:\n", "data: 1\r\n", "event:\n", "\r\n"])(
  "an event of a megabyte of %j is an error, which is found at once",
  (line) => {
    const text = `${line.repeat(1_000_000 / line.length)}\n`;
    expect(isErrorEvent(text)).toBe(true);
    expect(cost(() => isErrorEvent(text))).toBeLessThan(20);
  },
);

test("an event whose data is in a thousand lines is none", () => {
  const json = JSON.stringify({ choices: Array.from({ length: 500 }, (_, index) => ({ index })) }, null, 1);
  expect(isErrorEvent(`${json.replace(/^/gm, "data: ")}\n\n`)).toBe(false);
});
