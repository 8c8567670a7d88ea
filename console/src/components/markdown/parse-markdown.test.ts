import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseBlocks } from "./parse-blocks.ts";
import { type Inline, parseInline, safeHref } from "./parse-inline.ts";

describe("the Markdown of an answer", () => {
  test("is cut into headings, paragraphs, lists, quotes, tables, code and rules", () => {
    const text = [
      "## Title",
      "one",
      "two",
      "- a",
      "  ```js",
      "  x",
      "  ```",
      "- b",
      "",
      "3. c",
      "4. d",
      "> said",
      "",
      "| h | i |",
      "|---|:-:|",
      "| 1 | 2 |",
      "",
      "---",
      "~~~py",
      "# no title",
    ].join("\n");
    expect(parseBlocks(text)).toEqual([
      { kind: "heading", level: 2, text: "Title" },
      { kind: "paragraph", text: "one\ntwo" },
      { kind: "list", start: undefined, items: ["a\n```js\nx\n```", "b"] },
      { kind: "list", start: 3, items: ["c", "d"] },
      { kind: "quote", text: "said" },
      { kind: "table", head: ["h", "i"], rows: [["1", "2"]] },
      { kind: "rule" },
      { kind: "code", language: "py", text: "# no title" },
    ]);
  });

  test("keeps the first item of a list that is indented", () => {
    expect(parseBlocks("  - a\n  - b")).toEqual([{ kind: "list", start: undefined, items: ["a", "b"] }]);
  });

  test("has marks for strong, emphasis, deleted, code and links; half a mark is text", () => {
    expect(parseInline("**a *b*** ~~c~~ `**d` [e](https://x.test/) \\*f* **g")).toMatchObject([
      { kind: "strong" },
      { kind: "text", text: " " },
      { kind: "deleted" },
      { kind: "text", text: " " },
      { kind: "code", text: "**d" },
      { kind: "text", text: " " },
      { kind: "link", text: "e", href: "https://x.test/" },
      { kind: "text", text: " *f* **g" },
    ]);
  });

  test("makes a picture a link, so that nothing is loaded", () => {
    expect(parseInline("![cat](https://x.test/cat.png)")).toEqual([
      { kind: "link", text: "cat", href: "https://x.test/cat.png" },
    ]);
  });

  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " java\nscript:x",
    "data:text/html,x",
    "file:///etc",
    "/keys",
    "//x",
    "blob:x",
  ])("has no link to %j", (address) => expect(safeHref(address)).toBe(undefined));

  test("loses no letter of a text, whatever its marks are", () => {
    const marks = fc.string({ unit: fc.constantFrom("a", " ", "*", "~", "`", "[", "]", "(", ")", "!", "\n", "b") });
    fc.assert(
      fc.property(marks, (text) => {
        const letters = (value: string) => value.replaceAll(/[^ab]/g, "");
        expect(letters(parseInline(text).map(textOf).join(""))).toBe(letters(text));
      }),
    );
  });

  test.each([
    "*a ",
    "**a",
    "**a*",
    "[",
    "[a](",
    "`",
    "``a`",
    "![",
    "> ",
    "- ",
    "| ",
    "#",
    "\\",
    "~~",
    "](",
    "```\n",
    "- a\n",
  ])("reads 300 kB of %j, for which a search of each mark's end through the whole text would take minutes", (piece) => {
    const text = piece.repeat(Math.ceil(300_000 / piece.length));
    const blocks = parseBlocks(text);
    for (const block of blocks) if (block.kind === "paragraph") parseInline(block.text);
    expect(blocks.length).toBeGreaterThan(0);
  });
});

function textOf(part: Inline): string {
  return "children" in part ? part.children.map(textOf).join("") : part.text;
}
