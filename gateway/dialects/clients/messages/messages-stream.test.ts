import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anthropicEvents, anthropicMessage, sseText } from "../../../../test-support/fake-anthropic.ts";
import { cuts, damage, damaged, translated, words } from "../../../test/dialect-cases.ts";
import { anthropicStream } from "../../providers/anthropic/anthropic-stream.ts";
import { messagesStream } from "./messages-stream.ts";

const options = { requestId: "req_1", model: "tiny" };

type Event = Record<string, unknown> & { type: string };
const data = (value: unknown) => `data: ${JSON.stringify({ id: "chatcmpl-1", ...(value as object) })}\n\n`;
const delta = (fields: unknown, finish_reason: string | null = null, extra = {}) =>
  data({ choices: [{ index: 0, delta: fields, finish_reason, ...extra }] });
const call = (index: number, id?: string, name?: string, json?: string) =>
  delta({ tool_calls: [{ index, id, function: { name, arguments: json } }] });
const usage = data({
  choices: [],
  usage: { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 3 } },
});
const done = "data: [DONE]\n\n";

/** The events; throws where the text is not a stream of them. */
function events(text: string): Event[] {
  const parts = text.split("\n\n");
  expect(parts.pop()).toBe("");
  return parts.map((part) => {
    const [, name, json] = /^event: (\w+)\ndata: ([^\n]*)$/.exec(part) ?? [];
    const event = JSON.parse(json ?? "") as Event;
    expect(event.type).toBe(name);
    return event;
  });
}

/** Puts a message together as Anthropic's SDK does, and checks the order of the events. */
function message(text: string) {
  const all = events(text);
  const content: Record<string, string>[] = [];
  let open = false;
  for (const { type, index, content_block, delta: change } of all) {
    if (type === "content_block_start") {
      expect([index, open]).toEqual([content.length, false]);
      open = true;
      content.push({ ...(content_block as Record<string, string>), json: "" });
    }
    if (type === "content_block_delta") {
      expect([index, open]).toEqual([content.length - 1, true]);
      const block = content.at(-1)!;
      const { text = "", thinking = "", signature = "", partial_json = "" } = change as Record<string, string>;
      if (block.type === "text") block.text += text;
      if (block.type === "thinking") {
        block.thinking += thinking;
        block.signature += signature;
      }
      block.json += partial_json;
    }
    if (type === "content_block_stop") {
      expect([index, open]).toEqual([content.length - 1, true]);
      open = false;
    }
  }
  expect(open && all.at(-1)?.type !== "error").toBe(false);
  return { content, last: all.at(-1), stop: all.at(-2), types: all.map(({ type }) => type) };
}

test("a message has an id of its own where the first event has none, as Azure's", () => {
  const first = 'data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[]}\n\n';
  const stream = messagesStream({ requestId: "req-7", model: "tiny" });
  expect(stream.push(Buffer.from(first)).toString()).toContain('"id":"msg_req-7"');
  const sorted = 'data: {"choices":[],"id":"chatcmpl-8"}\n\n';
  const other = messagesStream({ requestId: "req-7", model: "tiny" });
  expect(other.push(Buffer.from(sorted)).toString()).toContain('"id":"msg_8"');
});

describe("a stream for Anthropic's SDKs", () => {
  test("has Anthropic's events in their order, the counts at its end", () => {
    const text = delta({ role: "assistant", content: "" }) + delta({ content: "Hel" }) + delta({ content: "lo" });
    const out = events(translated(messagesStream(options), Buffer.from(text + delta({}, "stop") + usage + done), [9]));
    expect(out).toEqual([
      {
        type: "message_start",
        message: expect.objectContaining({ id: "msg_1", role: "assistant", model: "tiny", content: [] }),
      },
      { type: "ping" },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "", citations: null } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hel" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "lo" } },
      { type: "content_block_stop", index: 0 },
      {
        type: "message_delta",
        delta: { stop_reason: "end_turn", stop_sequence: null, stop_details: null, container: null },
        usage: expect.objectContaining({ input_tokens: 6, cache_read_input_tokens: 3, output_tokens: 4 }),
      },
      { type: "message_stop" },
    ]);
  });

  test("brings calls that were mixed up, and text between them, into blocks one after another", () => {
    const text =
      delta({ content: "A" }) +
      call(0, "t0", "f", '{"a"') +
      call(1, "t1", "g", '{"b"') +
      delta({ content: "B" }) +
      call(0, undefined, undefined, ":1}") +
      call(1, undefined, undefined, ":2}") +
      delta({}, "tool_calls") +
      done;
    const { content, stop } = message(translated(messagesStream(options), Buffer.from(text), [11]));
    expect(content).toMatchObject([
      { type: "text", text: "A" },
      { type: "tool_use", id: "t0", name: "f", json: '{"a":1}' },
      { type: "tool_use", id: "t1", name: "g", json: '{"b":2}' },
      { type: "text", text: "B" },
    ]);
    expect(stop).toMatchObject({ delta: { stop_reason: "tool_use" } });
  });

  test.each([
    ["length", {}, { stop_reason: "max_tokens", stop_sequence: null }],
    ["content_filter", {}, { stop_reason: "refusal", stop_sequence: null }],
    ["stop", { stop_reason: "END" }, { stop_reason: "stop_sequence", stop_sequence: "END" }],
    [
      "stop",
      { stop_reason: 32000 },
      { stop_reason: "end_turn", stop_sequence: null, stop_details: null, container: null },
    ],
  ])("finish_reason %s %j is %j", (finish, extra, expected) => {
    const text = delta({ content: "a" }, finish, extra) + done;
    expect(message(translated(messagesStream(options), Buffer.from(text), [])).stop).toMatchObject({ delta: expected });
  });

  test("of Anthropic's own stream has the same message after a translation to OpenAI's dialect and back", () => {
    const block = fc.oneof(
      words.map((text) => ({ type: "text", text }) as const),
      fc
        .tuple(words, words, fc.dictionary(words, fc.jsonValue({ maxDepth: 1 })))
        .map(([id, name, input]) => ({ type: "tool_use", id, name, input, caller: { type: "direct" } }) as const),
    );
    const thinking = fc
      .tuple(words, words)
      .map(([text, signature]) => ({ type: "thinking", thinking: text, signature }) as const);
    void fc.assert(
      fc.property(
        fc.array(thinking, { maxLength: 2 }),
        fc.array(block, { maxLength: 4 }),
        cuts,
        (first, rest, sizes) => {
          // Text behind a call comes after all calls, and neighbours become one.
          const texts = rest.filter(({ type }) => type === "text");
          const content = [...first, ...texts.slice(0, 1), ...rest.filter(({ type }) => type === "tool_use")];
          const counts = { input_tokens: 7, output_tokens: 3 };
          const whole = anthropicMessage(
            { content, stopReason: "end_turn", stopSequence: null, usage: counts },
            "claude",
          );
          const chat = translated(
            anthropicStream({ model: "tiny", created: 1, newId: () => "x" }),
            Buffer.from(sseText(anthropicEvents(whole, 5))),
            sizes,
          );
          const back = message(translated(messagesStream(options), Buffer.from(chat), sizes));
          expect(
            back.content.map(({ json, citations, ...made }) =>
              made.type === "tool_use" ? { ...made, input: JSON.parse(json ?? "") } : made,
            ),
          ).toEqual(JSON.parse(JSON.stringify(content)));
          expect(back.last).toEqual({ type: "message_stop" });
          expect(back.stop).toMatchObject({ usage: { input_tokens: 7, output_tokens: 3 } });
        },
      ),
      { numRuns: 100 },
    );
  });

  test("that is damaged never throws, stays events, and ends in message_stop or one error", () => {
    const source = fc.array(
      fc.oneof(
        words.map((content) => delta({ content })),
        words.map((reasoning_content) => delta({ reasoning_content })),
        fc.tuple(fc.nat(2), words).map(([index, json]) => call(index, `t${index}`, "f", json)),
      ),
      { maxLength: 6 },
    );
    void fc.assert(
      fc.property(source, damage, cuts, (pieces, how, sizes) => {
        const bytes = damaged(Buffer.from([...pieces, delta({}, "stop"), usage, done].join("")), how);
        const text = translated(messagesStream(options), bytes, sizes);
        expect(text).toBe(translated(messagesStream(options), bytes, []));
        const { last, types } = message(text);
        expect(last?.type === "message_stop" || last?.type === "error").toBe(true);
        expect(types.filter((type) => type === "error").length).toBe(last?.type === "error" ? 1 : 0);
      }),
      { numRuns: 150 },
    );
  });

  test("that breaks off, or holds an error, ends in Anthropic's error event with our code", () => {
    const cut = message(translated(messagesStream(options), Buffer.from(delta({ content: "a" })), []));
    expect(cut.last).toMatchObject({
      type: "error",
      error: { type: "api_error", details: { error_code: "stream_interrupted" } },
      request_id: "req_1",
    });
    const error = data({ error: { message: "Wait.", type: "server_error", code: "overloaded", param: null } });
    const full = message(translated(messagesStream(options), Buffer.from(error), []));
    expect(full.last).toMatchObject({ error: { type: "overloaded_error", message: "Wait." } });
    const strange = data({ error: { message: "CUDA secrets", code: 500 } });
    expect(translated(messagesStream(options), Buffer.from(strange), [])).not.toContain("CUDA");
  });
});

test("40,000 calls that come in turn are put together in linear time", () => {
  const call = (index: number) =>
    delta({ tool_calls: [{ index, id: `call_${index}`, function: { name: "f", arguments: "{" } }] });
  const text = Array.from({ length: 40_000 }, (_, index) => call(index)).join("");
  const before = process.cpuUsage();
  translated(messagesStream(options), Buffer.from(text + delta({}, "tool_calls") + done), []);
  // Seen: 0.4 s on a busy machine.
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2500);
});
