import { expect, test } from "vitest";
import { gaugeOf } from "./engine-gauges.ts";

test("a gauge is summed over its labels, and another one whose name goes on is not it", () => {
  const text = '# TYPE a gauge\na{x="1"} 2\na{x="2"} 3\nab 7\n';
  expect(gaugeOf(text, "a")).toBe(5);
  expect(gaugeOf(text, "b")).toBeUndefined();
});
