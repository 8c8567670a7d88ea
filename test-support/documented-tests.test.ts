import { describe, expect, test } from "vitest";
import {
  allMarkedTests,
  allReferencedTests,
  deadReferences,
  markedTests,
  referencedTests,
} from "./documented-tests.ts";

describe("tests that documents point to", () => {
  const marked = allMarkedTests();
  const ids = marked.map(({ id }) => id);

  test("have an id that no other test has", () => {
    expect(ids.length).toBeGreaterThan(100);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test("exist, in the file that the document names", () => {
    expect(deadReferences(allReferencedTests(), marked)).toEqual([]);
  });

  test("are pointed to by a document, each of them", () => {
    const named = new Set(allReferencedTests().map(({ id }) => id));
    expect(ids.filter((id) => !named.has(id))).toEqual([]);
  });
});

describe("an id", () => {
  test("is read from above a test, a test of many cases too", () => {
    const text = '  // documented: one\n  test("a", f);\n// documented: two-2\ntest.each([\n  1,\n])("b", f);\n';
    expect(markedTests("a.test.ts", text)).toEqual([
      { file: "a.test.ts", id: "one" },
      { file: "a.test.ts", id: "two-2" },
    ]);
  });

  test.each([
    ["is misspelt", "// documented: One\ntest();", /"One" must be small letters/],
    ["is not above a test", "// documented: one\n\nconst a = 1;", /"one" must stand right above a test/],
  ])("that %s is refused", (_, text, message) => {
    expect(() => markedTests("a.test.ts", text)).toThrow(message);
  });

  test("that no test has is found in a document", () => {
    const references = referencedTests("`a.test.ts#one`, `a.test.ts#two`, `b.test.ts#one`, and `b.test.ts`");
    expect(deadReferences(references, [{ file: "a.test.ts", id: "one" }])).toEqual(["a.test.ts#two", "b.test.ts#one"]);
  });
});
