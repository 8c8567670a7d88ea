import { expect, test } from "vitest";
import { changeAt, withDatedChange } from "./dated-changes.ts";

const day = (number: number) => new Date(Date.UTC(2026, 10, number)).toISOString();
const at = (number: number) => Date.parse(day(number));

test("a change comes in the order of time, in place of one that begins at the same time", () => {
  const before = [
    { from: day(1), value: 1 },
    { from: day(20), value: 20 },
  ];
  const next = withDatedChange(before, { from: day(10), value: 10 }, 24, at(5));
  expect(next.map(({ value }) => value)).toEqual([1, 10, 20]);
  const replaced = withDatedChange(next, { from: "2026-11-10T00:00:00Z", value: 11 }, 24, at(5));
  expect(replaced.map(({ value }) => value)).toEqual([1, 11, 20]);
});

test("the oldest changes that are over make room for another one, those to come do not", () => {
  const days = Array.from({ length: 24 }, (_, index) => ({ from: day(index + 1) }));
  expect(withDatedChange(days, { from: day(40) }, 24, at(29))).toEqual([...days.slice(1), { from: day(40) }]);
  expect(withDatedChange(days, { from: day(40) }, 24, at(-30))).toHaveLength(25);
});

test("the change of a time is the last that began, unless it has ended", () => {
  const changes = [{ from: day(1), to: day(3) }, { from: day(5) }];
  expect([0, 1, 2, 3, 5, 9].map((number) => changeAt(changes, at(number))?.from)).toEqual([
    undefined,
    day(1),
    day(1),
    undefined,
    day(5),
    day(5),
  ]);
});
