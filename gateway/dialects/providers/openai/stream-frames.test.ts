import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventScanner } from "../../../relay/event-scanner.ts";
import type { TokenUsage } from "../../../relay/usage.ts";
import { StreamRepair } from "./stream-repair.ts";

/** What the text of an event may have that other looks at it search for, as it stands in the bytes. */
const PIECES = [
  ..."a:,{}[]\\\n\r é".split(""),
  ...["error", "usage", "choices", "content", "tool_calls", "finish_reason", "detail", "null", "stop"],
  ...['\\"', '\\\\"', '"', '":', '","', "data: [DONE]", "\ndata: [DONE]\n", "event: error", "\nevent: error\n"],
  "x".repeat(150),
];
const text = fc.oneof(
  fc.constantFrom("error", "word"),
  fc
    .array(fc.constantFrom(...PIECES), { maxLength: 3 })
    .map((pieces) => pieces.join(""))
    .filter((one) => !/\r?\n\r?\n/.test(one)),
);
const id = fc.constantFrom("1", "1", "1", "1", "error", "x".repeat(120));

/** Bytes around the text of an event: of usual streams, and of streams that other servers may send. */
const FRAMES: readonly (readonly [before: string, behind: string])[] = [
  ['"choices":[{"index":0,"delta":{"content":"', '"},"logprobs":null,"finish_reason":null}]}'],
  ['"choices":[{"index":0,"delta":{"content":"', '"},"logprobs":null,"finish_reason":"x" }]}'],
  ['"error":{"delta":{"content":"', '"},"logprobs":null,"finish_reason":null}]}'],
  ['"choices":[{"index":0,"delta":{"content": "', '" } , "finish_reason": "stop"}]}'],
  ['"choices":[{"delta":{"content":"', '"},"logprobs":{"error":{}}}]}'],
  ['"choices":[{"index":1,"delta":{"reasoning":"', '","content":""}}],"usage":null}'],
  ['"choices":[{"text":"', '"}],"usage":{"prompt_tokens":1}}'],
  ['"choices":[],"usage":{"prompt_tokens":2},"system":"', '"}'],
  ['"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"', '"}}]}}]}'],
  ['"choices":[{"delta":{"content":"', '"},"error":{"message":"x"}}]}'],
  ['"choices":[{"delta":{"content":"', '":["a"]}}]}'],
  ['"choices":[{"delta":{"content":"', '"}}],"error":null}'],
  ['"detail":"x","content":"', '","choices":[]}'],
  ['"detail":"x","content":"', '"}'],
];
function eventOf(at: number, one: string, name = "x".repeat(120)): string {
  return `data: {"id":"${name}",${FRAMES[at]?.[0]}${one}${FRAMES[at]?.[1]}\n\n`;
}

/** Events whose difference only events before them can hide. */
const EXAMPLES: [string[]][] = [
  [[eventOf(0, "a"), eventOf(1, "b"), eventOf(0, "c")]],
  [[eventOf(6, "a"), eventOf(7, "b"), eventOf(6, "c")]],
  [[eventOf(FRAMES.length - 1, "choices"), eventOf(FRAMES.length - 1, "a")]],
];

/** Some events of one frame after each other. */
const sameFrame = fc
  .tuple(id, fc.oneof(fc.nat(3), fc.nat(FRAMES.length - 1)), fc.array(text, { minLength: 1, maxLength: 3 }))
  .map(([name, at, texts]) => texts.map((one) => eventOf(at, one, name)));
const events = fc.array(sameFrame, { maxLength: 5 }).map((parts) => parts.flat());

type Options = { readonly stripErrors: boolean; readonly isRepaired: boolean };

/** What one scanner finds in all events. */
function together(all: readonly string[], { stripErrors, isRepaired }: Options) {
  const repair = isRepaired ? { repair: new StreamRepair() } : {};
  const scanner = new EventScanner({ stripUsage: true, stripErrors, ...repair });
  const out = all.map((one) => scanner.push(Buffer.from(one)).toString());
  const { usage, textEvents, estimatedTokens, isDone, hasError, isMalformed, hasFinish } = scanner;
  return { out: out.join(""), usage, textEvents, estimatedTokens, isDone, hasError, isMalformed, hasFinish };
}

/** The same with a scanner for each event, which knows no event before it. */
function apart(all: readonly string[], { stripErrors, isRepaired }: Options) {
  const repair = isRepaired ? { repair: new StreamRepair() } : {};
  let found = {
    out: "",
    usage: undefined as TokenUsage | undefined,
    textEvents: 0,
    estimatedTokens: 0,
    isDone: false,
    hasError: false,
    isMalformed: false,
  };
  let [isEnd, endsText] = [false, false];
  for (const one of all) {
    if (found.isDone || found.isMalformed || (found.hasError && stripErrors)) break;
    const scanner = new EventScanner({ stripUsage: true, stripErrors, ...repair });
    const out = found.out + scanner.push(Buffer.from(one)).toString();
    const { textEvents, isDone, hasError, isMalformed, hasFinish } = scanner;
    const usage = larger(found.usage, scanner.usage);
    const estimatedTokens = found.estimatedTokens + scanner.estimatedTokens;
    if (textEvents > 0) endsText = hasFinish;
    else isEnd ||= hasFinish;
    const isWrong = found.hasError || hasError;
    const all = found.textEvents + textEvents;
    found = { out, usage, isDone, isMalformed, textEvents: all, estimatedTokens, hasError: isWrong };
  }
  return { ...found, hasFinish: isEnd || endsText };
}

/** Counts of a stream never fall. */
function larger(one: TokenUsage | undefined, other: TokenUsage | undefined): TokenUsage | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    promptTokens: Math.max(one.promptTokens, other.promptTokens),
    completionTokens: Math.max(one.completionTokens, other.completionTokens),
  };
}

describe("events that have the frame of an event before them", () => {
  test.each<Options>([
    { stripErrors: true, isRepaired: true },
    { stripErrors: false, isRepaired: true },
    { stripErrors: false, isRepaired: false },
  ])("are counted and passed on as if they came alone (%j)", (options) => {
    void fc.assert(
      fc.property(events, (all) => {
        expect(together(all, options)).toEqual(apart(all, options));
      }),
      { numRuns: 2000, examples: EXAMPLES },
    );
  });

  test("give their id to the usage that a stream without one ends with", () => {
    const scanner = new EventScanner({ stripUsage: false, estimatedPromptTokens: 5 });
    for (const one of [eventOf(0, "a"), "data: {}\n\n", eventOf(0, "b")]) scanner.push(Buffer.from(one));
    const [usage = ""] = scanner.push(Buffer.from("data: [DONE]\n\n")).toString().split("\n");
    expect(JSON.parse(usage.slice("data: ".length))).toMatchObject({
      id: "x".repeat(120),
      usage: { prompt_tokens: 5, completion_tokens: 2 },
    });
  });
});
