import type { ChatDelta } from "./chat-events.ts";
import { textOf } from "./json.ts";

/**
 * An id for a tool call whose provider sent none. It has the response's own id in it: a conversation may have many
 * calls, and their results are matched by id. It has letters, digits, `_` and `-` only, as Anthropic requires, and at
 * most 40 characters, as OpenAI does.
 */
export function madeCallId(responseId: unknown, index: number): string {
  const id =
    textOf(responseId)
      ?.replace(/[^\w-]/g, "")
      .slice(-30) ?? "";
  return `call_${id}_${index}`;
}

type CallDelta = Extract<ChatDelta, { kind: "tool" }>;

/**
 * Numbers the tool calls of a stream in the order in which they begin. Some servers send several calls under one index, or
 * without any: a delta with a name and another id begins another call.
 */
export class CallNumbers {
  readonly #calls = new Map<number, { readonly number: number; readonly id: string | undefined }>();
  #count = 0;

  of({ index, id, name }: CallDelta): number {
    const known = this.#calls.get(index);
    if (known !== undefined && (name === undefined || id === undefined || id === known.id)) return known.number;
    const number = this.#count++;
    this.#calls.set(index, { number, id });
    return number;
  }
}
