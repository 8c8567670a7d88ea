import { isRecord } from "../../../../lib/is-record.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { isMarked } from "../../inner/signatures.ts";
import type { AnthropicRequestOptions } from "./anthropic-request.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Anthropic's newest models refuse these. */
const SAMPLING = ["temperature", "top_p", "top_k"];

/**
 * The body of a client of Messages, for a provider of Messages: every field as the client wrote it, unknown ones
 * included. Only thinking that Anthropic did not sign, which it would refuse, is left out, and system messages come to
 * the front.
 */
export function ownMessagesRequest(
  fields: Fields,
  { model, takesSampling }: Pick<AnthropicRequestOptions, "model" | "takesSampling">,
): Fields {
  const messages = itemsOf(fields.messages).filter(isRecord);
  const instructions = messages.filter(({ role }) => role === "system").flatMap(({ content }) => blocksOf(content));
  const rest = Object.entries(fields).filter(
    ([name, value]) => value !== null && (takesSampling || !SAMPLING.includes(name)),
  );
  return {
    ...Object.fromEntries(rest),
    model,
    ...(instructions.length === 0 ? {} : { system: [...blocksOf(fields.system), ...instructions] }),
    messages: messages.filter(({ role }) => role !== "system").flatMap(withOwnThinking),
  };
}

function blocksOf(content: unknown): readonly unknown[] {
  const text = textOf(content);
  return text === undefined ? itemsOf(content) : [{ type: "text", text }];
}

function withOwnThinking(message: Fields): readonly Fields[] {
  if (message.role !== "assistant" || !Array.isArray(message.content)) return [message];
  const content = message.content.filter((block) => !isForeignThinking(block));
  if (content.length === message.content.length) return [message];
  return content.length === 0 ? [] : [{ ...message, content }];
}

function isForeignThinking(block: unknown): boolean {
  if (!isRecord(block) || block.type !== "thinking") return false;
  return textOf(block.signature) === undefined || isMarked(block);
}
