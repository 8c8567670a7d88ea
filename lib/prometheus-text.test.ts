import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findSamples, sumOfSamples } from "./prometheus-text.ts";

describe("the reader of Prometheus pages", () => {
  test("finds a metric by its whole name, with its labels", () => {
    const page = [
      "# HELP vllm:num_requests_running vllm:num_requests_running of all",
      "vllm:num_requests_running_total 9",
      'vllm:num_requests_running{engine="0",model_name="a"} 3.0',
      'vllm:num_requests_running{engine="1",model_name="a"} 4 1700000000000',
    ].join("\n");
    expect(findSamples(page, "vllm:num_requests_running")).toEqual([
      { labels: { engine: "0", model_name: "a" }, value: 3 },
      { labels: { engine: "1", model_name: "a" }, value: 4 },
    ]);
  });

  test("reads labels with braces, quotes and backslashes in them", () => {
    const [sample] = findSamples(String.raw`up{a="}",b="\"x\\",c="1"} 5`, "up");
    expect(sample).toEqual({ labels: { a: "}", b: String.raw`\"x\\`, c: "1" }, value: 5 });
  });

  test("leaves out what is no number, and lines that are cut", () => {
    expect(findSamples('up NaN\nup\nup {\nup{a="b\nup 1', "up")).toEqual([{ labels: {}, value: 1 }]);
  });

  test("never throws, whatever an engine sends", () => {
    const piece = fc.oneof(fc.constantFrom("up", "{", "}", '"', "\\", "\n", " ", "=", "1", "NaN"), fc.string());
    const page = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
    void fc.assert(fc.property(page, (text) => findSamples(text, "up").every(({ value }) => !Number.isNaN(value))));
  });
});

test("a metric's sum is over all its labels, and is undefined where the page doesn't have it", () => {
  const text = '# TYPE a gauge\na{x="1"} 2\na{x="2"} 3\nab 7\n';
  expect(sumOfSamples(text, "a")).toBe(5);
  expect(sumOfSamples(text, "ab")).toBe(7);
  expect(sumOfSamples(text, "b")).toBeUndefined();
});
