import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cuts, damage, damaged, words } from "../test/dialect-cases.ts";
import { EventScanner } from "./event-scanner.ts";

function scan(bytes: Uint8Array, sizes: readonly number[], stripUsage: boolean) {
  const scanner = new EventScanner({ stripUsage });
  const passed: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    passed.push(scanner.push(Buffer.from(bytes.subarray(at, at + size))));
    at += size;
  }
  const { usage, textEvents, isDone, hasError } = scanner;
  return { out: Buffer.concat([...passed, scanner.rest()]), found: { usage, textEvents, isDone, hasError } };
}

const event = fc.oneof(
  words.map((content) => ({ choices: [{ index: 0, delta: { content } }] })),
  fc.nat(1000).map((count) => ({ choices: [], usage: { prompt_tokens: count, completion_tokens: 1 } })),
  fc.constant({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
  words.map((message) => ({ error: { message, type: "server_error" } })),
);
const stream = fc
  .tuple(fc.array(event, { maxLength: 8 }), fc.constantFrom("\n\n", "\r\n\r\n"))
  .map(([events, end]) =>
    [...events.map((one) => `data: ${JSON.stringify(one)}${end}`), `data: [DONE]${end}`].join(""),
  );

describe("the event scanner, whatever comes", () => {
  test("finds and passes on the same wherever the bytes are cut", () => {
    void fc.assert(
      fc.property(stream, cuts, fc.boolean(), (text, sizes, stripUsage) => {
        const bytes = Buffer.from(text);
        const whole = scan(bytes, [], stripUsage);
        const cut = scan(bytes, sizes, stripUsage);
        expect(cut.found).toEqual(whole.found);
        expect(cut.out.equals(whole.out)).toBe(true);
        expect(whole.found.isDone).toBe(true);
      }),
    );
  });

  // documented: event-bytes-unchanged
  test("takes no byte out when it is not to take out the usage, and never throws", () => {
    void fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 500 }),
          fc.tuple(stream, damage).map(([text, how]) => damaged(Buffer.from(text), how)),
        ),
        cuts,
        (bytes, sizes) => {
          const { out, found } = scan(bytes, sizes, false);
          // Bytes after the end are dropped, and none before it.
          expect(out.equals(Buffer.from(bytes.subarray(0, out.length)))).toBe(true);
          if (found.isDone) expect(out.toString("latin1")).toMatch(/^data:\s*\[DONE\]\s*$/m);
          else expect(out.length).toBe(bytes.length);
          expect(found).toEqual(scan(bytes, [], false).found);
        },
      ),
    );
  });

  test("removes the usage events and no other bytes", () => {
    void fc.assert(
      fc.property(stream, cuts, (text, sizes) => {
        const end = text.endsWith("\r\n\r\n") ? "\r\n\r\n" : "\n\n";
        const expected = text.split(end).filter((one) => !one.startsWith('data: {"choices":[],"usage"'));
        expect(scan(Buffer.from(text), sizes, true).out.toString()).toBe(expected.join(end));
      }),
    );
  });
});
