import { isRecord } from "./is-record.ts";

/** The text that one event of a streamed answer adds, of chat completions, completions, Messages and Responses; empty for others. */
export function streamedText(event: unknown): string {
  if (!isRecord(event)) return "";
  const { choices, delta, type } = event;
  if (typeof delta === "string") return type === "response.output_text.delta" ? delta : "";
  if (isRecord(delta)) return asText(delta.text);
  const [choice] = Array.isArray(choices) ? choices : [];
  if (!isRecord(choice)) return "";
  return isRecord(choice.delta) ? asText(choice.delta.content) : asText(choice.text);
}

/** The text of a message's content: a string, or its parts, each in a line of its own. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map(contentText).filter(Boolean).join("\n");
  if (!isRecord(content)) return "";
  return contentText(content.text ?? content.content ?? content.arguments ?? "");
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
