import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BedrockBlock, converseFrames, eventFrame } from "../../../../test-support/fake-bedrock.ts";
import { chatEvents, cuts, damage, damaged, gathered, translated, words } from "../../../test/dialect-cases.ts";
import { withTextBefore } from "../../inner/thinking-order.ts";
import { converseStream } from "./bedrock-stream.ts";
import { EventFrameReader } from "./event-frames.ts";

const head = { id: "chatcmpl-1", model: "tiny", created: 1, stopSequences: [] };
const usage = { inputTokens: 7, outputTokens: 3, totalTokens: 17, cacheReadInputTokens: 5, cacheWriteInputTokens: 2 };

const bytesOf = (content: readonly BedrockBlock[], deltaLength = 3, stopReason = "end_turn") =>
  converseFrames({ content, stopReason, usage, exception: undefined, deltaLength });

const block = fc.oneof(
  words.map((text): BedrockBlock => ({ text })),
  fc
    .tuple(words, words)
    .map(([text, signature]): BedrockBlock => ({ reasoningContent: { reasoningText: { text, signature } } })),
  fc
    .tuple(words, words, fc.dictionary(words, fc.jsonValue({ maxDepth: 1 })))
    .map(([toolUseId, name, input]): BedrockBlock => ({ toolUse: { toolUseId, name, input } })),
);
const blocks = fc.array(block, { maxLength: 4 });

describe("a stream of Bedrock's", () => {
  test("is OpenAI's events: role, text, finish, usage with the cached tokens, [DONE]", () => {
    const text = translated(converseStream(head), bytesOf([{ text: "Hello" }]), []);
    expect(chatEvents(text)).toMatchObject([
      { id: "chatcmpl-1", model: "tiny", choices: [{ delta: { role: "assistant", content: "" } }] },
      { choices: [{ delta: { content: "Hel" } }] },
      { choices: [{ delta: { content: "lo" } }] },
      { choices: [{ delta: {}, finish_reason: "stop" }] },
      {
        choices: [],
        usage: {
          prompt_tokens: 14,
          completion_tokens: 3,
          total_tokens: 17,
          prompt_tokens_details: { cached_tokens: 5, cache_write_tokens: 2 },
        },
      },
    ]);
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("loses no text, reasoning or tool call, wherever its frames are cut", () => {
    void fc.assert(
      fc.property(blocks, fc.integer({ min: 2, max: 9 }), cuts, (content, deltaLength, sizes) => {
        const bytes = bytesOf(content, deltaLength, "tool_use");
        const text = translated(converseStream(head), bytes, sizes);
        expect(text).toBe(translated(converseStream(head), bytes, []));
        const response = gathered(text);
        expect(response.content).toBe(content.map((one) => ("text" in one ? one.text : "")).join(""));
        let textLength = 0;
        const thinking = content.flatMap((one) => {
          if ("text" in one) textLength += one.text.length;
          if (!("reasoningContent" in one)) return [];
          const { text: thought, signature } = one.reasoningContent.reasoningText;
          return [withTextBefore({ type: "thinking", thinking: thought, signature }, textLength)];
        });
        expect(response.thinking).toEqual(thinking);
        expect(response.calls.map((call) => ({ ...call, arguments: JSON.parse(call.arguments) }))).toEqual(
          content.flatMap((one) =>
            "toolUse" in one
              ? {
                  id: one.toolUse.toolUseId,
                  name: one.toolUse.name,
                  arguments: JSON.parse(JSON.stringify(one.toolUse.input)),
                }
              : [],
          ),
        );
        expect(response).toMatchObject({ finish: "tool_calls", isDone: true, error: undefined });
      }),
      { numRuns: 80 },
    );
  });

  test("that is damaged never throws, stays events, and ends in [DONE] or one error", () => {
    void fc.assert(
      fc.property(blocks, damage, cuts, (content, how, sizes) => {
        const bytes = damaged(bytesOf(content), how);
        const text = translated(converseStream(head), bytes, sizes);
        expect(text).toBe(translated(converseStream(head), bytes, []));
        const response = gathered(text);
        expect(response.isDone).toBe(response.error === undefined);
      }),
      { numRuns: 150 },
    );
  });

  test("of arbitrary bytes is one error event", () => {
    void fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (bytes, sizes) => {
        const events = chatEvents(translated(converseStream(head), bytes, sizes));
        expect(events).toMatchObject([{ error: {} }]);
      }),
    );
  });

  test.each([
    ["throttlingException", "overloaded"],
    ["validationException", "invalid_request"],
    ["modelStreamErrorException", "upstream_error"],
    ["somethingNewException", "upstream_error"],
  ])("with a %s in it ends in %s", (type, code) => {
    const exception = { after: 2, type, message: "for you" };
    const bytes = converseFrames({
      content: [{ text: "Hello" }],
      stopReason: "end_turn",
      usage,
      exception,
      deltaLength: 3,
    });
    const response = gathered(translated(converseStream(head), bytes, [7]));
    expect(response).toMatchObject({ content: "Hel", error: { code }, isDone: false });
    expect(response.error?.message === "for you").toBe(code === "invalid_request");
  });

  test("that ends before its counts ends with an error", () => {
    const frames = Buffer.concat([
      eventFrame("messageStart", {}),
      eventFrame("messageStop", { stopReason: "end_turn" }),
    ]);
    expect(gathered(translated(converseStream(head), frames, []))).toMatchObject({
      error: { code: "stream_interrupted" },
    });
  });
});

describe("the reader of event stream frames", () => {
  test("puts a frame together once, however small its pieces", () => {
    const payload = { text: "x".repeat(2_000_000) };
    const frame = eventFrame("contentBlockDelta", payload);
    const reader = new EventFrameReader();
    const frames = [];
    for (let at = 0; at < frame.length; at += 16) frames.push(...reader.push(frame.subarray(at, at + 16)));
    expect(frames).toEqual([{ kind: "event", type: "contentBlockDelta", payload }]);
  });

  test("rejects a frame that is longer than any, before its bytes are there", () => {
    const prelude = Buffer.alloc(4);
    prelude.writeUInt32BE(0x7fffffff);
    expect(() => [...new EventFrameReader().push(prelude)]).toThrow(/server answered with an error/);
  });
});
