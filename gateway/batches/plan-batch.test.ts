import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { planBatch } from "./plan-batch.ts";

const line = (id: string) =>
  JSON.stringify({ custom_id: id, method: "POST", url: "/v1/completions", body: { model: "m", prompt: "x" } });

function plan(text: string, options: { readonly maxLines?: number } = {}) {
  const settings = { endpoint: "/v1/completions", maxLineBytes: 200, linesPerSlice: 2 } as const;
  return planBatch(Readable.from([Buffer.from(text)]), { ...settings, ...options });
}

test("slices hold all lines once, one behind the other", async () => {
  const texts = ["a", "b", "c", "d", "e"].map(line);
  const { lines, slices, errors } = await plan(texts.join("\n"));
  expect(errors).toEqual([]);
  expect(lines).toBe(5);
  expect(slices.map((slice) => [slice.index, slice.firstLine, slice.lines])).toEqual([
    [0, 1, 2],
    [1, 3, 2],
    [2, 5, 1],
  ]);
  expect(slices.map(({ start }) => start)).toEqual([0, ...slices.slice(0, -1).map(({ end }) => end)]);
  expect(slices.at(-1)?.end).toBe(texts.join("\n").length);
});

test("a file without lines is refused", async () => {
  expect((await plan("\n\n")).errors).toMatchObject([{ code: "empty_file", line: null }]);
});

test("more lines than allowed are refused as soon as they are seen", async () => {
  const { errors, slices } = await plan(["a", "b", "c"].map(line).join("\n"), { maxLines: 2 });
  expect(errors).toMatchObject([{ code: "too_many_lines", message: expect.stringMatching(/more than 2 lines/) }]);
  expect(slices).toEqual([]);
});

test("a line over the limit is named, without its text", async () => {
  const { errors } = await plan(`${line("a")}\n${line("b".repeat(300))}`);
  expect(errors).toMatchObject([{ code: "line_too_large", line: 2, message: expect.stringMatching(/over 200 bytes/) }]);
});

test("no more than the first hundred problems are listed", async () => {
  expect((await plan("{\n".repeat(500))).errors).toHaveLength(100);
});

test("a file of line breaks is refused after twice as many as it may have lines, and 1,000", async () => {
  const { errors, lines } = await plan("\n".repeat(1005), { maxLines: 2 });
  expect(errors).toMatchObject([{ code: "too_many_lines", message: expect.stringMatching(/1004 lines, blank/) }]);
  expect(lines).toBe(0);
  expect((await plan("\n".repeat(1004), { maxLines: 2 })).errors).toMatchObject([{ code: "empty_file" }]);
});

test("what is stored of a wrong line is short, however long its names and values are", async () => {
  const long = "x".repeat(5000);
  const lines = [
    { [long]: 1 },
    { custom_id: long },
    { custom_id: "a", method: long },
    { custom_id: "a", method: "POST", url: long },
    { custom_id: "a", method: "POST", url: "/v1/completions", body: { model: "m", stream: long } },
  ];
  for (const one of lines) {
    const text = JSON.stringify(one);
    const settings = { endpoint: "/v1/completions", maxLineBytes: 10_000, linesPerSlice: 2 } as const;
    const { errors } = await planBatch(Readable.from([Buffer.from(text)]), settings);
    expect(errors).toHaveLength(1);
    expect(JSON.stringify(errors).length).toBeLessThan(500);
  }
});
