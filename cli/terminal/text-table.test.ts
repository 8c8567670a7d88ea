import { expect, test } from "vitest";
import { textTable } from "./text-table.ts";

test("columns are as wide as their widest cell and two blanks, and no line ends in blanks", () => {
  expect(
    textTable([
      ["ID", "NAME"],
      ["long", "a"],
      ["b", ""],
    ]),
  ).toBe("ID    NAME\nlong  a\nb");
});

test("a cell with line ends is one line: a name from outside makes no row that looks like one of ours", () => {
  expect(
    textTable([
      ["ID", "NAME"],
      ["a", "x\nb   administrator\u001b[2J"],
    ]),
  ).toBe("ID  NAME\na   x\\u000ab   administrator\\u001b[2J");
});
