import { isRecord } from "../../../../lib/is-record.ts";
import type { GatewayError } from "../../../core/gateway-error.ts";
import { JsonTexts } from "../../../outside-values/json-texts.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { withOrigin } from "../../inner/origins.ts";
import { kindOf, refuse, shownName } from "../../inner/refuse.ts";
import { withoutTextBefore, withTextBefore } from "../../inner/thinking-order.ts";
import { ADDITIONAL_TOOLS, customArguments, flatName } from "./responses-tools.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The input as items, each with an id: they are listed, and a later response continues from them. */
export function inputItems(input: unknown, newId: (prefix: string) => string): readonly Fields[] {
  if (typeof input === "string")
    return [
      {
        type: "message",
        id: newId("msg"),
        status: "completed",
        role: "user",
        content: [{ type: "input_text", text: input }],
      },
    ];
  if (!Array.isArray(input)) throw refuse("input", "`input` must be a text or an array of items.");
  return input.map((item, index) => {
    if (!isRecord(item)) throw refuse(`input[${index}]`, `\`input[${index}]\` must be an object; send an item.`);
    const type = textOf(item.type) ?? "message";
    const content = typeof item.content === "string" ? [textPart(item.role, item.content)] : item.content;
    return {
      ...item,
      type,
      ...(content === undefined ? {} : { content }),
      id: textOf(item.id) ?? newId(PREFIXES[type] ?? "item"),
    };
  });
}

const PREFIXES: Readonly<Record<string, string>> = {
  message: "msg",
  function_call: "fc",
  function_call_output: "fco",
  custom_tool_call: "ctc",
  custom_tool_call_output: "ctco",
  reasoning: "rs",
};

function textPart(role: unknown, text: string): Fields {
  return role === "assistant" ? { type: "output_text", text, annotations: [] } : { type: "input_text", text };
}

/**
 * Items as messages. A model's reasoning, text and calls in a row are one message of its.
 * @param before items at the beginning that are of an earlier response
 */
export function chatOfItems(items: readonly Fields[], before: number): readonly Fields[] {
  const messages: Fields[] = [];
  let assistant: AssistantMessage | undefined;
  const texts = new JsonTexts(MAX_SIGNED);
  const calls = new Set(items.filter(isCall).map(({ call_id: id }) => id));
  const close = () => {
    if (assistant !== undefined) messages.push(assistantFields(assistant));
    assistant = undefined;
  };
  for (const [index, item] of items.entries()) {
    const at = `input[${index - before}]`;
    if (isOmitted(item)) continue;
    if (isCall(item) || item.type === "reasoning" || item.role === "assistant") {
      // Text after a call is a message of its own: in one message, it would come before the call.
      if (!isCall(item) && assistant !== undefined && assistant.calls.length > 0) close();
      assistant ??= { texts: [], reasoning: "", signed: [], calls: [] };
      addToAssistant(assistant, item, at, texts);
    } else {
      close();
      if (isResult(item) && !calls.has(item.call_id)) throw unknownCall(item, at);
      messages.push(messageOf(item, at));
    }
  }
  close();
  return messages;
}

/** Types of items of the input that the model does not get, apart from those that add tools. */
export function omittedItems(input: unknown): readonly string[] {
  const omitted = itemsOf(input).filter(isRecord).filter(isOmitted);
  return [...new Set(omitted.map(({ type }) => String(type)))].filter((type) => type !== ADDITIONAL_TOOLS);
}

/** Items that add tools, and calls that OpenAI makes and answers itself; a model of another service can't continue from them. */
function isOmitted({ type, call_id: callId }: Fields): boolean {
  const name = String(type);
  if (name === ADDITIONAL_TOOLS || name.startsWith("mcp_")) return true;
  return name.endsWith("_call") && textOf(callId) === undefined;
}

/** A call that the client answers: of a function, a custom tool, or a tool of OpenAI's that runs at the client. */
function isCall({ type, call_id: callId }: Fields): boolean {
  return String(type).endsWith("_call") && textOf(callId) !== undefined;
}

/** What the client's function or custom tool returned. */
function isResult({ type }: Fields): boolean {
  return type === "function_call_output" || type === "custom_tool_call_output";
}

function unknownCall({ call_id: callId }: Fields, param: string): GatewayError {
  const rule = "the `call_id` of a call in `input` or in the response before it";
  const id = textOf(callId);
  const message =
    id === undefined
      ? `\`${param}.call_id\` is required: ${rule}; add it.`
      : `\`${param}.call_id\` must be ${rule}, got ${shownName(id)}; send the call too, or correct the id.`;
  return refuse(`${param}.call_id`, message);
}

function functionCall(item: Fields): Fields {
  const { type, call_id: id, name, namespace, arguments: json, input } = item;
  const called = flatName(textOf(namespace), String(name));
  switch (type) {
    case "function_call":
      return { id, type: "function", function: { name: called, arguments: json } };
    case "custom_tool_call":
      return { id, type: "function", function: { name: called, arguments: customArguments(input) } };
    default: {
      // `local_shell_call` and its kind: the name of the tool is that of the item.
      const tool = String(type).replace(/_call$/, "");
      return { id, type: "function", function: { name: tool, arguments: JSON.stringify(item.action ?? json ?? {}) } };
    }
  }
}

interface AssistantMessage {
  readonly texts: Fields[];
  reasoning: string;
  readonly signed: unknown[];
  readonly calls: Fields[];
}

function addToAssistant(message: AssistantMessage, item: Fields, param: string, texts: JsonTexts): void {
  if (isCall(item)) message.calls.push(functionCall(item));
  else if (item.type === "reasoning") {
    const parts = itemsOf(item.content).length > 0 ? itemsOf(item.content) : itemsOf(item.summary);
    message.reasoning += parts.map((part) => (isRecord(part) ? (textOf(part.text) ?? "") : "")).join("");
    const textLength = message.texts.reduce((sum, part) => sum + (textOf(part.text)?.length ?? 0), 0);
    for (const block of signedThinking(item.encrypted_content, texts))
      message.signed.push(withTextBefore(withoutTextBefore(block), textLength));
  } else
    message.texts.push(...itemsOf(item.content).map((part, index) => chatPart(part, `${param}.content[${index}]`)));
}

function assistantFields({ texts, reasoning, signed, calls }: AssistantMessage): Fields {
  const [first] = texts;
  const content = texts.length === 1 && first?.type === "text" ? first.text : texts;
  return {
    role: "assistant",
    content: texts.length > 0 ? content : calls.length > 0 ? null : "",
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(signed.length > 0 ? { thinking_blocks: signed } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

function messageOf(item: Fields, param: string): Fields {
  const { type, role } = item;
  if (String(type).endsWith("_output") && textOf(item.call_id) !== undefined)
    return { role: "tool", tool_call_id: item.call_id, content: outputOf(item, param) };
  if (type !== "message")
    throw refuse(
      `${param}.type`,
      `\`${param}.type\` must be message, or a call or its output, got ${kindOf(type)}; send messages and function calls.`,
    );
  if (role !== "user" && role !== "system" && role !== "developer")
    throw refuse(
      `${param}.role`,
      `\`${param}.role\` must be one of user, assistant, system, developer, got ${kindOf(role)}; correct it.`,
    );
  return { role: role === "developer" ? "system" : role, content: content(item.content, `${param}.content`) };
}

function outputOf({ type, output, tools }: Fields, param: string): unknown {
  if (typeof output === "string") return output;
  const isList = type === "function_call_output" || type === "custom_tool_call_output";
  return isList ? content(output, `${param}.output`) : JSON.stringify(output ?? tools ?? "");
}

function content(value: unknown, param: string): unknown {
  const parts = itemsOf(value).map((part, index) => chatPart(part, `${param}[${index}]`));
  const [first] = parts;
  if (parts.length === 1 && first?.type === "text") return first.text;
  return parts.length === 0 ? "" : parts;
}

function chatPart(part: unknown, param: string): Fields {
  if (!isRecord(part)) throw refuse(param, `\`${param}\` must be an object; send a content part.`);
  switch (part.type) {
    case "input_text":
    case "output_text":
    case "text":
      return { type: "text", text: part.text };
    case "refusal":
      return { type: "text", text: part.refusal };
    case "input_image": {
      const url = textOf(part.image_url);
      if (url === undefined)
        throw refuse(
          `${param}.image_url`,
          `\`${param}.image_url\` is required: files are not stored for responses; send a URL or a data URL.`,
        );
      const detail = textOf(part.detail);
      const image = { url, ...(detail === undefined ? {} : { detail }) };
      return withOrigin({ type: "image_url", image_url: image }, `${param}.image_url`);
    }
    case "input_file": {
      const data = textOf(part.file_data) ?? textOf(part.file_url);
      if (data === undefined)
        throw refuse(
          `${param}.file_data`,
          `\`${param}.file_data\` is required: files are not stored for responses; send a data URL, or \`file_url\`.`,
        );
      const name = textOf(part.filename);
      const file = { file_data: data, ...(name === undefined ? {} : { filename: name }) };
      const field = textOf(part.file_data) === undefined ? "file_url" : "file_data";
      return withOrigin({ type: "file", file }, `${param}.${field}`);
    }
    case "input_audio":
      return { type: "input_audio", input_audio: part.input_audio };
    default:
      throw refuse(
        `${param}.type`,
        `\`${param}.type\` must be input_text, input_image, input_file, input_audio, output_text or refusal, got ${kindOf(part.type)}; send it as text.`,
      );
  }
}

/** Of the signed thinking of a whole conversation: a block has some fields. What is over them is not the gateway's own. */
const MAX_SIGNED = { fields: 30_000, values: 30_000 } as const;

/** A provider's signed thinking travels as the reasoning's encrypted content. */
export function encryptedContent(blocks: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(blocks)).toString("base64");
}

function signedThinking(encrypted: unknown, texts: JsonTexts): readonly Fields[] {
  const text = textOf(encrypted);
  return text === undefined ? [] : itemsOf(texts.parse(Buffer.from(text, "base64").toString("utf8"))).filter(isRecord);
}
