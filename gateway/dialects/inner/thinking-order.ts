import { isRecord } from "../../../lib/is-record.ts";
import { itemsOf } from "./json.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A chat completion has all of its text in one field, so a block of thinking that comes behind some of it states how many
 * characters are before it: clients send the block back, and its provider wants thinking where it was.
 */
const TEXT_BEFORE = "text_before";

/** @param characters of the message's text before the block */
export function withTextBefore(block: Fields, characters: number): Fields {
  return characters > 0 ? { ...block, [TEXT_BEFORE]: characters } : block;
}

/** The block as its provider made it. */
export function withoutTextBefore({ [TEXT_BEFORE]: _, ...block }: Fields): Fields {
  return block;
}

/** Characters of the message's text before a block. */
export function textBefore(block: unknown): number {
  const characters = isRecord(block) ? block[TEXT_BEFORE] : undefined;
  return Number.isSafeInteger(characters) ? Math.max(0, Number(characters)) : 0;
}

/** A message's text and thinking in the order in which the model wrote them. */
export type OrderedPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "thinking"; readonly block: Fields };

export function orderedParts(text: string, thinking: unknown): readonly OrderedPart[] {
  const parts: OrderedPart[] = [];
  let at = 0;
  const addText = (end: number) => {
    if (end > at) parts.push({ kind: "text", text: text.slice(at, end) });
    at = Math.max(at, end);
  };
  for (const block of itemsOf(thinking).filter(isRecord)) {
    addText(Math.min(textBefore(block), text.length));
    parts.push({ kind: "thinking", block: withoutTextBefore(block) });
  }
  addText(text.length);
  return parts;
}
