import { textOf } from "../../inner/json.ts";
import { splitContent } from "../../inner/split-content.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Content that is a list of parts as a text, with its thinking beside it. */
export function usualContent({ content, reasoning_content: own }: Fields): Fields {
  const { text, thinking } = splitContent(content);
  const reasoning = textOf(own) ?? textOf(thinking);
  return { content: text, ...(reasoning === undefined ? {} : { reasoning_content: reasoning }) };
}
