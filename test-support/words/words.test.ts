import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { declaredNames, partsOf } from "./declared-names.ts";
import { allowedFile, shrunk, wordProblems, wordsIn, wordsInRepository } from "./word-problems.ts";

const root = join(import.meta.dirname, "../..");
const words = (file: string, text: string) => wordsIn(file, text).map(({ word }) => word);

describe("retired words", () => {
  test("are in no file but those on the list, and every file on the list has them", () => {
    const allowed = JSON.parse(readFileSync(allowedFile(root), "utf8"));
    expect(wordProblems(wordsInRepository(root), allowed)).toEqual([]);
  });

  test("are found in every kind of name that a file declares", () => {
    const text = `
      interface Place { askedAt: number; tell(): void }
      type AskOptions = { kept: boolean };
      class A { #said = 1; handOver() {} }
      function f({ x: givenText }: B, ...questions: string[]) { const noRoom = 1; }
      const g = (told = 1) => told;`;
    expect(words("gateway/x.ts", text)).toEqual([
      "place",
      "ask",
      "asked",
      "said",
      "told",
      "kept",
      "given",
      "no room",
      "hand over",
    ]);
  });

  test("are found in a file's path", () => {
    expect(words("domain/x/shared-places.ts", "")).toEqual(["places"]);
  });

  test("are not looked for in strings, fields of objects, imports and what others declare", () => {
    const text =
      'import { ask } from "x";\nconst a = { kept: 1, "place": 2 };\nask(a.kept, "said");\nconst { asked: b } = a;';
    expect(words("gateway/x.ts", text)).toEqual([]);
  });

  test("are no part of a longer word", () => {
    expect(words("gateway/x.ts", "const task = 1, replace = 2, placement = 3, roomNo = 4;")).toEqual([]);
  });

  test("of two parts are found in prose", () => {
    expect(words("docs/x.md", "The front door asks nobody, and a place is given.")).toEqual(["front door"]);
  });

  test("have codes of requirements among them, but not the name of S3", () => {
    expect(words("docs/x.md", "S3 keeps it")).toEqual([]);
    for (const code of ["F015", "S3 F012", "S1 4.4", "S0"])
      expect(words("docs/x.md", `as ${code} asks`)).toEqual([code]);
  });
});

describe("the list of files that still have retired words", () => {
  const found = wordsIn("a.ts", "const place = 1;");

  test("lets a file have one word, and no other", () => {
    expect(wordProblems(found, { place: ["a.ts"] })).toEqual([]);
    expect(wordProblems(found, { ask: ["a.ts"] })).toEqual([
      expect.stringMatching(/^a\.ts: "place" in place must be the field's word: slot, lease/),
      expect.stringMatching(/^a\.ts has no "ask" any more: run/),
    ]);
  });

  test("loses the files that are clean, and gets no others", () => {
    expect(shrunk(found, { ask: ["a.ts"], kept: ["gone.ts"] })).toEqual({});
    expect(shrunk(found, { place: ["gone.ts", "a.ts"] })).toEqual({ place: ["a.ts"] });
  });
});

test("names are taken apart at capitals, digits and signs", () => {
  expect(partsOf("readHTTPBody2")).toEqual(["read", "http", "body", "2"]);
  expect(partsOf("shared-places_OLD")).toEqual(["shared", "places", "old"]);
  expect(declaredNames("a.tsx", "const View = ({ onAsk }: Props) => <p>{onAsk}</p>;")).toEqual(["View", "onAsk"]);
});
