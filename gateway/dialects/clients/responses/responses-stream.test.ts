import * as fc from "fast-check";
import { ResponseStream } from "openai/lib/responses/ResponseStream";
import { describe, expect, test } from "vitest";
import { cuts, damage, damaged, translated, words } from "../../../test/dialect-cases.ts";
import { inputItems } from "./responses-items.ts";
import { chatOfResponses } from "./responses-request.ts";
import { responseOfChat } from "./responses-response.ts";
import { responsesStream } from "./responses-stream.ts";

type Event = Record<string, unknown> & { type: string; sequence_number: number };

const data = (value: unknown) => `data: ${JSON.stringify({ id: "chatcmpl-1", ...(value as object) })}\n\n`;
const delta = (fields: unknown, finish_reason: string | null = null) =>
  data({ choices: [{ index: 0, delta: fields, finish_reason }] });
const call = (index: number, id?: string, name?: string, json?: string) =>
  delta({ tool_calls: [{ index, id, function: { name, arguments: json } }] });
const usage = data({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 4 } });
const done = "data: [DONE]\n\n";

function start() {
  let ids = 0;
  const newId = (prefix: string) => `${prefix}_${ids++}`;
  const head = { id: "resp_1", createdAt: 1, isStored: false, fields: { model: "tiny" } };
  const closed: unknown[] = [];
  const translator = responsesStream({ head, newId, now: () => 2, onClosed: (response) => void closed.push(response) });
  return { translator, closed, head, newId };
}

function events(text: string): Event[] {
  const parts = text.split("\n\n");
  expect(parts.pop()).toBe("");
  return parts.map((part, index) => {
    const [, name, json] = /^event: ([\w.]+)\ndata: ([^\n]*)$/.exec(part) ?? [];
    const event = JSON.parse(json ?? "") as Event;
    expect([event.type, event.sequence_number]).toEqual([name, index]);
    return event;
  });
}

/** What the official SDK makes of the events; it checks their order and that they fit together. */
async function accumulated(all: readonly Event[]) {
  const lines = all.map((event) => `${JSON.stringify(event)}\n`);
  const stream = ResponseStream.fromReadableStream(ReadableStream.from(lines.map((line) => Buffer.from(line))));
  return await stream.finalResponse();
}

const piece = fc.oneof(
  words.map((content) => ({ content })),
  words.map((reasoning_content) => ({ reasoning_content })),
  words.map((refusal) => ({ refusal })),
  fc.tuple(fc.nat(2), words).map(([index, json]) => ({ index, json })),
);
const pieces = fc.array(piece, { maxLength: 10 });

function streamOf(deltas: readonly Record<string, unknown>[], finish = "stop"): Buffer {
  const begun = new Set<unknown>();
  const chunks = deltas.map((one) => {
    if (one.json === undefined) return delta(one);
    const isFirst = !begun.has(one.index);
    begun.add(one.index);
    return call(
      Number(one.index),
      isFirst ? `call_${one.index}` : undefined,
      isFirst ? "f" : undefined,
      String(one.json),
    );
  });
  return Buffer.from([delta({ role: "assistant", content: "" }), ...chunks, delta({}, finish), usage, done].join(""));
}

describe("a stream of events of a response", () => {
  test("has a call's arguments piece by piece, beside those of another", async () => {
    const { translator } = start();
    const bytes = streamOf(
      [{ content: "A" }, { index: 0, json: "{" }, { index: 1, json: "{}" }, { index: 0, json: "}" }],
      "tool_calls",
    );
    const all = events(translated(translator, bytes, [13]));
    expect(
      all
        .filter(({ type }) => type.includes("function_call"))
        .map(({ type, item_id, delta: d, arguments: a }) => [type.slice(33), item_id, d ?? a]),
    ).toEqual([
      ["delta", "fc_1", "{"],
      ["delta", "fc_2", "{}"],
      ["delta", "fc_1", "}"],
      ["done", "fc_1", "{}"],
      ["done", "fc_2", "{}"],
    ]);
    const response = await accumulated(all);
    expect(response.output).toMatchObject([
      { type: "message", content: [{ text: "A" }] },
      { type: "function_call", call_id: "call_0", name: "f", arguments: "{}", status: "completed" },
      { type: "function_call", call_id: "call_1", name: "f", arguments: "{}", status: "completed" },
    ]);
  });

  test("loses no delta, wherever its bytes are cut, as the official SDK joins them", async () => {
    await fc.assert(
      fc.asyncProperty(pieces, cuts, async (deltas, sizes) => {
        const bytes = streamOf(deltas);
        const { translator, closed } = start();
        const text = translated(translator, bytes, sizes);
        expect(text).toBe(translated(start().translator, bytes, []));
        const response = await accumulated(events(text));
        expect([response]).toMatchObject(closed);
        const join = (key: string) => deltas.map((one) => (one as Record<string, string>)[key] ?? "").join("");
        expect(response.output_text).toBe(join("content"));
        const items = response.output as unknown as { content?: Record<string, string>[] }[];
        const parts = items.flatMap(({ content }) => content ?? []);
        expect(parts.map(({ refusal }) => refusal ?? "").join("")).toBe(join("refusal"));
        expect(parts.map(({ type, text: thought }) => (type === "reasoning_text" ? thought : "")).join("")).toBe(
          join("reasoning_content"),
        );
        for (const item of response.output)
          if (item.type === "function_call")
            expect(item.arguments).toBe(
              deltas.map((one) => ("json" in one && `call_${one.index}` === item.call_id ? one.json : "")).join(""),
            );
        expect(response.usage).toMatchObject({ input_tokens: 9, output_tokens: 4, total_tokens: 13 });
      }),
      { numRuns: 80 },
    );
  });

  test("that is damaged never throws, stays events, and ends completed, incomplete or failed", () => {
    void fc.assert(
      fc.property(pieces, damage, cuts, (deltas, how, sizes) => {
        const bytes = damaged(streamOf(deltas), how);
        const text = translated(start().translator, bytes, sizes);
        expect(text).toBe(translated(start().translator, bytes, []));
        const types = events(text).map(({ type }) => type);
        expect(types.slice(0, 2)).toEqual(["response.created", "response.in_progress"]);
        const ends = types.filter((type) => /^response\.(completed|incomplete|failed)$/.test(type));
        expect(ends).toEqual([types.at(-1)]);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ["length", "max_output_tokens"],
    ["content_filter", "content_filter"],
  ])("that was cut short by %s is incomplete", async (finish, reason) => {
    const { translator, closed } = start();
    const all = events(translated(translator, streamOf([{ content: "A" }], finish), []));
    expect(all.at(-1)).toMatchObject({
      type: "response.incomplete",
      response: { status: "incomplete", incomplete_details: { reason }, output: [{ status: "incomplete" }] },
    });
    expect(closed).toHaveLength(1);
  });

  test("that broke off is failed, and is not stored", () => {
    const { translator, closed } = start();
    const bytes = streamOf([{ content: "A" }]);
    const all = events(translated(translator, bytes.subarray(0, bytes.length - 20), []));
    expect(all.at(-1)).toMatchObject({ type: "response.failed", response: { error: { code: "server_error" } } });
    expect(closed).toEqual([]);
  });

  test("is the same response as the whole one, and its output can be sent as input unchanged", () => {
    const thinking_blocks = [{ type: "thinking", thinking: "hm", signature: "s" }];
    const tool_calls = [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }];
    const message = { role: "assistant", content: "Hi", reasoning_content: "hm", thinking_blocks, tool_calls };
    const { head, newId, translator } = start();
    const response = {
      choices: [{ message, finish_reason: "tool_calls" }],
      usage: { prompt_tokens: 9, completion_tokens: 4 },
    };
    const whole = responseOfChat(response, head, newId, 2);
    const parts = [
      delta({ reasoning_content: "hm" }),
      delta({ thinking_blocks }),
      delta({ content: "Hi" }),
      call(0, "c1", "f", "{}"),
      delta({}, "tool_calls"),
      usage,
      done,
    ];
    const streamed = events(translated(translator, Buffer.from(parts.join("")), [])).at(-1)?.response;
    const withoutIds = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll(/"(rs|msg|fc)_\d+"/g, '"id"'));
    expect(withoutIds(streamed)).toEqual(withoutIds(whole));
    const again = chatOfResponses({ model: "tiny" }, inputItems(whole.output, newId));
    expect(again.messages).toEqual([message]);
  });
});

test.each(["content", "reasoning_content"])(
  "halves of a character in two deltas of %s are one in the whole text, and a half alone is the sign for none",
  (field) => {
    const { translator } = start();
    const stream = [delta({ [field]: "a\ud83d" }), delta({ [field]: "\ude00b\ud800" }), delta({}, "stop"), done].join(
      "",
    );
    const all = events(Buffer.concat([translator.push(Buffer.from(stream)), translator.end()]).toString());
    expect(all.find(({ type }) => type.endsWith("text.done"))?.text).toBe("a😀b\ufffd");
    expect(JSON.stringify(all.at(-1))).toContain("a😀b\ufffd");
  },
);
