import { isRecord } from "../../../lib/is-record.ts";
import { itemsOf, textOf } from "./json.ts";

/** Text and thinking of a response's content: a text, or Mistral's list of parts, where thinking is a list in it. */
export function splitContent(content: unknown): { readonly text: string; readonly thinking: string } {
  if (typeof content === "string") return { text: content, thinking: "" };
  let text = "";
  let thinking = "";
  for (const part of itemsOf(content)) {
    if (!isRecord(part)) continue;
    if (part.type === "text") text += textOf(part.text) ?? "";
    if (part.type === "thinking") thinking += splitContent(part.thinking).text;
  }
  return { text, thinking };
}
