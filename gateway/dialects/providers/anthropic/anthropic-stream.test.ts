import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AnthropicBlock,
  anthropicEvents,
  anthropicMessage,
  sseText,
} from "../../../../test-support/fake-anthropic.ts";
import { chatEvents, cuts, damage, damaged, gathered, translated, words } from "../../../test/dialect-cases.ts";
import { withTextBefore } from "../../inner/thinking-order.ts";
import { anthropicStream } from "./anthropic-stream.ts";

const head = { model: "tiny", created: 1, newId: () => "x" };
const usage = { input_tokens: 7, output_tokens: 3, cache_read_input_tokens: 5, cache_creation_input_tokens: 2 };

function bytesOf(content: readonly AnthropicBlock[], deltaLength = 3, stopReason = "end_turn"): Buffer {
  const message = anthropicMessage({ content, stopReason, stopSequence: null, usage }, "claude");
  return Buffer.from(sseText(anthropicEvents(message, deltaLength)));
}

const block = fc.oneof(
  words.map((text): AnthropicBlock => ({ type: "text", text })),
  fc.tuple(words, words).map(([thinking, signature]): AnthropicBlock => ({ type: "thinking", thinking, signature })),
  words.map((data): AnthropicBlock => ({ type: "redacted_thinking", data })),
  fc
    .tuple(words, words, fc.dictionary(words, fc.jsonValue({ maxDepth: 2 })))
    .map(([id, name, input]): AnthropicBlock => ({ type: "tool_use", id, name, input })),
);
const blocks = fc.array(block, { maxLength: 5 });

describe("a stream of Anthropic's", () => {
  test("is OpenAI's events: role, text, finish, usage with the cached tokens, [DONE]", () => {
    const text = translated(anthropicStream(head), bytesOf([{ type: "text", text: "Hello" }]), []);
    expect(chatEvents(text)).toEqual([
      ...[{ role: "assistant", content: "" }, { content: "Hel" }, { content: "lo" }].map((delta) =>
        expect.objectContaining({
          id: "msg_fake",
          object: "chat.completion.chunk",
          model: "tiny",
          created: 1,
          choices: [{ index: 0, delta, logprobs: null, finish_reason: null }],
        }),
      ),
      expect.objectContaining({ choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: "stop" }] }),
      expect.objectContaining({
        choices: [],
        usage: {
          prompt_tokens: 14,
          completion_tokens: 3,
          total_tokens: 17,
          prompt_tokens_details: { cached_tokens: 5, cache_write_tokens: 2 },
        },
      }),
    ]);
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  // documented: anthropic-stream-any-cut
  test("loses no text, thinking or tool call, wherever its bytes are cut", () => {
    void fc.assert(
      fc.property(blocks, fc.integer({ min: 1, max: 9 }), cuts, (content, deltaLength, sizes) => {
        const bytes = bytesOf(content, deltaLength, "tool_use");
        const text = translated(anthropicStream(head), bytes, sizes);
        expect(text).toBe(translated(anthropicStream(head), bytes, []));
        const response = gathered(text);
        const join = (type: string, key: string) =>
          content.map((one) => (one.type === type ? (one as unknown as Record<string, string>)[key] : "")).join("");
        expect(response.content).toBe(join("text", "text"));
        expect(response.reasoning).toBe(join("thinking", "thinking"));
        let textLength = 0;
        const thinking = content.flatMap((one) => {
          if (one.type === "text") textLength += one.text.length;
          return one.type.endsWith("thinking") ? [withTextBefore({ ...one }, textLength)] : [];
        });
        expect(response.thinking).toEqual(thinking);
        expect(response.calls.map((call) => ({ ...call, arguments: JSON.parse(call.arguments) }))).toEqual(
          content.flatMap((one) =>
            one.type === "tool_use"
              ? { id: one.id, name: one.name, arguments: JSON.parse(JSON.stringify(one.input)) }
              : [],
          ),
        );
        expect(response).toMatchObject({ finish: "tool_calls", isDone: true, error: undefined });
      }),
      { numRuns: 100 },
    );
  });

  test("that is damaged never throws, stays events, and ends in [DONE] or one error", () => {
    void fc.assert(
      fc.property(blocks, damage, cuts, (content, how, sizes) => {
        const bytes = damaged(bytesOf(content), how);
        const text = translated(anthropicStream(head), bytes, sizes);
        expect(text).toBe(translated(anthropicStream(head), bytes, []));
        const response = gathered(text);
        expect(response.isDone).toBe(response.error === undefined);
      }),
      { numRuns: 100 },
    );
  });

  test("of arbitrary bytes is one error event", () => {
    void fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (bytes, sizes) => {
        const events = chatEvents(translated(anthropicStream(head), bytes, sizes));
        expect(events).toHaveLength(1);
        expect(events[0]).toHaveProperty("error");
      }),
    );
  });

  test("with a call whose input comes whole at its start has its arguments", () => {
    const events = anthropicEvents(
      anthropicMessage({ content: [], stopReason: "tool_use", stopSequence: null, usage }, "claude"),
      3,
    );
    const started = { type: "tool_use", id: "t", name: "f", input: { a: 1 } };
    const call = [
      { type: "content_block_start", index: 0, content_block: started },
      { type: "content_block_stop", index: 0 },
    ];
    const text = translated(
      anthropicStream(head),
      Buffer.from(sseText([...events.slice(0, 1), ...call, ...events.slice(1)] as typeof events)),
      [],
    );
    expect(gathered(text).calls).toEqual([{ id: "t", name: "f", arguments: '{"a":1}' }]);
  });

  test("that breaks off ends with one error event", () => {
    const bytes = bytesOf([{ type: "text", text: "Hello" }]);
    const text = translated(anthropicStream(head), bytes.subarray(0, bytes.length - 60), []);
    expect(gathered(text)).toMatchObject({ error: { code: "stream_interrupted" }, isDone: false, content: "Hello" });
  });

  test.each([
    ["overloaded_error", "overloaded", "All servers of this model are full."],
    ["invalid_request_error", "invalid_request", "prompt: no"],
    ["authentication_error", "upstream_error", "answered with an error"],
  ])("with the provider's error %s ends in %s, and reveals nothing about our account", (type, code, message) => {
    const error = { type: "error", error: { type, message: "prompt: no" } };
    const text = translated(anthropicStream(head), Buffer.from(sseText([error])), [5]);
    expect(chatEvents(text)).toEqual([{ error: expect.objectContaining({ code }) }]);
    expect(gathered(text).error?.message).toContain(message);
  });

  test("with events of a later version ignores unknown ones", () => {
    const known = bytesOf([{ type: "text", text: "Hi" }]).toString("utf8");
    const strange = sseText([{ type: "something_new", x: 1 }]);
    const text = known.replace("event: message_delta", `${strange}event: message_delta`);
    expect(translated(anthropicStream(head), Buffer.from(text), [])).toBe(
      translated(anthropicStream(head), Buffer.from(known), []),
    );
  });
});
