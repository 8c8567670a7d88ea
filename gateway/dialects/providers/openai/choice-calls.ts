import { isRecord } from "../../../../lib/is-record.ts";
import { countOf } from "../../../outside-values/token-count.ts";
import { textOf } from "../../inner/json.ts";
import { type CallDelta, CallIds, CallNumbers } from "../../inner/tool-calls.ts";
import { argumentsOf, calledOf, completeCall, withArguments, withArgumentsAsText } from "./call-fields.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Calls of one response; a server with more is not corrected. */
const MAX_CALLS = 1000;

/** The tool calls of one choice of a stream: what a server gets wrong in them is corrected as they come. */
export class ChoiceCalls {
  readonly #numbers = new CallNumbers();
  readonly #ids: CallIds;
  /** Functions without arguments so far. */
  readonly #empty = new Set<number>();
  #count = 0;
  /** Whether a call has begun without its name: no one could answer it. */
  hasNameless = false;

  constructor(responseId: unknown) {
    this.#ids = CallIds.of(responseId);
  }

  get hasCalls(): boolean {
    return this.#count > 0;
  }

  /** The deltas of calls in one event; the very list where it is sound. */
  deltas(calls: readonly unknown[]): readonly unknown[] {
    if (this.#count > MAX_CALLS) return calls;
    const corrected = calls.map((call, position) => (isRecord(call) ? this.#delta(call, position) : call));
    return corrected.every((call, index) => call === calls[index]) ? calls : corrected;
  }

  /**
   * The choice has ended: calls without arguments get an empty object, which clients parse.
   * @param last the deltas in the event with the end
   * @returns the same with what is missing, and what must come before the event
   */
  end(last: readonly unknown[]): { readonly last: readonly unknown[]; readonly before: readonly Fields[] } {
    if (this.#empty.size === 0) return { last, before: [] };
    const completed = last.map((call) => {
      const isEmpty = isRecord(call) && this.#empty.delete(countOf(call.index) ?? -1);
      return isEmpty ? withArguments(call, "{}") : call;
    });
    const before = [...this.#empty].map((index) => ({ index, function: { arguments: "{}" } }));
    this.#empty.clear();
    return { last: completed, before };
  }

  #delta(call: Fields, position: number): Fields {
    const delta: CallDelta = {
      index: countOf(call.index) ?? position,
      id: textOf(call.id),
      name: textOf(calledOf(call).name),
      arguments: argumentsOf(call),
    };
    const known = this.#numbers.find(delta);
    const { number, arguments: json, name } = known ?? this.#numbers.begin(delta);
    json.push(delta.arguments);
    if (json.hasText) this.#empty.delete(number);
    else if (isRecord(call.function)) this.#empty.add(number);
    const numbered = call.index === number ? call : { ...call, index: number };
    if (known !== undefined) return withArgumentsAsText(withoutRepeated(numbered, delta, name));
    this.#count++;
    if (delta.name === undefined) this.hasNameless = true;
    return completeCall(numbered, number, this.#ids);
  }
}

/** Clients put the texts of deltas together, so an id or a name that each delta repeats would be there several times. */
function withoutRepeated(call: Fields, delta: CallDelta, name: string | undefined): Fields {
  const { id: _, ...anonymous } = call;
  const plain = delta.id === undefined ? call : anonymous;
  if (delta.name === undefined || delta.name !== name || !isRecord(plain.function)) return plain;
  const { name: __, ...called } = plain.function;
  return { ...plain, function: called };
}
