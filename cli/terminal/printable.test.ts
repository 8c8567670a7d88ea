import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test("what a terminal would obey is written as JSON writes it; lines, tabs and letters of all languages stay", () => {
  expect(printable("a\u001b[31mred\u0007\r\n\tß 模型 🙂")).toBe("a\\u001b[31mred\\u0007\\u000d\n\tß 模型 🙂");
  expect(printable("right\u202eleft\u2028\u009b2J")).toBe("right\\u202eleft\\u2028\\u009b2J");
});

test("JSON stays the same value", () => {
  const value = { name: "right\u202eleft", text: "a\u001bb\n" };
  expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
});
