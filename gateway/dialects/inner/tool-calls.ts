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

/** Ids of the calls of one message: results are matched by them, so each call has another. */
export class CallIds {
  readonly #used = new Set<string>();
  readonly #make: (number: number) => string;
  #next = 0;
  #heldBytes = 0;

  /** @param make an id for the call at this position, where the provider's does not serve */
  constructor(make: (number: number) => string) {
    this.#make = make;
  }

  /** Ids that are made of the response's own. */
  static of(responseId: unknown): CallIds {
    return new CallIds((number) => madeCallId(responseId, number));
  }

  /** Bytes of memory that the ids take. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /**
   * @param sent the provider's id of the call
   * @param number the call's position among the calls of the message
   * @returns the provider's id, or a made one where it sent none or that of another call
   */
  idOf(sent: unknown, number: number): string {
    const own = textOf(sent);
    const id = own === undefined || this.#used.has(own) ? this.#made(number) : own;
    this.#used.add(id);
    this.#heldBytes += heldBytes(id);
    return id;
  }

  /** A provider may have sent an id that looks made. */
  #made(number: number): string {
    const made = this.#make(number);
    let id = made;
    while (this.#used.has(id)) id = madeCallId(made, this.#next++);
    return id;
  }
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
