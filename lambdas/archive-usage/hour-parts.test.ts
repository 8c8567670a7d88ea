import { expect, test } from "vitest";
import {
  endOf,
  hoursOf,
  outdatedParts,
  partsPrefix,
  SEGMENTS_PER_PART,
  SETTLED_MS,
  segmentsPrefix,
} from "./hour-parts.ts";

const HOUR = { day: "2026-11-29", hour: "09" };
const WRITTEN_AT = endOf(HOUR) + 30_000;

const segments = (count: number, writtenAt = WRITTEN_AT) =>
  Array.from({ length: count }, (_, n) => ({ key: `${segmentsPrefix(HOUR.day)}hour=09/${n}.ndjson.gz`, writtenAt }));
const files = (keys: readonly string[], writtenAt: number) => keys.map((key) => ({ key, writtenAt }));
const keysOf = (parts: readonly { readonly key: string }[]) => parts.map(({ key }) => key);

test("an hour's segments are each in one of its files, of about a hundred", () => {
  const all = segments(3 * SEGMENTS_PER_PART);
  const parts = outdatedParts(HOUR, all, []);
  expect(keysOf(parts)).toEqual(
    [1, 2, 3].map((part) => `usage/parquet/day=2026-11-29/hour=09/events-${part}-of-3.parquet`),
  );
  expect(parts.flatMap((part) => part.segments).toSorted()).toEqual(keysOf(all).toSorted());
});

test("a file that was written well after its last segment is not written again", () => {
  const all = segments(5);
  const keys = keysOf(outdatedParts(HOUR, all, []));
  expect(outdatedParts(HOUR, all, files(keys, WRITTEN_AT + SETTLED_MS + 1))).toEqual([]);
});

test("a file is written again whose run may not have seen a segment", () => {
  const all = segments(5);
  const keys = keysOf(outdatedParts(HOUR, all, []));
  expect(keysOf(outdatedParts(HOUR, all, files(keys, WRITTEN_AT + SETTLED_MS)))).toEqual(keys);
});

test("a segment that comes late changes the file that it belongs to, and not the number of files", () => {
  const early = segments(2 * SEGMENTS_PER_PART);
  const keys = keysOf(outdatedParts(HOUR, early, []));
  const writtenAt = WRITTEN_AT + SETTLED_MS + 1;
  const late = Array.from({ length: 2 * SEGMENTS_PER_PART }, (_, n) => ({
    key: `${segmentsPrefix(HOUR.day)}hour=09/late-${n}.ndjson.gz`,
    writtenAt: writtenAt + 1,
  }));
  const [one] = late;
  const changed = outdatedParts(HOUR, [...early, one!], files(keys, writtenAt));
  expect(changed).toHaveLength(1);
  expect(changed[0]?.segments).toContain(one?.key);
  expect(keysOf(outdatedParts(HOUR, [...early, ...late], files(keys, writtenAt)))).toEqual(keys);
});

test("a file that a run has left out is written by the next one", () => {
  const all = segments(3 * SEGMENTS_PER_PART);
  const keys = keysOf(outdatedParts(HOUR, all, []));
  const there = files(keys.slice(0, 1), WRITTEN_AT + SETTLED_MS + 1);
  expect(keysOf(outdatedParts(HOUR, all, there))).toEqual(keys.slice(1));
});

test("a day has 24 hours, each with the files of its own", () => {
  const part = { key: `${partsPrefix(HOUR.day)}hour=09/events-1-of-1.parquet`, writtenAt: 1 };
  const hours = hoursOf(HOUR.day, segments(2), [part]);
  expect(hours.map(({ hour }) => hour.hour)).toEqual([...Array(24).keys()].map((n) => String(n).padStart(2, "0")));
  expect(hours[9]).toEqual({ hour: HOUR, segments: segments(2), parts: [part] });
  expect(hours[10]).toEqual({ hour: { day: HOUR.day, hour: "10" }, segments: [], parts: [] });
});
