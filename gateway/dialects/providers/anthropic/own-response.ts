import { isRecord } from "../../../../lib/is-record.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { madeCallId } from "../../inner/tool-calls.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A message of Anthropic's for a client of Messages: as it is, blocks and fields that are unknown here included, under the
 * client's name for the model. Only what other servers of this dialect get wrong is corrected: calls without an id, and
 * another reason for the end of a message with calls.
 */
export function ownMessage(message: Fields, model: string): Fields {
  let calls = 0;
  const content = itemsOf(message.content).map((block) =>
    isRecord(block) && block.type === "tool_use" ? withId(block, madeCallId(message.id, calls++)) : block,
  );
  return { ...message, model, content, stop_reason: ownStopReason(message.stop_reason, calls) };
}

function ownStopReason(reason: unknown, calls: number): unknown {
  return reason === "end_turn" && calls > 0 ? "tool_use" : reason;
}

function withId(block: Fields, ownId: string): Fields {
  return textOf(block.id) === undefined ? { ...block, id: ownId } : block;
}

const PROMPT_COUNTS = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"];

/** Those of the counts that have a value. */
function countsOf(usage: unknown, names: readonly string[]): Fields {
  if (!isRecord(usage)) return {};
  return Object.fromEntries(names.flatMap((name) => (usage[name] == null ? [] : [[name, usage[name]]])));
}

const EVENT_TYPES = new Set([
  "message_start",
  "content_block_start",
  "content_block_delta",
  "content_block_stop",
  "message_delta",
  "message_stop",
  "ping",
]);

/** The same for the events of a stream, one after another. */
export class OwnEvents {
  readonly #model: string;
  #id: unknown;
  /** Of the prompt, by the start of the message. */
  #promptCounts: Fields = {};
  #calls = 0;

  constructor(model: string) {
    this.#model = model;
  }

  /**
   * The event with its type first, by which its line with the name is written.
   * @returns `undefined` for a type that the API does not define: it may change what the stream means
   */
  of({ type, ...event }: Fields): Fields | undefined {
    if (typeof type !== "string" || !EVENT_TYPES.has(type)) return undefined;
    return { type, ...event, ...this.#corrected({ type, ...event }) };
  }

  #corrected({ type, message, content_block: block, delta, usage }: Fields): Fields {
    if (type === "message_start" && isRecord(message)) {
      this.#id = message.id;
      this.#promptCounts = countsOf(message.usage, PROMPT_COUNTS);
      return { message: { ...message, model: this.#model } };
    }
    if (type === "content_block_start" && isRecord(block) && block.type === "tool_use")
      return { content_block: withId(block, madeCallId(this.#id, this.#calls++)) };
    if (type === "message_delta" && isRecord(delta))
      return {
        delta: { ...delta, stop_reason: ownStopReason(delta.stop_reason, this.#calls) },
        // The end has all counts in newer versions of the API: clients of those do not add the start's.
        ...(isRecord(usage) ? { usage: { ...usage, ...this.#promptCounts, ...countsOf(usage, PROMPT_COUNTS) } } : {}),
      };
    return {};
  }
}
