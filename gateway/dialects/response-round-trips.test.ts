import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WholeResponse } from "../core/dialect.ts";
import { cuts, translated } from "../test/dialect-cases.ts";
import { gatherMessage } from "../test/replay-recorded.ts";
import { anthropicContent, chatMessage, chatStream, type Written, written } from "../test/round-trip-cases.ts";
import { jsonOfWhole } from "../test/whole-json.ts";
import { chatOfMessages } from "./clients/messages/messages-request.ts";
import { messageOfChat } from "./clients/messages/messages-response.ts";
import { messagesStream } from "./clients/messages/messages-stream.ts";
import { inputItems } from "./clients/responses/responses-items.ts";
import { chatOfResponses } from "./clients/responses/responses-request.ts";
import { responseOfChat } from "./clients/responses/responses-response.ts";
import { responsesStream } from "./clients/responses/responses-stream.ts";
import { chatCompletion } from "./providers/anthropic/anthropic-response.ts";
import { converseRequest } from "./providers/bedrock/bedrock-request.ts";
import { chatOfConverse } from "./providers/bedrock/bedrock-response.ts";
import { geminiRequest } from "./providers/gemini/gemini-request.ts";
import { chatOfGemini } from "./providers/gemini/gemini-response.ts";

type Fields = Readonly<Record<string, unknown>>;

const plain = <T>(value: T) => JSON.parse(JSON.stringify(value));
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const USER = { role: "user", content: "Hi" };
const USAGE = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };

const completion = (made: Written, finish = "stop") => ({
  id: "chatcmpl-1",
  choices: [{ index: 0, message: chatMessage(made), finish_reason: finish }],
  usage: USAGE,
});
/** Characters that end a line for JavaScript, and not for server-sent events. */
const LINE_SEPARATORS: Written = {
  parts: [{ type: "text", text: "\u2028" }],
  calls: [{ id: "call_0", name: "_", input: { "\u2028": "\u2029" } }],
};

/** Without what Anthropic's schema requires and that has no value. */
const blocks = (content: unknown) => (content as Fields[]).map(({ citations: _, caller: __, ...block }) => block);
const messageOf = (chat: WholeResponse): Fields => jsonOfWhole(chat).choices[0].message;
/** As a client sends it back. */
const history = ({ refusal: _, ...message }: Fields) => message;

describe("a response of Anthropic's", () => {
  test.each([
    ["end_turn", null],
    ["max_tokens", null],
    ["tool_use", null],
    ["refusal", null],
    ["stop_sequence", "END"],
  ])("that ends with %s is the same for a client of Messages", (stop_reason, stop_sequence) => {
    void fc.assert(
      fc.property(written, (made) => {
        const calls = stop_reason === "tool_use" ? made.calls : [];
        const content = anthropicContent({ ...made, calls });
        const usage = {
          input_tokens: 7,
          output_tokens: 3,
          cache_read_input_tokens: 5,
          cache_creation_input_tokens: 2,
          output_tokens_details: { thinking_tokens: 1 },
        };
        const message = { id: "msg_1", type: "message", role: "assistant", content, stop_reason, stop_sequence, usage };
        const chat = chatCompletion(bytes(message), { model: "m", created: 1, newId: () => "x" });
        const back = plain(messageOfChat(jsonOfWhole(chat), "m"));
        expect({ ...back, content: blocks(back.content) }).toMatchObject(plain(message));
      }),
    );
  });
});

describe("a chat completion, sent back in the history,", () => {
  test("of a client of Messages is the model's own message", () => {
    void fc.assert(
      fc.property(written, (made) => {
        const { content } = plain(messageOfChat(plain(completion(made)), "m"));
        const fields = { max_tokens: 9, messages: [USER, { role: "assistant", content }] };
        const [, back] = chatOfMessages(fields).messages as Fields[];
        expect(plain(oneText(back))).toEqual(plain(chatMessage(made)));
      }),
    );
  });

  test("of a client of Responses is the model's own message", () => {
    void fc.assert(
      fc.property(written, (made) => {
        const newId = counter();
        const head = { id: "resp_1", createdAt: 1, isStored: false, fields: { model: "m" } };
        const { output } = responseOfChat(plain(completion(made)), head, newId, 2);
        const { messages } = chatOfResponses({ model: "m" }, inputItems(output, newId));
        expect((messages as Fields[]).map((message) => plain(oneText(message)))).toEqual([plain(chatMessage(made))]);
      }),
    );
  });

  test("of a client of chat completions is what Bedrock wrote", () => {
    void fc.assert(
      fc.property(written, (made) => {
        const content = [
          ...made.parts.map((part) =>
            part.type === "text"
              ? { text: part.text }
              : { reasoningContent: { reasoningText: { text: part.thinking, signature: part.signature } } },
          ),
          ...made.calls.map(({ id, name, input }) => ({ toolUse: { toolUseId: id, name, input } })),
        ];
        const response = { output: { message: { role: "assistant", content } }, stopReason: "end_turn", usage: {} };
        const head = { id: "c", model: "m", created: 1, stopSequences: [] };
        const message = history(messageOf(chatOfConverse(bytes(response), head)));
        const [, back] = converseRequest({ messages: [USER, message] }).messages as Fields[];
        expect(plain(back?.content)).toEqual(plain(content));
      }),
    );
  });

  test("of a client of chat completions has the calls, texts and signatures that Gemini wrote", () => {
    void fc.assert(
      fc.property(written, ({ parts: all, calls }) => {
        const texts = all.flatMap((part) => (part.type === "text" ? [{ text: part.text }] : []));
        const signature = all.find(({ type }) => type === "thinking") as { signature: string } | undefined;
        const signed = signature === undefined ? {} : { thoughtSignature: signature.signature };
        const called = calls.map((call, index) => ({
          functionCall: { id: call.id, name: call.name, args: call.input },
          ...(index === 0 ? signed : {}),
        }));
        const text = texts.map((part) => part.text).join("");
        const parts = [...(text === "" ? [] : [{ text, ...(calls.length === 0 ? signed : {}) }]), ...called];
        const response = { responseId: "g", candidates: [{ content: { role: "model", parts }, finishReason: "STOP" }] };
        const head = { model: "m", created: 1, newId: () => "x" };
        const message = history(messageOf(chatOfGemini(bytes(response), head)));
        const { contents } = geminiRequest({ messages: [USER, message] }, "gemini-2.5-pro");
        expect(plain((contents as { parts: unknown }[])[1]?.parts)).toEqual(plain(parts));
      }),
    );
  });
});

describe("a streamed chat completion, wherever it is cut,", () => {
  test("is the whole one's message for a client of Messages", () => {
    void fc.assert(
      fc.property(written, fc.integer({ min: 1, max: 9 }), cuts, (made, size, sizes) => {
        const finish = made.calls.length > 0 ? "tool_calls" : "length";
        const stream = messagesStream({ requestId: "r", model: "m" });
        const text = translated(stream, Buffer.from(chatStream(made, size, finish, USAGE)), sizes);
        const streamed = gatherMessage(text);
        const whole = plain(messageOfChat(plain(completion(made, finish)), "m"));
        expect(blocks(streamed.content)).toEqual(blocks(whole.content));
        expect(streamed.stop_reason).toBe(whole.stop_reason);
        expect(whole.usage).toMatchObject(plain(streamed.usage));
      }),
      { examples: [[LINE_SEPARATORS, 1, [1]]] },
    );
  });

  test("is the whole one's response for a client of Responses", () => {
    void fc.assert(
      fc.property(written, fc.integer({ min: 1, max: 9 }), cuts, (made, size, sizes) => {
        const finish = made.calls.length > 0 ? "tool_calls" : "stop";
        const head = { id: "resp_1", createdAt: 1, isStored: false, fields: { model: "m" } };
        let closed: unknown;
        const onClosed = (response: Fields) => {
          closed = response;
          return undefined;
        };
        const stream = responsesStream({ head, newId: () => "id", now: () => 2, onClosed });
        translated(stream, Buffer.from(chatStream(made, size, finish, USAGE)), sizes);
        const whole = responseOfChat(plain(completion(made, finish)), head, () => "id", 2);
        expect(plain(merged(closed as Fields))).toEqual(plain(merged(whole)));
      }),
      { examples: [[LINE_SEPARATORS, 1, [1]]] },
    );
  });
});

/** A message whose content is a list of texts, as one text: the same to every model. */
function oneText(message: Fields | undefined): Fields {
  if (!Array.isArray(message?.content)) return message ?? {};
  return { ...message, content: message.content.map(({ text }: { text: string }) => text).join("") };
}

/** Reasoning that follows reasoning is one item in a stream, and may be several in a whole response. */
function merged({ output, ...response }: Fields): Fields {
  const items: { type: string; content: unknown[]; signed: unknown[] }[] = [];
  for (const item of output as (Fields & { type: string; content: Fields[] })[]) {
    const { encrypted_content: encrypted, ...rest } = item;
    if (item.type !== "reasoning") {
      items.push({ ...rest, signed: [] });
      continue;
    }
    const signed = JSON.parse(Buffer.from(String(encrypted), "base64").toString("utf8")) as unknown[];
    const last = items.at(-1)?.type === "reasoning" ? items.pop() : { content: [], signed: [] };
    const texts = [...(last?.content ?? []), ...item.content] as { text: string }[];
    const content =
      texts.length === 0 ? [] : [{ type: "reasoning_text", text: texts.map(({ text }) => text).join("") }];
    items.push({ ...rest, content, signed: [...(last?.signed ?? []), ...signed] });
  }
  return { ...response, output: items };
}

function counter(): (prefix: string) => string {
  let made = 0;
  return (prefix) => `${prefix}_${++made}`;
}
