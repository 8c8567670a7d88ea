import {
  CALL_DEFAULTS,
  DELTA_USAGE_DEFAULTS,
  NO_DETAILS,
  TEXT_DEFAULTS,
  USAGE_DEFAULTS,
} from "../../../../contracts/dialects/anthropic-defaults.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { JsonTexts } from "../../../outside-values/json-texts.ts";
import { OWN_MESSAGE } from "../../inner/anthropic-only.ts";
import { type ChatUsage, readUsage } from "../../inner/chat-events.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { type OrderedPart, orderedParts } from "../../inner/thinking-order.ts";
import { madeCallId } from "../../inner/tool-calls.ts";

type Fields = Readonly<Record<string, unknown>>;

const STOP_REASON: Readonly<Record<string, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  function_call: "tool_use",
  content_filter: "refusal",
};

/** The stop reason in Anthropic's words. @param hasCalls servers may send `stop` for a message with tool calls */
export function stopFields(finishReason: string, stopSequence: string | undefined, hasCalls: boolean): Fields {
  if (finishReason === "stop" && hasCalls) return { stop_reason: "tool_use", stop_sequence: null, ...NO_DETAILS };
  if (finishReason === "stop" && stopSequence !== undefined)
    return { stop_reason: "stop_sequence", stop_sequence: stopSequence, ...NO_DETAILS };
  const reason = Object.hasOwn(STOP_REASON, finishReason) ? STOP_REASON[finishReason] : undefined;
  return { stop_reason: reason ?? "end_turn", stop_sequence: null, ...NO_DETAILS };
}

/** The tokens of a whole message. */
export function messageUsage(usage: ChatUsage | undefined): Fields {
  return { ...USAGE_DEFAULTS, ...deltaUsage(usage) };
}

/**
 * The tokens at a stream's end. Anthropic counts what came from the cache, and went there, apart from `input_tokens`;
 * OpenAI counts them in.
 */
export function deltaUsage(usage: ChatUsage | undefined): Fields {
  const {
    promptTokens = 0,
    completionTokens = 0,
    cachedTokens = 0,
    cacheWriteTokens = 0,
    reasoningTokens = 0,
  } = usage ?? {};
  return {
    input_tokens: promptTokens - cachedTokens - cacheWriteTokens,
    output_tokens: completionTokens,
    cache_read_input_tokens: cachedTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    server_tool_use: DELTA_USAGE_DEFAULTS.server_tool_use,
    output_tokens_details: reasoningTokens > 0 ? { thinking_tokens: reasoningTokens } : null,
  };
}

/** A message's id from the response's. */
export function messageId(id: unknown): string {
  const text = textOf(id) ?? "";
  return text.startsWith("msg_") ? text : `msg_${text.replace(/^chatcmpl-/, "")}`;
}

/** A whole chat completion as a message. @throws {GatewayError} `upstream_error` when the fields are none */
export function messageOfChat(response: Fields, model: string): Fields {
  if (isRecord(response[OWN_MESSAGE])) return response[OWN_MESSAGE];
  const choice = itemsOf(response.choices)[0];
  if (!isRecord(choice) || !isRecord(choice.message)) throw new GatewayError("upstream_error");
  const { message } = choice;
  const calls = itemsOf(message.tool_calls).filter(isRecord);
  const texts = new JsonTexts();
  const content = [
    ...orderedParts(spoken(message), thinkingBlocks(message)).map(contentBlock),
    ...calls.map((call, index) => toolUse(call, madeCallId(response.id, index), texts)),
  ];
  return {
    id: messageId(response.id),
    type: "message",
    role: "assistant",
    model,
    content,
    ...stopFields(textOf(choice.finish_reason) ?? "stop", textOf(choice.stop_reason), calls.length > 0),
    usage: messageUsage(readUsage(response.usage)),
  };
}

/** The text, and the refusal behind it, for which Anthropic has no field of its own. */
function spoken({ content, refusal }: Fields): string {
  return (textOf(content) ?? "") + (textOf(refusal) ?? "");
}

function thinkingBlocks(message: Fields): readonly unknown[] {
  if (Array.isArray(message.thinking_blocks)) return message.thinking_blocks;
  const thinking = textOf(message.reasoning_content) ?? textOf(message.reasoning);
  return thinking === undefined ? [] : [{ type: "thinking", thinking, signature: "" }];
}

function contentBlock(part: OrderedPart): Fields {
  return part.kind === "thinking" ? part.block : { type: "text", text: part.text, ...TEXT_DEFAULTS };
}

/** @param ownId for a call that has no id */
function toolUse(call: Fields, ownId: string, texts: JsonTexts): Fields {
  const called = isRecord(call.function) ? call.function : {};
  const text = textOf(called.arguments) ?? "{}";
  const input = texts.parse(text);
  // Arguments that a model broke off or got wrong, or far too many of them, are no object: they are sent as they are.
  return toolUseBlock(textOf(call.id) ?? ownId, called.name, isRecord(input) ? input : { raw_arguments: text });
}

/** A call by the model, not by code that it wrote. */
export function toolUseBlock(id: unknown, name: unknown, input: Fields): Fields {
  return { type: "tool_use", id, name, input, ...CALL_DEFAULTS };
}
