import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, isCanonical } from "./canonical-json.ts";

/** Doubles by their bits, and how RFC 8785 (appendix B) writes them. */
const NUMBERS: Readonly<Record<string, string>> = {
  "0000000000000000": "0",
  "8000000000000000": "0",
  "0000000000000001": "5e-324",
  "8000000000000001": "-5e-324",
  "7fefffffffffffff": "1.7976931348623157e+308",
  ffefffffffffffff: "-1.7976931348623157e+308",
  "4340000000000000": "9007199254740992",
  c340000000000000: "-9007199254740992",
  "4430000000000000": "295147905179352830000",
  "44b52d02c7e14af5": "9.999999999999997e+22",
  "44b52d02c7e14af6": "1e+23",
  "44b52d02c7e14af7": "1.0000000000000001e+23",
  "444b1ae4d6e2ef4e": "999999999999999700000",
  "444b1ae4d6e2ef4f": "999999999999999900000",
  "444b1ae4d6e2ef50": "1e+21",
  "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
  "3eb0c6f7a0b5ed8d": "0.000001",
  "41b3de4355555553": "333333333.3333332",
  "41b3de4355555554": "333333333.33333325",
  "41b3de4355555555": "333333333.3333333",
  "41b3de4355555556": "333333333.3333334",
  "41b3de4355555557": "333333333.33333343",
  becbf647612f3696: "-0.0000033333333333333333",
  "43143ff3c1cb0959": "1424953923781206.2",
};

describe("canonical JSON", () => {
  // documented: canonical-numbers
  test("writes numbers as RFC 8785 does", () => {
    const written = Object.keys(NUMBERS).map((bits) => [bits, canonicalJson(Buffer.from(bits, "hex").readDoubleBE())]);
    expect(Object.fromEntries(written)).toEqual(NUMBERS);
  });

  test("writes strings and literals as RFC 8785 does", () => {
    const value = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test("sorts fields by UTF-16 code units, so that an emoji comes before U+FB33", () => {
    const value = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    expect(Object.values(JSON.parse(canonicalJson(value)))).toEqual([
      "One", // JSON.parse puts names that are whole numbers first
      "Carriage Return",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
    expect(canonicalJson(value)).toMatch(/^\{"\\r":"Carriage Return","1":"One","\u0080"/);
  });

  test("is the same for equal values, and JSON of the value", () => {
    void fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });

  test("omits fields that are undefined", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  test.each([
    [Number.NaN, /number NaN/],
    [Number.POSITIVE_INFINITY, /number Infinity/],
    [["\ud800"], /half of a surrogate pair/],
    [{ "\udc00": 1 }, /half of a surrogate pair/],
    [[undefined], /undefined/],
    [1n, /bigint/],
  ])("refuses %s", (value, message) => {
    expect(() => canonicalJson(value)).toThrow(message);
  });
});

describe("a text", () => {
  test("is canonical exactly where it is the canonical JSON of its value", () => {
    const texts = fc.jsonValue({ noUnicodeString: false }).chain((value) => {
      const canonical = canonicalJson(value);
      return fc.constantFrom(canonical, JSON.stringify(value), JSON.stringify(reversed(value)), `${canonical} `);
    });
    void fc.assert(
      fc.property(texts, (text) => {
        const value: unknown = JSON.parse(text);
        expect(isCanonical(value, text)).toBe(canonicalJson(value) === text);
      }),
    );
  });

  test.each([
    ['{"10":1,"9":2}', true], // not in the order in which ECMAScript lists such names
    ['{"9":2,"10":1}', false],
    ['{"a":1,"a":1}', false],
    ['{"b":1,"a":1}', false],
    ['[{"b":1,"a":1}]', false],
    ['{"a":{"c":1,"b":1}}', false],
    ['"\\ud800"', false],
    ['{"a":1.0}', false],
    ['{"a": 1}', false],
    ['"\\u00e4"', false],
    ['{"a":"\\\\ud800"}', true], // a backslash and letters
  ])("%s: %s", (text, isExpected) => {
    expect(isCanonical(JSON.parse(text), text)).toBe(isExpected);
  });
});

/** The same value with the fields of its objects in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, reversed(field)]),
  );
}
