import { isRecord } from "../../../lib/is-record.ts";
import { JsonTexts } from "../../outside-values/json-texts.ts";
import type { Block } from "./blocks.ts";
import { markOf } from "./cache-marks.ts";
import { readParts } from "./content-parts.ts";
import { itemsOf, textOf } from "./json.ts";
import { refuse } from "./refuse.ts";
import { signatureOfCall } from "./signatures.ts";
import { textBefore, withoutTextBefore } from "./thinking-order.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface Turn {
  readonly role: "user" | "assistant";
  readonly blocks: readonly Block[];
}

/** The messages of a chat completion for providers with two alternating roles and separate instructions. */
export interface Conversation {
  readonly system: readonly Block[];
  /** Never two of one role after another, none empty. */
  readonly turns: readonly Turn[];
}

/**
 * Reads `messages`. Instructions come to the front, whichever message they were in; tool messages are the user's;
 * neighbours of one role become one turn; empty texts are left out, as these providers refuse them.
 * @throws {GatewayError} `invalid_request` naming the part that is not supported
 */
export function readConversation(messages: unknown): Conversation {
  const system: Block[] = [];
  const texts = new JsonTexts();
  const turns: { readonly role: Turn["role"]; readonly blocks: Block[] }[] = [];
  for (const [index, message] of itemsOf(messages).entries()) {
    if (!isRecord(message)) continue;
    const param = `messages[${index}]`;
    if (message.role === "system" || message.role === "developer") {
      system.push(...readContent(message, param));
      continue;
    }
    const { role, blocks } = readTurn(message, param, texts);
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else if (blocks.length > 0) turns.push({ role, blocks: [...blocks] });
  }
  if (turns.length === 0)
    throw refuse("messages", "`messages` has only instructions or empty texts; add a user message.");
  return { system, turns };
}

function readTurn(message: Fields, param: string, texts: JsonTexts): Turn {
  switch (message.role) {
    case "assistant":
      return { role: "assistant", blocks: readAssistant(message, param, texts) };
    case "tool": {
      const id = textOf(message.tool_call_id);
      if (id === undefined)
        throw refuse(`${param}.tool_call_id`, `\`${param}.tool_call_id\` is required; name the call of this result.`);
      const content = readParts(message.content, `${param}.content`);
      return {
        role: "user",
        blocks: [{ kind: "tool-result", id, param: `${param}.tool_call_id`, content, cacheControl: markOf(message) }],
      };
    }
    case "function":
      throw refuse(`${param}.role`, `\`${param}.role\` "function" is not taken by this model; use role "tool".`);
    default:
      return { role: "user", blocks: readContent(message, param) };
  }
}

/** A message whose content is one text has that text's mark. */
function readContent(message: Fields, param: string): readonly Block[] {
  const blocks = readParts(message.content, `${param}.content`);
  const cacheControl = typeof message.content === "string" ? markOf(message) : undefined;
  if (cacheControl === undefined) return blocks;
  return blocks.map((block) => (block.kind === "text" ? { ...block, cacheControl } : block));
}

function readAssistant(message: Fields, param: string, texts: JsonTexts): readonly Block[] {
  if (message.function_call !== undefined && message.function_call !== null)
    throw refuse(`${param}.function_call`, `\`${param}.function_call\` is not taken; use \`tool_calls\`.`);
  const calls = itemsOf(message.tool_calls).map((call, index) =>
    readCall(call, `${param}.tool_calls[${index}]`, texts),
  );
  return [...withThinking(readContent(message, param), message.thinking_blocks), ...calls];
}

/** Thinking goes to its position, within a text too. */
function withThinking(content: readonly Block[], thinking: unknown): readonly Block[] {
  const waiting = itemsOf(thinking).filter(isRecord);
  const blocks: Block[] = [];
  let start = 0;
  const addUpTo = (end: number) => {
    while (waiting[0] !== undefined && textBefore(waiting[0]) <= end)
      blocks.push({ kind: "thinking", block: withoutTextBefore(waiting.shift() ?? {}) });
  };
  for (const block of content) {
    addUpTo(start);
    if (block.kind !== "text") {
      blocks.push(block);
      continue;
    }
    const first = start;
    const end = first + block.text.length;
    for (let next = waiting[0]; next !== undefined && textBefore(next) < end; next = waiting[0]) {
      const at = textBefore(next);
      blocks.push({ ...block, text: block.text.slice(start - first, at - first), cacheControl: undefined });
      start = at;
      addUpTo(at);
    }
    blocks.push({ ...block, text: block.text.slice(start - first) });
    start = end;
  }
  addUpTo(Number.POSITIVE_INFINITY);
  return blocks;
}

function readCall(call: unknown, param: string, texts: JsonTexts): Block {
  const called = isRecord(call) && isRecord(call.function) ? call.function : {};
  const id = isRecord(call) ? textOf(call.id) : undefined;
  const name = textOf(called.name);
  if (id === undefined || name === undefined)
    throw refuse(param, `\`${param}\` must have an id and a function name; send the call as the model made it.`);
  const text = textOf(called.arguments);
  const input = text === undefined || text.trim() === "" ? {} : texts.parse(text);
  if (texts.isOver)
    throw refuse(
      `${param}.function.arguments`,
      `\`${param}.function.arguments\` has too many fields or values, with the calls before it; send fewer or smaller calls.`,
    );
  if (!isRecord(input))
    throw refuse(
      `${param}.function.arguments`,
      `\`${param}.function.arguments\` must be a JSON object in a string; this model takes no other arguments.`,
    );
  return { kind: "tool-call", id, name, input, signature: signatureOfCall(call), cacheControl: markOf(call) };
}
