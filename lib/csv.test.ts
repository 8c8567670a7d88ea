import { expect, test } from "vitest";
import { csvText } from "./csv.ts";

test("fields with commas, quotes and line ends are quoted, and null is empty", () => {
  const rows = [
    ["a", "b,c", 'say "x"'],
    ["line\nend", null, 1.5],
  ];
  expect(csvText(rows)).toBe('a,"b,c","say ""x"""\r\n"line\nend",,1.5\r\n');
});
