import { describe, expect, test } from "vitest";
import { readXml, readXmlAsText, writeXml } from "./xml.ts";

describe("XML of an API call", () => {
  test("has an element for each key, one for each item of a list, and escapes text", () => {
    expect(writeXml({ R: { "@xmlns": "urn:a", item: [{ k: "a&b" }, { k: "<c>" }], n: 1, is: false } })).toBe(
      '<R xmlns="urn:a"><item><k>a&amp;b</k></item><item><k>&lt;c&gt;</k></item><n>1</n><is>false</is></R>',
    );
  });

  test("of an empty object is an empty element, not a missing one", () => {
    expect(writeXml({ R: { list: { member: [] }, text: "" } })).toBe("<R><list></list><text></text></R>");
  });

  test("is read without its declaration's namespace, an element that occurs once as itself", () => {
    const text = '<?xml version="1.0"?><A xmlns="urn:a"><P><N>1</N></P><Q>x</Q><Q>y</Q></A>';
    expect(readXml(text).A).toEqual({ P: { N: 1 }, Q: ["x", "y"] });
  });

  test("has texts only where it is read as text: digits and booleans stay as they are written", () => {
    expect(readXmlAsText("<A><Id>0012</Id><Is>false</Is></A>")).toEqual({ A: { Id: "0012", Is: "false" } });
  });
});
