import { describe, expect, test } from "vitest";
import { literalText, regexExpression } from "./regex-grammar.ts";

describe("a regular expression as a grammar", () => {
  test.each([
    ["ab", String.raw`"\x61" "\x62"`],
    ["^a|b$", String.raw`("\x61" | "\x62")`],
    ["(?:a|)c", String.raw`(("\x61" | "")) "\x63"`],
    ["(?<name>a)?", String.raw`("\x61")?`],
    ["a*?b{2}c{1,}d{,3}", String.raw`"\x61"* "\x62"{2} "\x63"{1,} "\x64"{0,3}`],
    [String.raw`\d\W\.`, String.raw`[\x30-\x39] [^\x30-\x39\x41-\x5A\x5F\x61-\x7A] "\x2E"`],
    ["[a-c_-]", String.raw`[\x61-\x63\x5F\x2D]`],
    [String.raw`[^\d\]]`, String.raw`[^\x30-\x39\x5D]`],
    [String.raw`.\u00e9\x41`, String.raw`[^\x0A\x0D] "\xE9" "\x41"`],
    ["é😀", String.raw`"\xE9" "\U0001F600"`],
  ])("%s", (source, grammar) => {
    expect(regexExpression(source)).toBe(grammar);
  });

  test("in a JSON string it may match a part, and never the end of the string", () => {
    const written = (source: string) => regexExpression(source, { inJsonString: true });
    expect(written("^a$")).toBe(String.raw`"\x61"`);
    expect(written("a")).toBe(String.raw`char* "\x61" char*`);
    expect(written('^"')).toBe(String.raw`"\x5C\x22" char*`);
    expect(written("^.$")).toBe(
      String.raw`[^\x0A\x0A\x0D\x0D\x00-\x1F\x22\x5C\x7F]`.replace(String.raw`\x0A\x0A\x0D\x0D`, String.raw`\x0A\x0D`),
    );
    expect(written("^[ -~]$")).toBe(String.raw`[\x20-\x21\x23-\x5B\x5D-\x7E]`);
    expect(() => written(String.raw`^\n$`)).toThrow(/a control character in a JSON string/);
  });

  test.each([
    ["(?=a)", /look-around/],
    ["(?<!a)b", /look-around/],
    [String.raw`(a)\1`, /`\\1`/],
    [String.raw`\bword`, /`\\b`/],
    ["a^b", /`\^` in the middle/],
    ["(a", /ends in the middle/],
    ["a)", /a `\)` without its `\(`/],
    ["*a", /nothing before it/],
    ["a{x}", /`{` that is no repetition/],
    ["a{2000}", /more than 1000 times/],
    ["[b-a]", /has no end/],
    ["[a", /ends in the middle/],
  ])("refuses %s with its reason", (source, reason) => {
    expect(() => regexExpression(source)).toThrow(reason);
  });

  test("a literal has no special characters", () => {
    expect(literalText('a"\\\n')).toBe(String.raw`"\x61\x22\x5C\x0A"`);
  });
});
