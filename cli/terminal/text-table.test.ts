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
