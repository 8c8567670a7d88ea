import type { ErrorBody } from "../../../../contracts/api/errors.ts";
import { messagesErrorBody } from "../../../../contracts/api/messages.ts";
import { NO_DETAILS } from "../../../../contracts/dialects/anthropic-defaults.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import type { StreamTranslator } from "../../../core/dialect.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { heldBytes } from "../../../outside-values/held-bytes.ts";
import { parseEvent } from "../../../outside-values/json-texts.ts";
import { type ChatDelta, type ChatUsage, ownEventOf, readChatEvent } from "../../inner/chat-events.ts";
import { textOf } from "../../inner/json.ts";
import { type SseEvent, SseReader } from "../../inner/sse-reader.ts";
import { withoutTextBefore } from "../../inner/thinking-order.ts";
import { CallNumbers, madeCallId } from "../../inner/tool-calls.ts";
import { type Translation, translate } from "../../inner/translate.ts";
import { deltaUsage, messageId, messageUsage, stopFields, toolUseBlock } from "./messages-response.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface MessagesStreamOptions {
  readonly requestId: string;
  readonly model: string;
  /** Of the prompt, for the start of a message whose provider counts at its end. @default 0 */
  readonly promptTokensEstimate?: number;
}

/** Chat completion events as Anthropic's events of one message. */
export function messagesStream(options: MessagesStreamOptions): StreamTranslator {
  return translate(new SseReader(), new MessagesTranslation(options));
}

/** A tool call whose block has not begun. */
interface WaitingCall {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  arguments: string;
}

type OpenBlock = { readonly kind: "text" | "thinking" } | { readonly kind: "tool"; readonly index: number };

class MessagesTranslation implements Translation<SseEvent> {
  isDone = false;
  readonly #options: MessagesStreamOptions;
  #hasStarted = false;
  /** Whether the target's dialect is Anthropic's too: its own events are in those of the chat completion. */
  #isOwn = false;
  /** Of the chat completion. */
  #chatId: string | undefined;
  readonly #callNumbers = new CallNumbers();
  #hasCalls = false;
  /** Of the block that is open, or of the next. */
  #index = 0;
  #open: OpenBlock | undefined;
  /** Calls that began while another was open: blocks come one after another, so they follow it. */
  readonly #waiting = new Map<number, WaitingCall>();
  /** Text that came while tool calls were open: blocks can't be reopened, so it follows them. */
  #late = "";
  #lateBytes = 0;
  #finish: Extract<ChatDelta, { kind: "finish" }> | undefined;
  #usage: ChatUsage | undefined;

  constructor(options: MessagesStreamOptions) {
    this.#options = options;
  }

  get heldBytes(): number {
    return this.#lateBytes + this.#callNumbers.heldBytes;
  }

  take(event: SseEvent): string {
    const own = ownEventOf(event.data);
    if (own !== undefined) {
      this.#isOwn = true;
      return namedEvent(/^\{"type":"(\w+)"/.exec(own)?.[1] ?? "", own);
    }
    const deltas = readChatEvent(event);
    if (this.#isOwn) {
      this.isDone = deltas.some(({ kind }) => kind === "done");
      return "";
    }
    return this.#start(event, deltas) + deltas.map((delta) => this.#writeDelta(delta)).join("");
  }

  fail(error: ErrorBody): string {
    return eventText(messagesErrorBody(error, this.#options.requestId));
  }

  #start({ data }: SseEvent, deltas: readonly ChatDelta[]): string {
    if (this.#hasStarted) return "";
    this.#hasStarted = true;
    this.#chatId = idOf(data) ?? this.#options.requestId;
    const message = {
      id: messageId(this.#chatId),
      type: "message",
      role: "assistant",
      model: this.#options.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      ...NO_DETAILS,
      usage: messageUsage(this.#promptUsage(deltas)),
    };
    return eventText({ type: "message_start", message }) + eventText({ type: "ping" });
  }

  #promptUsage(deltas: readonly ChatDelta[]): ChatUsage {
    const [usage] = deltas.flatMap((delta) => (delta.kind === "prompt-usage" ? [delta.usage] : []));
    return usage ?? { ...NO_USAGE, promptTokens: this.#options.promptTokensEstimate ?? 0 };
  }

  #writeDelta(delta: ChatDelta): string {
    switch (delta.kind) {
      case "text":
      case "refusal":
        return this.#text(delta.text);
      case "reasoning":
        return this.#blockDelta("thinking", { type: "thinking_delta", thinking: delta.text });
      case "thinking-blocks":
        return delta.blocks.map((block) => this.#thinkingBlock(block)).join("");
      case "tool":
        return this.#tool(delta);
      case "finish":
        this.#finish ??= delta;
        return "";
      case "prompt-usage":
      // A citation of Anthropic's has the cited text, which an annotation lacks.
      case "annotations":
        return "";
      case "usage":
        this.#usage = delta.usage;
        return "";
      case "done":
        return this.#end();
    }
  }

  #text(text: string): string {
    if (this.#open?.kind === "tool") {
      this.#late += text;
      this.#lateBytes += heldBytes(text);
      return "";
    }
    return this.#blockDelta("text", { type: "text_delta", text });
  }

  /** A delta of the open block of this kind, which is opened where it is not. */
  #blockDelta(kind: "text" | "thinking", delta: Fields): string {
    // Thinking after the first tool call is dropped.
    if (this.#open?.kind === "tool") return "";
    const opened = this.#open?.kind === kind ? "" : this.#close() + this.#openBlock({ kind }, EMPTY_BLOCKS[kind]);
    return opened + eventText({ type: "content_block_delta", index: this.#index, delta });
  }

  /** What thinking ended in: its signature, or a block of it that can't be read. */
  #thinkingBlock(block: unknown): string {
    if (!isRecord(block) || this.#open?.kind === "tool") return "";
    if (block.type === "redacted_thinking")
      return this.#close() + this.#openBlock({ kind: "thinking" }, withoutTextBefore(block)) + this.#close();
    const signature = textOf(block.signature);
    if (signature === undefined) return "";
    // Thinking without text has a signature all the same, which its provider requires back.
    return this.#blockDelta("thinking", { type: "signature_delta", signature }) + this.#close();
  }

  #tool(delta: Extract<ChatDelta, { kind: "tool" }>): string {
    const index = this.#callNumbers.of(delta);
    const { name, arguments: json } = delta;
    const id = delta.id ?? madeCallId(this.#chatId, index);
    this.#hasCalls = true;
    if (this.#open?.kind === "tool") {
      if (this.#open.index === index) return this.#json(json);
      const waiting = this.#waiting.get(index);
      if (waiting !== undefined) waiting.arguments += json;
      else this.#waiting.set(index, { index, id, name: named(name), arguments: json });
      this.#lateBytes += heldBytes(json);
      return "";
    }
    return this.#close() + this.#openTool({ index, id, name: named(name), arguments: json });
  }

  #openTool({ index, id, name, arguments: json }: WaitingCall): string {
    return this.#openBlock({ kind: "tool", index }, toolUseBlock(id, name, {})) + this.#json(json);
  }

  #json(partial_json: string): string {
    if (partial_json === "") return "";
    const delta = { type: "input_json_delta", partial_json };
    return eventText({ type: "content_block_delta", index: this.#index, delta });
  }

  #openBlock(block: OpenBlock, content_block: Fields): string {
    this.#open = block;
    return eventText({ type: "content_block_start", index: this.#index, content_block });
  }

  #close(): string {
    if (this.#open === undefined) return "";
    this.#open = undefined;
    return eventText({ type: "content_block_stop", index: this.#index++ });
  }

  #end(): string {
    // A stream that ends without a reason was cut off.
    if (this.#finish === undefined) throw new GatewayError("stream_interrupted");
    const { reason, stopSequence } = this.#finish;
    let events = this.#close();
    for (const call of this.#waiting.values()) events += this.#openTool(call) + this.#close();
    if (this.#late !== "") events += this.#text(this.#late) + this.#close();
    this.isDone = true;
    const usage = deltaUsage(this.#usage);
    return (
      events +
      eventText({ type: "message_delta", delta: stopFields(reason, stopSequence, this.#hasCalls), usage }) +
      eventText({ type: "message_stop" })
    );
  }
}

const NO_USAGE: ChatUsage = {
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};

const EMPTY_BLOCKS = {
  text: { type: "text", text: "", citations: null },
  thinking: { type: "thinking", thinking: "", signature: "" },
} as const;

/** A call that begins without its name is malformed. */
function named(value: string | undefined): string {
  if (value === undefined) throw new GatewayError("upstream_error");
  return value;
}

/** Azure's first event has an empty id. */
function idOf(data: string): string | undefined {
  const event = parseEvent(data);
  return isRecord(event) ? textOf(event.id) : undefined;
}

function eventText(event: Fields): string {
  return namedEvent(String(event.type), JSON.stringify(event));
}

function namedEvent(name: string, json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`;
}
