// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are OpenTofu's expressions.
import { describe, expect, test } from "vitest";
import { type Expression, parseTemplate } from "./expression.ts";

const literal = (value: string | number | boolean | null): Expression => ({ kind: "literal", value });
const reference = (...path: string[]): Expression => ({ kind: "reference", path });

describe("templates", () => {
  test("text without an expression is one literal", () => {
    expect(parseTemplate("plain")).toEqual(literal("plain"));
    expect(parseTemplate("")).toEqual(literal(""));
  });

  test("a lone expression has its own type instead of becoming text", () => {
    expect(parseTemplate("${aws_lb.main.arn}")).toEqual(reference("aws_lb", "main", "arn"));
    expect(parseTemplate("${ 12 }")).toEqual(literal(12));
  });

  test("text around expressions makes a template of parts", () => {
    expect(parseTemplate("a-${var.x}-b${null}")).toEqual({
      kind: "template",
      parts: [literal("a-"), reference("var", "x"), literal("-b"), literal(null)],
    });
  });

  test("$${ is the text ${ and %%{ the text %{", () => {
    expect(parseTemplate("cost: $${amount}")).toEqual(literal("cost: ${amount}"));
    expect(parseTemplate("${true} %%{http_code}")).toEqual({
      kind: "template",
      parts: [literal(true), literal(" %{http_code}")],
    });
  });

  test("a lone dollar or percent sign is text", () => {
    expect(parseTemplate("5$ and 3%")).toEqual(literal("5$ and 3%"));
  });

  test("outside an expression a backslash is itself, for JSON has taken its escapes already", () => {
    expect(parseTemplate("a\\n${1}")).toEqual({ kind: "template", parts: [literal("a\\n"), literal(1)] });
  });
});

describe("values", () => {
  test.each([
    ["${true}", true],
    ["${false}", false],
    ["${null}", null],
    ["${-3}", -3],
    ["${2.5}", 2.5],
    ['${"text"}', "text"],
    ['${""}', ""],
  ])("%s is a literal", (text, value) => {
    expect(parseTemplate(text)).toEqual(literal(value));
  });

  test("lists nest and may end with a comma", () => {
    expect(parseTemplate('${[1, ["a"], [], var.x,]}')).toEqual({
      kind: "list",
      items: [literal(1), { kind: "list", items: [literal("a")] }, { kind: "list", items: [] }, reference("var", "x")],
    });
  });

  test("objects take = and :, bare and quoted keys", () => {
    expect(parseTemplate('${{ name = "x", "a b": 2 }}')).toEqual({
      kind: "object",
      entries: [
        [literal("name"), literal("x")],
        [literal("a b"), literal(2)],
      ],
    });
  });

  test("parentheses group", () => {
    expect(parseTemplate("${(var.x)}")).toEqual(reference("var", "x"));
  });
});

describe("references", () => {
  test("names may contain hyphens, and indexes become part of the path", () => {
    expect(parseTemplate('${aws_lb.phi-3-mini.block[0].tags["Name"].0}')).toEqual(
      reference("aws_lb", "phi-3-mini", "block", "0", "tags", "Name", "0"),
    );
  });

  test("an index that is not known yet is an access on the reference", () => {
    expect(parseTemplate("${local.zones[var.i]}")).toEqual({
      kind: "access",
      target: reference("local", "zones"),
      key: reference("var", "i"),
    });
  });

  test("a call's result can be indexed", () => {
    expect(parseTemplate('${split(",", var.x)[1]}')).toEqual({
      kind: "access",
      target: { kind: "call", name: "split", args: [literal(","), reference("var", "x")] },
      key: literal(1),
    });
  });
});

describe("strings inside expressions", () => {
  test("they hold templates, with calls and strings of their own", () => {
    expect(parseTemplate('${base64encode("role=${upper("${var.x}!")}")}')).toEqual({
      kind: "call",
      name: "base64encode",
      args: [
        {
          kind: "template",
          parts: [
            literal("role="),
            {
              kind: "call",
              name: "upper",
              args: [{ kind: "template", parts: [reference("var", "x"), literal("!")] }],
            },
          ],
        },
      ],
    });
  });

  test("escapes are read: quote, backslash, line ends, tab and \\uXXXX", () => {
    expect(parseTemplate('${"a\\"b\\\\c\\n\\r\\t\\u0027\\u00e9"}')).toEqual(literal("a\"b\\c\n\r\t'é"));
    expect(parseTemplate('${"$${kept}"}')).toEqual(literal("${kept}"));
  });
});

describe("what is refused, with the position", () => {
  test.each([
    ["${1 + 2}", 'expected "}" at character 4'],
    ["${var.a == var.b}", 'expected "}" at character 8'],
    ["${var.a ? 1 : 2}", 'expected "}" at character 8'],
    ["${!var.a}", "expected a value at character 2"],
    ["${[for x in var.list : x]}", 'expected "," or "]" at character 7'],
    ["${aws_subnet.all[*].id}", "expected a value at character 17"],
    ["${aws_subnet.all.*.id}", "expected a name at character 17"],
    ["${f(1 2)}", 'expected "," or ")" at character 6'],
    ["${{ a 1 }}", 'expected ":" at character 6'],
    ["${var.x", 'expected "}" at character 7'],
    ["${", "expected a value at character 2"],
    ['${"open}', "expected a closing quote at character 8"],
    ['${"\\x"}', "expected a known escape at character 3"],
    ['${"\\u12zz"}', "expected four hexadecimal digits at character 3"],
    ["%{if var.a}yes%{endif}", "expected no directive at character 0"],
  ])("%s", (text, message) => {
    expect(() => parseTemplate(text)).toThrow(`The twin can't read this expression: ${message}, near`);
  });

  test("the message shows the text around the position, not all of a long one", () => {
    const long = `${"a".repeat(500)}\${1 + 2}${"b".repeat(500)}`;
    expect(() => parseTemplate(long)).toThrow(/near "a{36}\$\{1 \+ 2\}b{36}"/);
  });
});
