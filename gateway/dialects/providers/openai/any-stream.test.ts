import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventScanner } from "../../../relay/event-scanner.ts";
import { cuts, damage, damaged, gathered, words } from "../../../test/dialect-cases.ts";
import {
  begin,
  call,
  calls,
  choice,
  DONE,
  data,
  finish,
  repaired,
  withoutMadeIds,
} from "../../../test/openai-stream.ts";
import { StreamRepair } from "./stream-repair.ts";

/** Calls as OpenAI streams them: an index of its own each, in order, the id and the name once. */
const soundCall = fc.record({
  name: fc.stringMatching(/^[a-z_]{1,12}$/),
  input: fc.dictionary(words, fc.jsonValue({ maxDepth: 2 })),
  sizes: cuts,
});
const soundStream = fc
  .tuple(fc.array(words, { maxLength: 4 }), fc.array(soundCall, { maxLength: 4 }), fc.boolean())
  .map(([texts, made, isCrLf]) => {
    const events = [
      choice({ role: "assistant", content: "" }),
      ...texts.map((content) => choice({ content })),
      ...made.flatMap(({ name, input, sizes }, index) => [
        calls(begin(index, `call_${index}`, name)),
        ...pieces(JSON.stringify(input), sizes).map((json) => calls(call({ index }, undefined, json))),
      ]),
      finish(made.length > 0 ? "tool_calls" : "stop"),
      data({ id: "chatcmpl-1", choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }),
      DONE,
    ].join("");
    return isCrLf ? events.replaceAll("\n\n", "\r\n\r\n") : events;
  });

function pieces(text: string, sizes: readonly number[]): readonly string[] {
  const all: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    all.push(text.slice(at, at + size));
    at += size;
  }
  return all;
}

/** The same calls as no server should stream them. */
const unsoundStream = fc
  .tuple(
    fc.array(
      fc.record({
        index: fc.constantFrom({}, { index: 0 }, { index: null }),
        id: fc.constantFrom({}, { id: "" }, { id: "same" }),
        input: fc.dictionary(words, fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    fc.constantFrom("stop", "tool_calls"),
  )
  .map(([made, reason]) => ({
    inputs: made.map(({ input }) => input),
    text: [
      ...made.map(({ index, id, input }) => calls(call({ ...index, ...id }, "f", JSON.stringify(input)))),
      finish(reason),
      DONE,
    ].join(""),
  }));

describe("whatever a server streams", () => {
  test("a sound stream is the same bytes, wherever it is cut", () => {
    void fc.assert(
      fc.property(soundStream, cuts, (text, sizes) => {
        expect(repaired(text, sizes)).toBe(text);
      }),
    );
  });

  test("a sound stream is the very buffers that came", () => {
    void fc.assert(
      fc.property(soundStream, (text) => {
        const scanner = new EventScanner({ stripUsage: false, repair: new StreamRepair() });
        const chunk = Buffer.from(text);
        expect(scanner.push(chunk).buffer).toBe(chunk.buffer);
      }),
    );
  });

  test("every call arrives once, with its arguments and an id of its own, wherever the stream is cut", () => {
    void fc.assert(
      fc.property(unsoundStream, cuts, ({ inputs, text }, sizes) => {
        const out = repaired(text, sizes);
        expect(out).toBe(repaired(text));
        const { calls, finish, isDone } = gathered(out);
        expect(calls.map(({ arguments: json }) => JSON.parse(json))).toEqual(JSON.parse(JSON.stringify(inputs)));
        expect(new Set(calls.map(({ id }) => id)).size).toBe(inputs.length);
        expect([finish, isDone]).toEqual(["tool_calls", true]);
      }),
    );
  });

  test("a corrected stream is sound: a second correction changes nothing", () => {
    void fc.assert(
      fc.property(unsoundStream, ({ text }) => {
        const once = repaired(text);
        expect(repaired(once)).toBe(once);
      }),
    );
  });

  test("damaged bytes break nothing, and give the same wherever they are cut", () => {
    void fc.assert(
      fc.property(
        fc.oneof(
          soundStream,
          unsoundStream.map(({ text }) => text),
        ),
        damage,
        cuts,
        (text, how, sizes) => {
          const bytes = damaged(Buffer.from(text), how);
          expect(withoutMadeIds(repaired(bytes, sizes))).toBe(withoutMadeIds(repaired(bytes)));
        },
      ),
    );
  });
});
