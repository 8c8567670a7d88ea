import { describe, expect, test } from "vitest";
import { longestJson } from "../test-support/json-size.ts";
import { messageOfChat } from "./dialects/clients/messages/messages-response.ts";
import { chatOfItems } from "./dialects/clients/responses/responses-items.ts";
import { customInput } from "./dialects/clients/responses/responses-tools.ts";
import { readChatEvent } from "./dialects/inner/chat-events.ts";
import { readConversation } from "./dialects/inner/conversation.ts";
import { anthropicStream } from "./dialects/providers/anthropic/anthropic-stream.ts";
import { geminiContents } from "./dialects/providers/gemini/gemini-content.ts";
import { geminiStream } from "./dialects/providers/gemini/gemini-stream.ts";
import { schemaProblem } from "./pipeline/body/schema-bounds.ts";
import { hasPart } from "./pipeline/call/response-part.ts";
import { isErrorEvent } from "./relay/error-event.ts";
import { hasUnsoundUsage } from "./relay/usage.ts";

const KEYS = `{${Array.from({ length: 280_000 }, (_, index) => `"k${index}":1`).join(",")}}`;
const DEEP = `{"a":${"[".repeat(1_800_000)}${"]".repeat(1_800_000)}}`;
const LISTS = `{"a":[${"[],".repeat(1_200_000)}1]}`;
const OBJECTS = `[${"{},".repeat(900_000)}{}]`;
const TEXTS = { KEYS, DEEP, LISTS, OBJECTS } as const;
const NAMES = Object.keys(TEXTS) as readonly (keyof typeof TEXTS)[];
/** The most characters of a text that may be parsed. To parse one of those above, of 3 to 4 million, takes 80 to 500 ms. */
const MOST_PARSED = 300_000;

const call = (text: string, id = "c") => ({ id, type: "function", function: { name: "f", arguments: text } });
const history = (...calls: readonly ReturnType<typeof call>[]) => [
  { role: "user", content: "x" },
  { role: "assistant", tool_calls: calls },
];

describe.each(NAMES)("a text of some megabytes of JSON (%s)", (name) => {
  const text = TEXTS[name];

  test("is refused as the arguments of a call, before it is parsed", async () => {
    const messages = history(call(text));
    const read = () => readConversation(messages);
    expect(read).toThrow(/`messages\[1\]\.tool_calls\[0\]\.function\.arguments` (has too many|must be a JSON object)/);
    expect(await longestJson("parse", () => expect(read).toThrow())).toBeLessThan(MOST_PARSED);
  });

  test("is sent to a client of Messages as it is, where a model wrote it as arguments", async () => {
    const response = { id: "c", choices: [{ message: { content: null, tool_calls: [call(text)] } }] };
    const message = JSON.parse(JSON.stringify(messageOfChat(response, "m")));
    expect(message.content[0].input).toEqual({ raw_arguments: text });
    expect(await longestJson("parse", () => messageOfChat(response, "m"))).toBeLessThan(MOST_PARSED);
  });

  test("is a custom tool's input as it is", async () => {
    expect(customInput(text)).toBe(text);
    expect(await longestJson("parse", () => customInput(text))).toBeLessThan(MOST_PARSED);
  });

  test("is a tool's result as it is for Gemini", async () => {
    const result = { kind: "tool-result", id: "c", param: "messages[2]", content: [{ kind: "text", text }] } as const;
    const conversation = readConversation(history(call("{}")));
    const turns = [...conversation.turns, { role: "user", blocks: [result as never] }] as const;
    const contents = () => geminiContents({ ...conversation, turns }, { missingSignature: undefined });
    expect(contents().at(-1)).toMatchObject({ parts: [{ functionResponse: { response: { result: text } } }] });
    expect(await longestJson("parse", contents)).toBeLessThan(MOST_PARSED);
  });

  test("is ignored as encrypted content, which the gateway did not write", async () => {
    const item = { type: "reasoning", id: "rs", encrypted_content: Buffer.from(text).toString("base64") };
    const items = () => chatOfItems([item, { role: "assistant", content: [] }], 0);
    expect(items()).toEqual([{ role: "assistant", content: "" }]);
    expect(await longestJson("parse", items)).toBeLessThan(MOST_PARSED);
  });

  test("is refused by name as a schema", async () => {
    for (const fields of [{ guided_json: text }, { structured_outputs: { json: text } }]) {
      expect(schemaProblem(fields)?.message).toMatch(/json` must have at most/);
      expect(await longestJson("parse", () => schemaProblem(fields))).toBeLessThan(MOST_PARSED);
    }
  });
});

describe.each(NAMES)("an event of some megabytes of JSON (%s)", (name) => {
  const data = `{"id":"c","type":"x","candidates":[],"choices":[{"index":0,"delta":{"content":[{"text":"x"}]}}],"z":${TEXTS[name]}}`;
  const event = { name: "", data };
  const head = { id: "c", created: 1, model: "m", newId: () => "c" } as never;

  test("ends a stream of each dialect before it is parsed", async () => {
    expect(() => readChatEvent(event)).toThrow();
    expect(await longestJson("parse", () => expect(() => readChatEvent(event)).toThrow())).toBeLessThan(MOST_PARSED);
    for (const stream of [geminiStream, anthropicStream]) {
      const begin = () => {
        const translator = stream(head);
        translator.push(Buffer.from(`data: ${data}\n\n`));
        return translator.failure?.kind;
      };
      expect(begin()).toBe("malformed");
      expect(await longestJson("parse", begin)).toBeLessThan(MOST_PARSED);
    }
  });

  test("is no part of a response that the gateway looks for in it", async () => {
    expect(await longestJson("parse", () => hasPart(`data: ${data}`))).toBeLessThan(MOST_PARSED);
    expect(
      await longestJson("parse", () => isErrorEvent(`data: ${data.replace("choices", "other")}\n\n`)),
    ).toBeLessThan(MOST_PARSED);
    const withUsage = Buffer.from(`data: ${data.slice(0, -1)},"usage":1}\n\n`);
    expect(await longestJson("parse", () => hasUnsoundUsage(withUsage))).toBeLessThan(MOST_PARSED);
  });
});

test("the arguments of many calls count together", () => {
  const some = `{${Array.from({ length: 2000 }, (_, index) => `"k${index}":1`).join(",")}}`;
  expect(readConversation(history(...Array.from({ length: 14 }, (_, at) => call(some, `c${at}`)))).turns).toHaveLength(
    2,
  );
  const messages = history(...Array.from({ length: 100 }, (_, at) => call(some, `c${at}`)));
  expect(() => readConversation(messages)).toThrow(
    "`messages[1].tool_calls[15].function.arguments` has too many fields",
  );
});

test("a custom tool's input may be long, and have any characters", () => {
  const input = '"[],{}:\\\n'.repeat(100_000);
  expect(customInput(JSON.stringify({ input }))).toBe(input);
});
