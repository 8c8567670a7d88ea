import { expect, test } from "vitest";
import { scriptedLine, scriptedList } from "../../../test/scripted-log.ts";
import { collect, MAX_LINES } from "./collected-lines.ts";

const newest = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => scriptedLine(to - index));
const idsOf = ({ lines }: ReturnType<typeof collect>) => lines.map(({ id }) => id);

test("a line that two lists have is there once, and one that comes late is where its time is", () => {
  const first = collect(undefined, scriptedList([scriptedLine(4), scriptedLine(2)]));
  const second = collect(first, scriptedList([scriptedLine(5), scriptedLine(4), scriptedLine(3)]));
  expect(idsOf(second)).toEqual(["g-0-5", "g-0-4", "g-0-3", "g-0-2"]);
  expect(collect(second, scriptedList([scriptedLine(5)])).lines).toBe(second.lines);
});

test("lists go on three seconds before the last complete one", () => {
  const first = collect(undefined, scriptedList([scriptedLine(10)]));
  expect(first.since).toBe("2026-11-29T12:00:07.000Z");
  expect(collect(first, scriptedList([scriptedLine(20)], { isComplete: false })).since).toBe(first.since);
  expect(collect(undefined, scriptedList([scriptedLine(10)], { isComplete: false })).since).toBeUndefined();
});

test("the oldest lines go from 2,000 on", () => {
  const full = collect(undefined, scriptedList(newest(1, MAX_LINES)));
  const next = collect(full, scriptedList([scriptedLine(MAX_LINES + 1)]));
  expect(next.lines).toHaveLength(MAX_LINES);
  expect([next.lines[0]?.id, next.lines.at(-1)?.id]).toEqual([`g-0-${MAX_LINES + 1}`, "g-0-2"]);
});

test("a list that does not reach back to the one before leaves a gap, which stays known; the first one leaves none", () => {
  const first = collect(undefined, scriptedList(newest(1, 5), { hasMore: true }));
  expect(first.hasGap).toBe(false);
  expect(collect(first, scriptedList(newest(5, 9), { hasMore: true })).hasGap).toBe(false);
  const gapped = collect(first, scriptedList(newest(7, 9), { hasMore: true }));
  expect(gapped.hasGap).toBe(true);
  expect(collect(gapped, scriptedList(newest(9, 10))).hasGap).toBe(true);
});
