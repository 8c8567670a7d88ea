import type { GenerationContent } from "../../../domain/history/generation-content.ts";
import { contentText, streamedText } from "../../../lib/chat-text.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";
import { wholeEventData } from "../../../lib/server-sent-events.ts";

export interface ChatMessage {
  readonly role: string;
  readonly content: unknown;
}

/** The messages of a generation in all dialects: those of the request, and what the model responded. */
export function chatMessages({ request, response, contentType }: GenerationContent): readonly ChatMessage[] {
  const sent = parseJson(request.toString("utf8"));
  const text = response.toString("utf8");
  const responded = contentType.startsWith("text/event-stream") ? ofStream(text) : ofWhole(parseJson(text));
  return [...ofRequest(sent), { role: "assistant", content: responded }];
}

/** The text of a message, for a search and for a table. */
export function messageText({ content }: ChatMessage): string {
  return contentText(content);
}

function ofRequest(body: unknown): readonly ChatMessage[] {
  if (!isRecord(body)) return [];
  const { system, instructions, messages, input, prompt } = body;
  const first = system ?? instructions;
  const before = first === undefined ? [] : [{ role: "system", content: first }];
  const list = messages ?? input;
  if (Array.isArray(list)) return [...before, ...list.map(ofItem)];
  return [...before, { role: "user", content: list ?? prompt ?? null }];
}

/** A message, or another item of a Responses input, which is shown as it is. */
function ofItem(item: unknown): ChatMessage {
  if (!isRecord(item) || typeof item.role !== "string") return { role: "user", content: item };
  return { role: item.role, content: item.content ?? item };
}

/** Chat completions, completions, Messages, Responses. */
function ofWhole(body: unknown): unknown {
  if (!isRecord(body)) return null;
  const { choices, content, output } = body;
  if (content !== undefined) return content;
  if (output !== undefined) return output;
  const [choice] = Array.isArray(choices) ? choices : [];
  if (!isRecord(choice)) return null;
  const { message, text } = choice;
  if (!isRecord(message)) return text ?? null;
  return message.tool_calls === undefined ? (message.content ?? null) : message;
}

/** The text of a stream's events. */
function ofStream(text: string): string {
  return wholeEventData(text)
    .map((data) => streamedText(parseJson(data)))
    .join("");
}
