import { describe, expect, test } from "vitest";
import { cpuCost } from "../test-support/cpu-cost.ts";
import { messageOfChat } from "./dialects/clients/messages/messages-response.ts";
import { chatOfItems } from "./dialects/clients/responses/responses-items.ts";
import { customInput } from "./dialects/clients/responses/responses-tools.ts";
import { readConversation } from "./dialects/inner/conversation.ts";
import { geminiContents } from "./dialects/providers/gemini/gemini-content.ts";
import { schemaProblem } from "./pipeline/body/schema-bounds.ts";

const KEYS = `{${Array.from({ length: 280_000 }, (_, index) => `"k${index}":1`).join(",")}}`;
const DEEP = `{"a":${"[".repeat(1_800_000)}${"]".repeat(1_800_000)}}`;
const LISTS = `{"a":[${"[],".repeat(1_200_000)}1]}`;
const OBJECTS = `[${"{},".repeat(900_000)}{}]`;
const TEXTS = { KEYS, DEEP, LISTS, OBJECTS } as const;
const NAMES = Object.keys(TEXTS) as readonly (keyof typeof TEXTS)[];
/** To measure such a text, and to copy it where it is sent as it is; to parse it takes 80 to 500 ms. */
const MOST_MS = 40;

const call = (text: string, id = "c") => ({ id, type: "function", function: { name: "f", arguments: text } });
const history = (...calls: readonly ReturnType<typeof call>[]) => [
  { role: "user", content: "x" },
  { role: "assistant", tool_calls: calls },
];

describe.each(NAMES)("a text of some megabytes of JSON (%s)", (name) => {
  const text = TEXTS[name];

  test("is refused as the arguments of a call, before it is parsed", () => {
    const messages = history(call(text));
    const read = () => readConversation(messages);
    expect(read).toThrow(/`messages\[1\]\.tool_calls\[0\]\.function\.arguments` (has too many|must be a JSON object)/);
    expect(cpuCost(() => expect(read).toThrow())).toBeLessThan(MOST_MS);
  });

  test("is sent to a client of Messages as it is, where a model wrote it as arguments", () => {
    const response = { id: "c", choices: [{ message: { content: null, tool_calls: [call(text)] } }] };
    const message = JSON.parse(String(messageOfChat(response, "m")));
    expect(message.content[0].input).toEqual({ raw_arguments: text });
    expect(cpuCost(() => messageOfChat(response, "m"))).toBeLessThan(2 * MOST_MS);
  });

  test("is a custom tool's input as it is", () => {
    expect(customInput(text)).toBe(text);
    expect(cpuCost(() => customInput(text))).toBeLessThan(MOST_MS);
  });

  test("is a tool's result as it is for Gemini", () => {
    const result = { kind: "tool-result", id: "c", param: "messages[2]", content: [{ kind: "text", text }] } as const;
    const conversation = readConversation(history(call("{}")));
    const turns = [...conversation.turns, { role: "user", blocks: [result as never] }] as const;
    const contents = () => geminiContents({ ...conversation, turns }, { missingSignature: undefined });
    expect(contents().at(-1)).toMatchObject({ parts: [{ functionResponse: { response: { result: text } } }] });
    expect(cpuCost(contents)).toBeLessThan(MOST_MS);
  });

  test("is ignored as encrypted content, which the gateway did not write", () => {
    const item = { type: "reasoning", id: "rs", encrypted_content: Buffer.from(text).toString("base64") };
    const items = () => chatOfItems([item, { role: "assistant", content: [] }], 0);
    expect(items()).toEqual([{ role: "assistant", content: "" }]);
    expect(cpuCost(items)).toBeLessThan(MOST_MS);
  });

  test("is refused by name as a schema", () => {
    for (const fields of [{ guided_json: text }, { structured_outputs: { json: text } }]) {
      expect(schemaProblem(fields)?.message).toMatch(/json` must have at most/);
      expect(cpuCost(() => schemaProblem(fields))).toBeLessThan(MOST_MS);
    }
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
