import { heldBytes } from "../../outside-values/held-bytes.ts";
import { JsonObjectEnd } from "../../outside-values/json-object-end.ts";
import type { ChatDelta } from "./chat-events.ts";
import { textOf } from "./json.ts";

/** Of a response's id that are looked at: a server may send megabytes of it, and many calls. */
const MAX_ID_CHARACTERS = 256;

/**
 * An id for a tool call whose provider sent none. It has the response's own id in it: a conversation may have many
 * calls, and their results are matched by id. It has letters, digits, `_` and `-` only, as Anthropic requires, and at
 * most 40 characters, as OpenAI does.
 */
export function madeCallId(responseId: unknown, index: number): string {
  const id =
    textOf(responseId)
      ?.slice(-MAX_ID_CHARACTERS)
      .replace(/[^\w-]/g, "")
      .slice(-30) ?? "";
  return `call_${id}_${index}`;
}

/** Of memory, beside its texts. */
const CALL_BYTES = 512;

/** One delta of a tool call in a stream. */
export type CallDelta = Omit<Extract<ChatDelta, { kind: "tool" }>, "kind">;

/** A tool call of a stream, as far as it has come. */
export interface NumberedCall {
  /** Its position among the calls of the response. */
  readonly number: number;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly arguments: JsonObjectEnd;
}

/**
 * Numbers the tool calls of a stream in the order in which they begin. Some servers send several calls under one index, or
 * without any: a delta with a name begins another call when its id is another one, or when the arguments of the call before
 * it are whole.
 */
export class CallNumbers {
  /** The newest call under each index of the server's. */
  readonly #newest = new Map<number, NumberedCall>();
  readonly #byId = new Map<string, NumberedCall>();
  #count = 0;
  #heldBytes = 0;

  /** Bytes of memory that the calls take. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The number of a delta's call, whose arguments are followed. */
  of(delta: CallDelta): number {
    const call = this.find(delta) ?? this.begin(delta);
    call.arguments.push(delta.arguments);
    return call.number;
  }

  /** The call that a delta continues; `undefined` where it begins one. */
  find({ index, id, name, arguments: json }: CallDelta): NumberedCall | undefined {
    const newest = this.#newest.get(index);
    if (newest === undefined) return undefined;
    const call = (id === undefined ? undefined : this.#byId.get(keyOf(index, id))) ?? newest;
    if (name === undefined) return call;
    if (id !== undefined && id !== call.id) return undefined;
    const isNext = call.arguments.isWhole && (json.trim() !== "" || name !== call.name);
    return isNext ? undefined : call;
  }

  begin({ index, id, name }: CallDelta): NumberedCall {
    const call = { number: this.#count++, id, name, arguments: new JsonObjectEnd() };
    this.#heldBytes += CALL_BYTES + 2 * heldBytes(id ?? "") + heldBytes(name ?? "");
    this.#newest.set(index, call);
    if (id !== undefined) this.#byId.set(keyOf(index, id), call);
    return call;
  }
}

function keyOf(index: number, id: string): string {
  return `${index} ${id}`;
}
