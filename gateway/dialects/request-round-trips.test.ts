import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conversations } from "../test/dialect-cases.ts";
import { options, richConversations } from "../test/round-trip-cases.ts";
import { chatOfMessages } from "./clients/messages/messages-request.ts";
import { anthropicRequest } from "./providers/anthropic/anthropic-request.ts";
import { converseRequest } from "./providers/bedrock/bedrock-request.ts";
import { geminiRequest } from "./providers/gemini/gemini-request.ts";

type Fields = Readonly<Record<string, unknown>>;
type List = readonly Fields[];

/** Parsed JSON, so that what is undefined, or under a symbol, does not count. */
const plain = <T>(value: T) => JSON.parse(JSON.stringify(value));
const SETTINGS = { model: "m", stream: false, defaultMaxTokens: 4096, takesSampling: true };

describe("a request", () => {
  test("to Anthropic is the same after a way to chat completions and back", () => {
    void fc.assert(
      fc.property(richConversations, options, (messages, { tool_choice, ...rest }) => {
        const choice = rest.tools === undefined ? {} : { tool_choice };
        const own = anthropicRequest({ messages, ...rest, ...choice }, SETTINGS);
        const again = anthropicRequest(chatOfMessages(plain(own)), SETTINGS);
        expect(plain(again)).toEqual(plain(own));
      }),
    );
  });

  test("in chat completions has the same options after a way to Anthropic and back", () => {
    void fc.assert(
      fc.property(options, ({ tool_choice, parallel_tool_calls: isParallel, ...rest }) => {
        const messages = [{ role: "user", content: "Hi" }];
        const max = { max_completion_tokens: rest.max_completion_tokens ?? SETTINGS.defaultMaxTokens };
        const chosen = rest.tools === undefined || tool_choice === undefined ? {} : { tool_choice };
        const parallel =
          rest.tools === undefined || isParallel !== false || tool_choice === "none"
            ? {}
            : { parallel_tool_calls: false, tool_choice: tool_choice ?? "auto" };
        const fields = { messages, ...rest, ...chosen, ...parallel };
        const format = rest.response_format && {
          response_format: { type: "json_schema", json_schema: { ...rest.response_format.json_schema, strict: true } },
        };
        const back = chatOfMessages(plain(anthropicRequest(fields, SETTINGS)));
        expect(plain(back)).toEqual({ model: "m", ...fields, ...max, ...format });
      }),
    );
  });
});

/** The entries of a conversation in their order: role, kind and content. */
type Entries = readonly (readonly unknown[])[];

/** Texts of one side that follow each other are one; empty ones are none. */
function joined(entries: Entries): Entries {
  const all: unknown[][] = [];
  for (const [role, kind, ...rest] of entries) {
    const last = all.at(-1);
    if (kind === "text" && rest[0] === "") continue;
    if (kind === "text" && last !== undefined && last[0] === role && last[1] === "text")
      last[2] = `${last[2]}${rest[0]}`;
    else all.push([role, kind, ...rest]);
  }
  return all;
}

const textsIn = (content: unknown): readonly string[] =>
  typeof content === "string" ? [content] : ((content ?? []) as List).map(({ text }) => String(text));

function entriesOfChat(messages: List): Entries {
  return messages.flatMap((message): Entries => {
    const { role, content, tool_calls: calls, tool_call_id: id } = message;
    if (role === "tool") return [["user", "result", id, textsIn(content).join("")]];
    return [
      ...textsIn(content).map((text) => [role, "text", text]),
      ...((calls ?? []) as { id: string; function: { name: string; arguments: string } }[]).map((call) => [
        role,
        "call",
        call.id,
        call.function.name,
        JSON.parse(call.function.arguments),
      ]),
    ];
  });
}

/** Results without a text have a form of their own in each dialect. */
const resultText = (value: unknown) => (value === undefined || value === "" ? "done" : value);

function entriesOfConverse({ system = [], messages }: Fields): Entries {
  return [
    ...(system as List).map(({ text }) => ["system", "text", text]),
    ...(messages as { role: string; content: List }[]).flatMap(({ role, content }) =>
      content.map((block) => {
        const { toolUse, toolResult } = block as Record<string, Record<string, unknown>>;
        if (toolUse !== undefined) return [role, "call", toolUse.toolUseId, toolUse.name, toolUse.input];
        if (toolResult === undefined) return [role, "text", block.text];
        const [first] = toolResult.content as List;
        return [role, "result", toolResult.toolUseId, resultText(first?.text)];
      }),
    ),
  ];
}

function entriesOfGemini({ systemInstruction, contents }: Fields): Entries {
  const instructions = ((systemInstruction as { parts: List } | undefined)?.parts ?? []) as List;
  return [
    ...instructions.map(({ text }) => ["system", "text", text]),
    ...(contents as { role: string; parts: List }[]).flatMap(({ role, parts }) =>
      parts.map((part) => {
        const side = role === "model" ? "assistant" : role;
        const { functionCall: call, functionResponse: result } = part as Record<string, Record<string, unknown>>;
        if (call !== undefined) return [side, "call", call.id, call.name, call.args];
        if (result === undefined) return [side, "text", part.text];
        return [side, "result", result.id, resultText((result.response as Fields).result)];
      }),
    ),
  ];
}

function entriesOfAnthropic({ system = [], messages }: Fields): Entries {
  return [
    ...(system as List).map(({ text }) => ["system", "text", text]),
    ...(messages as { role: string; content: List }[]).flatMap(({ role, content }) =>
      content.map((block) => {
        if (block.type === "tool_use") return [role, "call", block.id, block.name, block.input];
        if (block.type === "tool_result") return [role, "result", block.tool_use_id, textsIn(block.content).join("")];
        return [role, "text", block.text];
      }),
    ),
  ];
}

describe("a conversation of a chat completion", () => {
  test.each([
    ["anthropic", (fields: Fields) => entriesOfAnthropic(anthropicRequest(fields, SETTINGS))],
    ["bedrock", (fields: Fields) => entriesOfConverse(converseRequest(fields))],
    ["gemini", (fields: Fields) => entriesOfGemini(geminiRequest(fields, "gemini-2.5-pro"))],
  ])("has every text, call and result in its order at %s", (_target, entries) => {
    void fc.assert(
      fc.property(conversations, (messages) => {
        const before = plain(entriesOfChat(messages));
        expect(plain(joined(entries({ messages })))).toEqual(plain(joined(before)));
      }),
    );
  });
});
