import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { FUNCTIONS } from "./functions.ts";
import type { Json } from "./json.ts";

const apply = (name: string, ...args: Json[]) => FUNCTIONS[name]!(args);
const hash = (algorithm: string) => createHash(algorithm).update("é").digest("hex");

describe("functions return the same as OpenTofu's", () => {
  test.each([
    ["base64encode", ["é"], "w6k="],
    ["base64decode", ["w6k="], "é"],
    ["jsonencode", [{ a: [1, null, true] }], '{"a":[1,null,true]}'],
    ["jsonencode", [null], "null"],
    ["jsondecode", ['{"a":[1]}'], { a: [1] }],
    ["sha1", ["é"], hash("sha1")],
    ["sha256", ["é"], hash("sha256")],
    ["md5", ["é"], hash("md5")],
    ["join", ["-", ["a", 1, true]], "a-1-true"],
    ["split", [",", "a,b"], ["a", "b"]],
    ["replace", ["a.b.c", ".", "-"], "a-b-c"],
    ["lower", ["AbC"], "abc"],
    ["upper", ["AbC"], "ABC"],
    ["trimsuffix", ["host/live", "/live"], "host"],
    ["trimsuffix", ["host", "/live"], "host"],
    ["trimsuffix", ["host", ""], "host"],
    ["trimprefix", ["https://x", "https://"], "x"],
    ["trimprefix", ["x", "https://"], "x"],
    ["tostring", [5], "5"],
    ["tonumber", ["5.5"], 5.5],
    ["concat", [["a"], [], ["b"]], ["a", "b"]],
    ["toset", [["a", "b", "a"]], ["a", "b"]],
    ["tolist", [["a"]], ["a"]],
    ["length", ["abc"], 3],
    ["length", [["a", "b"]], 2],
    ["length", [{ a: 1 }], 1],
  ] as [string, Json[], Json][])("%s(%j) is %j", (name, args, result) => {
    expect(apply(name, ...args)).toEqual(result);
  });

  test("base64gzip is the base64 of compressed text", () => {
    expect(gunzipSync(Buffer.from(String(apply("base64gzip", "é")), "base64")).toString()).toBe("é");
  });

  test("element starts over at the end of the list", () => {
    expect(apply("element", ["a", "b"], 0)).toBe("a");
    expect(apply("element", ["a", "b"], 3)).toBe("b");
  });

  test("text that is no number is refused with its value", () => {
    expect(() => apply("tonumber", "five")).toThrow('expected a number, got "five"');
  });

  test("a list where text belongs is refused with its value", () => {
    expect(() => apply("upper", ["a"])).toThrow('expected text, got ["a"]');
    expect(() => apply("join", ",", "a")).toThrow('expected a list, got "a"');
  });
});
