import { expect, test } from "vitest";
import { cpuCost } from "../../test-support/cpu-cost.ts";
import { isErrorEvent } from "./error-event.ts";

test.each(["data:\n", "data: 1\r\n", "event:\n", "\r\n"])(
  "an event of a megabyte of %j is an error, which is found at once",
  (line) => {
    const text = `${line.repeat(1_000_000 / line.length)}\n`;
    expect(isErrorEvent(text)).toBe(true);
    // Seen: 0.2 ms at most. What takes time are searches of the runtime's own, which nothing but time measures.
    expect(cpuCost(() => isErrorEvent(text))).toBeLessThan(20);
  },
);

test("an event whose data is in a thousand lines is none", () => {
  const json = JSON.stringify({ choices: Array.from({ length: 500 }, (_, index) => ({ index })) }, null, 1);
  expect(isErrorEvent(`${json.replace(/^/gm, "data: ")}\n\n`)).toBe(false);
});
