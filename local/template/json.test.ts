import { describe, expect, test } from "vitest";
import { asList, asNumber, asObject, asText, block, blocks, isObject } from "./json.ts";

describe("values are taken as OpenTofu would turn them, or refused with the value", () => {
  test("numbers and booleans become text; null, lists and objects do not", () => {
    expect([asText("a"), asText(1.5), asText(false)]).toEqual(["a", "1.5", "false"]);
    expect(() => asText(null)).toThrow("expected text, got null");
    expect(() => asText({ a: 1 })).toThrow('expected text, got {"a":1}');
    expect(() => asText(undefined)).toThrow("expected text, got undefined");
  });

  test("text of digits becomes a number; empty and other text does not", () => {
    expect([asNumber(3), asNumber("60"), asNumber(" 2.5 ")]).toEqual([3, 60, 2.5]);
    expect(() => asNumber("")).toThrow('expected a number, got ""');
    expect(() => asNumber("sixty")).toThrow('expected a number, got "sixty"');
    expect(() => asNumber(undefined)).toThrow("expected a number, got undefined");
  });

  test("a list is no object and an object no list", () => {
    expect([isObject({}), isObject([]), isObject(null), isObject("a")]).toEqual([true, false, false, false]);
    expect(() => asList({})).toThrow("expected a list, got {}");
    expect(() => asObject([])).toThrow("expected an object, got []");
  });
});

describe("nested blocks", () => {
  test("one block is the same as a list of one", () => {
    expect(block({ a: 1 })).toEqual({ a: 1 });
    expect(block([{ a: 1 }])).toEqual({ a: 1 });
    expect(blocks({ a: 1 })).toEqual([{ a: 1 }]);
    expect(blocks([{ a: 1 }, { b: 2 }])).toEqual([{ a: 1 }, { b: 2 }]);
  });

  test("none is undefined, or an empty list", () => {
    expect([block(undefined), block(null), block([])]).toEqual([undefined, undefined, undefined]);
    expect([blocks(undefined), blocks(null), blocks([])]).toEqual([[], [], []]);
  });
});
