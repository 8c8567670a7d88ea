import { XMLBuilder, XMLParser } from "fast-xml-parser";
import { asObject, type Json, type JsonObject } from "../template/json.ts";

const ATTRIBUTE = "@";
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: ATTRIBUTE });
const parser = new XMLParser();
const textParser = new XMLParser({ parseTagValue: false });

/** The XML of a value: keys are elements, a list repeats its element, a key with `@` is an attribute. */
export function writeXml(value: JsonObject): string {
  return builder.build(value);
}

/** The elements of a document as keys; an element that occurs once is no list. Attributes are ignored. */
export function readXml(text: string): JsonObject {
  const document: Json = parser.parse(text);
  return asObject(document);
}

/** As `readXml`, but every value stays the text that it is: a name of digits is no number. */
export function readXmlAsText(text: string): JsonObject {
  const document: Json = textParser.parse(text);
  return asObject(document);
}
