import { expect, test } from "vitest";
import { isoTime } from "./iso-time.ts";

test.each([
  "2026-11-30",
  "2028-02-29T12:30:00Z",
  "2026-11-30T12:30Z",
  "2026-11-30T12:30-05:30",
  "2026-12-31T23:59:59.999+02:00",
])("%s is a time", (text) => expect(isoTime(text)).toBe(Date.parse(text)));

test.each(["2027-01-31T12:00", "2027-01-31T12:00:00.000", "2027-01-31 12:00", "2027-01-31 12:00Z", "2027-01-31 PST"])(
  "%s is no time, as its zone would be this machine's, or its form is another one",
  (text) => expect(isoTime(text)).toBeNaN(),
);

test.each([
  "2026-02-30",
  "2027-02-29T00:00:00Z",
  "2026-04-31T10:00:00+02:00",
  "2026-13-01",
  "2026-11-30T25:00Z",
  "soon",
  "5",
  "",
])("%j is no time", (text) => expect(isoTime(text)).toBeNaN());
