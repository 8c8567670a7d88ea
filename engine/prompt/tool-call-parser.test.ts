import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ToolCallEvent, ToolCallParser } from "./tool-call-parser.ts";

const NAMES = ["get_weather", "add"];

/** All events of a text that comes in pieces of these sizes; neighbouring texts as one. */
function parse(text: string, sizes: readonly number[] = []): readonly ToolCallEvent[] {
  const parser = new ToolCallParser(NAMES);
  const events: ToolCallEvent[] = [];
  let at = 0;
  for (const size of [...sizes, text.length]) {
    events.push(...parser.push(text.slice(at, at + size)));
    at += size;
  }
  events.push(...parser.end());
  return joined(events);
}

/** Neighbouring texts as one. */
function joined(events: readonly ToolCallEvent[]): readonly ToolCallEvent[] {
  const all: ToolCallEvent[] = [];
  for (const event of events) {
    const last = all.at(-1);
    if (event.type === "text" && last?.type === "text")
      all.splice(-1, 1, { type: "text", text: last.text + event.text });
    else all.push(event);
  }
  return all;
}

const block = (call: unknown) => `<tool_call>\n${JSON.stringify(call)}\n</tool_call>`;
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 });
/** With beginnings of the mark, so that some are mistaken for one. */
const words = fc
  .array(fc.constantFrom("a", " ", "\n", "<", "<tool", "<tool_call", "</tool_call>", "{", "😀"), { maxLength: 12 })
  .map((parts) => parts.join(""))
  .filter((text) => !text.includes("<tool_call>"));
const call = fc.record({
  name: fc.constantFrom(...NAMES),
  arguments: fc.dictionary(
    fc.string({ maxLength: 5 }),
    fc.jsonValue({ maxDepth: 1 }).filter((value) => !JSON.stringify(value).includes("tool_call")),
  ),
});

describe("a completion with tools", () => {
  test("without a call is text, to the last character, in pieces of every size", () => {
    void fc.assert(
      fc.property(words, sizes, (text, cuts) => {
        expect(parse(text, cuts)).toEqual(text === "" ? [] : [{ type: "text", text }]);
      }),
      { numRuns: 500 },
    );
  });

  // documented: tool-calls-any-cut
  test("with calls yields each of them and the text between, in pieces of every size", () => {
    const part = fc.oneof(
      words.filter((text) => text.trim() !== "").map((text) => ({ text: `a${text}a` })),
      call.map((each) => ({ call: each })),
    );
    void fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), sizes, (parts, cuts) => {
        const text = parts.map((each) => ("text" in each ? each.text : block(each.call))).join("");
        const expected = parts.map((each): ToolCallEvent => {
          if ("text" in each) return { type: "text", text: each.text };
          return { type: "call", name: each.call.name, arguments: JSON.stringify(each.call.arguments) };
        });
        expect(parse(text, cuts)).toEqual(joined(expected));
      }),
      { numRuns: 500 },
    );
  });

  test("is passed on before its end, except text that may become a call", () => {
    const parser = new ToolCallParser(NAMES);
    expect(parser.push("Let me look. <tool")).toEqual([{ type: "text", text: "Let me look." }]);
    expect(parser.push("box")).toEqual([{ type: "text", text: " <toolbox" }]);
    expect(parser.push(`${block({ name: "add", arguments: {} })}\n`)).toEqual([
      { type: "call", name: "add", arguments: "{}" },
    ]);
    expect(parser.end()).toEqual([]);
  });

  test.each([
    ["an unknown function", block({ name: "rm", arguments: {} })],
    ["arguments that are no object", block({ name: "add", arguments: [1] })],
    ["broken JSON", '<tool_call>{"name": "add", </tool_call>'],
    ["a call that was cut off", '<tool_call>{"name": "add", "argu'],
  ])("%s stays text", (_name, text) => {
    expect(parse(text)).toEqual([{ type: "text", text }]);
  });

  test("with one call at most keeps the text and drops the calls after the first", () => {
    const parser = new ToolCallParser(NAMES, false);
    const [one, two] = [block({ name: "add", arguments: { a: 1 } }), block({ name: "add", arguments: { a: 2 } })];
    expect(joined([...parser.push(`Look. ${one}\n${two} Done.`), ...parser.end()])).toEqual([
      { type: "text", text: "Look." },
      { type: "call", name: "add", arguments: '{"a":1}' },
      { type: "text", text: "Done." },
    ]);
  });

  test("a last call without its end counts, and so does one without arguments", () => {
    expect(parse('<tool_call>{"name": "add"}')).toEqual([{ type: "call", name: "add", arguments: "{}" }]);
  });
});
