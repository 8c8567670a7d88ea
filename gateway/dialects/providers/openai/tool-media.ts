import { isRecord } from "../../../../lib/is-record.ts";
import { itemsOf, textOf } from "../../inner/json.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A tool message without a text is refused by most servers. */
const NO_TEXT = "The result is in the next message.";

/** Whether a tool message has more than text, which OpenAI's dialect has no form for. */
export function hasToolMedia(messages: unknown): boolean {
  return itemsOf(messages).some((message) => isRecord(message) && mediaOf(message).length > 0);
}

/** Tool messages have their text; their images and documents come in a user message after the last of them. */
export function withToolMediaBehind(messages: unknown): readonly unknown[] {
  const written: unknown[] = [];
  let media: readonly unknown[] = [];
  const flush = () => {
    if (media.length > 0) written.push({ role: "user", content: media });
    media = [];
  };
  for (const message of itemsOf(messages)) {
    if (!isRecord(message) || message.role !== "tool") {
      flush();
      written.push(message);
      continue;
    }
    const parts = mediaOf(message);
    if (parts.length === 0) {
      written.push(message);
      continue;
    }
    written.push({ ...message, content: textIn(message) });
    media = [...media, { type: "text", text: `From the result of ${message.tool_call_id}:` }, ...parts];
  }
  flush();
  return written;
}

function mediaOf({ role, content }: Fields): readonly unknown[] {
  if (role !== "tool") return [];
  return itemsOf(content).filter((part) => isRecord(part) && part.type !== "text");
}

function textIn({ content }: Fields): string {
  const texts = itemsOf(content).flatMap((part) => (isRecord(part) ? (textOf(part.text) ?? []) : []));
  return texts.length === 0 ? NO_TEXT : texts.join("\n");
}
