import {
  CALL_DEFAULTS,
  DELTA_USAGE_DEFAULTS,
  NO_DETAILS,
  TEXT_DEFAULTS,
  USAGE_DEFAULTS,
} from "../../../../contracts/dialects/anthropic-defaults.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import { escapedBytes } from "../../../outside-values/escaped-text.ts";
import { jsonText } from "../../../outside-values/paced-json.ts";
import { tokensOfEvent, tokensOfText } from "../../../relay/text-tokens.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { CallIds } from "../../inner/tool-calls.ts";
import { type EstimatedTokens, ownUsage, soundCounts } from "./own-usage.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A message of Anthropic's for a client of Messages: as it is, blocks and fields that are unknown here included, under the
 * client's name for the model. Only what other servers of this dialect get wrong is corrected: calls without an id,
 * another reason for the end of a message with calls, counts that are nonsense, and fields that the schema requires and that
 * are missing.
 */
export function ownMessage(message: Fields, model: string, promptTokensEstimate: number): Fields {
  const ids = CallIds.of(message.id);
  let calls = 0;
  const content = itemsOf(message.content).map((block) => {
    if (!isRecord(block)) return block;
    return complete(block.type === "tool_use" ? withId(block, ids.idOf(block.id, calls++)) : block);
  });
  const stop_reason = ownStopReason(message.stop_reason, calls);
  const estimate = {
    input: promptTokensEstimate,
    // Most servers count: then the text is not measured.
    get output() {
      return tokensOfText(textBytesOf(content));
    },
  };
  const usage = { ...USAGE_DEFAULTS, ...ownUsage(message.usage, estimate) };
  return { ...NO_DETAILS, stop_sequence: null, ...message, model, content, stop_reason, usage };
}

/** Bytes of text, thinking and arguments, as they are in a chat completion. */
function textBytesOf(content: readonly unknown[]): number {
  let bytes = 0;
  for (const block of content) {
    if (!isRecord(block)) continue;
    const called = block.type === "tool_use" ? jsonText(block.input ?? {}) : "";
    bytes += escapedBytes((textOf(block.text) ?? "") + (textOf(block.thinking) ?? "") + called);
  }
  return bytes;
}

/** A block with the fields that its type requires. */
function complete(block: Fields): Fields {
  if (block.type === "text") return { ...TEXT_DEFAULTS, ...block };
  return block.type === "tool_use" ? { ...CALL_DEFAULTS, ...block } : block;
}

function ownStopReason(reason: unknown, calls: number): unknown {
  return reason === "end_turn" && calls > 0 ? "tool_use" : reason;
}

function withId(block: Fields, id: string): Fields {
  return block.id === id ? block : { ...block, id };
}

/** Fields of a delta that are what the model writes. */
const TEXTS = ["text", "thinking", "partial_json"];
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
  readonly #promptTokensEstimate: number;
  #ids = CallIds.of(undefined);
  /** By the start of the message. */
  #counts: Fields = {};
  #calls = 0;
  /** Of deltas with text, thinking or arguments, estimated. */
  #tokens = 0;

  constructor(model: string, promptTokensEstimate: number) {
    this.#model = model;
    this.#promptTokensEstimate = promptTokensEstimate;
  }

  /** Bytes of memory that it holds. */
  get heldBytes(): number {
    return this.#ids.heldBytes;
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
      this.#ids = CallIds.of(message.id);
      this.#counts = isRecord(message.usage) ? soundCounts(message.usage) : {};
      const counts = { ...USAGE_DEFAULTS, ...ownUsage({ output_tokens: 0, ...this.#counts }, this.#estimate) };
      const empty = { ...NO_DETAILS, stop_reason: null, stop_sequence: null };
      return { message: { ...empty, ...message, model: this.#model, usage: counts } };
    }
    if (type === "content_block_start" && isRecord(block)) {
      const own = block.type === "tool_use" ? withId(block, this.#ids.idOf(block.id, this.#calls++)) : block;
      return { content_block: complete(own) };
    }
    if (type === "content_block_delta" && isRecord(delta))
      for (const name of TEXTS) this.#tokens += tokensOfEvent(escapedBytes(textOf(delta[name]) ?? ""));
    if (type === "message_delta" && isRecord(delta))
      return {
        delta: {
          ...NO_DETAILS,
          stop_sequence: null,
          ...delta,
          stop_reason: ownStopReason(delta.stop_reason, this.#calls),
        },
        usage: { ...DELTA_USAGE_DEFAULTS, ...this.#endUsage(usage) },
      };
    return {};
  }

  /** The end has all counts in newer versions of the API: clients of those do not add the start's. */
  #endUsage(usage: unknown): Fields {
    const own = isRecord(usage) ? soundCounts(usage) : {};
    const prompt = { ...countsOf(this.#counts, PROMPT_COUNTS), ...countsOf(own, PROMPT_COUNTS) };
    return ownUsage({ ...own, ...prompt }, this.#estimate);
  }

  get #estimate(): EstimatedTokens {
    return { input: this.#promptTokensEstimate, output: this.#tokens };
  }
}
