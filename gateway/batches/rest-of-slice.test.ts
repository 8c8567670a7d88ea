import { expect, test } from "vitest";
import { restOf } from "./rest-of-slice.ts";

const SLICE = { index: 3, start: 100, end: 180, firstLine: 11, lines: 8, attempts: 2 };

/** Lines of 10 bytes from line 11 on; `x` is done, `.` is not. */
const linesOf = (marks: string) =>
  [...marks].map((mark, at) => ({
    number: 11 + at,
    start: 100 + 10 * at,
    end: 110 + 10 * at,
    isDone: mark === "x",
  }));

test.each([
  ["xxxxxxxx", []],
  ["xx.", [[13, 120, 180, 6]]],
  [
    "x..x.xx.",
    [
      [12, 110, 130, 2],
      [15, 140, 150, 1],
      [18, 170, 180, 1],
    ],
  ],
  [
    ".x.",
    [
      [11, 100, 110, 1],
      [13, 120, 180, 6],
    ],
  ],
  [".", [[11, 100, 180, 8]]],
] as const)("of a slice with the lines %s the rest is %j", (marks, rests) => {
  expect(restOf(SLICE, linesOf(marks))).toEqual(
    rests.map(([firstLine, start, end, lines]) => ({ index: 1_000_000 + firstLine, start, end, firstLine, lines })),
  );
});

test("no rest of a rest has the index of an earlier one", () => {
  const [first] = restOf(SLICE, linesOf(".x......"));
  const [second] = restOf({ ...SLICE, ...first, attempts: 0 }, linesOf("."));
  expect([first?.index, second?.index]).toEqual([1_000_011, 2_000_011]);
});
