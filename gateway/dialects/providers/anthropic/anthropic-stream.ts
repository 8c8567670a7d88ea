import type { ErrorBody } from "../../../../contracts/api/errors.ts";
import type { FinishReason, Usage } from "../../../../contracts/api/sampling.ts";
import { isRecord } from "../../../../lib/is-record.ts";
import type { StreamTranslator } from "../../../core/dialect.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { heldBytes } from "../../../outside-values/held-bytes.ts";
import { parseEvent } from "../../../outside-values/json-texts.ts";
import { countOf } from "../../../outside-values/token-count.ts";
import { urlCitations } from "../../citations/url-citations.ts";
import { ChatEventWriter, DONE_EVENT, errorEvent, withOwnEvent } from "../../inner/chat-events.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { calledName, writtenText } from "../../inner/provider-response.ts";
import { type SseEvent, SseReader } from "../../inner/sse-reader.ts";
import { withTextBefore } from "../../inner/thinking-order.ts";
import { CallIds } from "../../inner/tool-calls.ts";
import { ReportedError, type Translation, translate } from "../../inner/translate.ts";
import { JsonText } from "../../json-mode/json-text.ts";
import {
  citedPages,
  finishReason,
  type MessageHead,
  openAiUsage,
  stopReason,
  streamError,
  withMessageId,
} from "./anthropic-response.ts";
import { OwnEvents } from "./own-response.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Anthropic's stream of events as OpenAI's, with the usage and `[DONE]` at its end. */
export function anthropicStream(head: MessageHead): StreamTranslator {
  return translate(new SseReader(), new AnthropicTranslation(head));
}

/** Of memory: a block that is open, beside its texts. */
const BLOCK_BYTES = 256;
/** Of memory, at most, for a byte of JSON. */
const PARSED_BYTES = 8;

/** A block whose beginning has come and whose end has not. */
type OpenBlock =
  | { readonly kind: "other" }
  | { readonly kind: "text"; readonly textBefore: number; readonly citations: unknown[] }
  | { readonly kind: "tool"; readonly index: number; hasArguments: boolean }
  | { readonly kind: "thinking"; readonly textBefore: number; thinking: string; signature: string };

class AnthropicTranslation implements Translation<SseEvent> {
  isDone = false;
  readonly #head: MessageHead;
  /** `undefined` where the client's dialect is another. */
  readonly #own: OwnEvents | undefined;
  #writer: ChatEventWriter | undefined;
  #ids = CallIds.of(undefined);
  readonly #open = new Map<number, OpenBlock>();
  /** Bytes of memory of each of these. */
  readonly #openBytes = new Map<number, number>();
  #heldBytes = 0;
  #tools = 0;
  /** Characters of text so far. */
  #textLength = 0;
  #usage: Fields = {};
  #finish: FinishReason | undefined;
  readonly #json: JsonText | undefined;

  constructor(head: MessageHead) {
    this.#head = head;
    this.#own = head.isMessages === true ? new OwnEvents(head.model, head.promptTokensEstimate ?? 0) : undefined;
    this.#json = head.isJson === true ? new JsonText() : undefined;
  }

  get usage(): Usage | undefined {
    return openAiUsage(this.#usage);
  }

  get heldBytes(): number {
    return this.#heldBytes + this.#ids.heldBytes + (this.#own?.heldBytes ?? 0);
  }

  take({ data }: SseEvent): string {
    const parsed = parseEvent(data);
    if (!isRecord(parsed)) throw new GatewayError("upstream_error");
    const { message } = parsed;
    const isStart = parsed.type === "message_start" && isRecord(message);
    const event = isStart ? { ...parsed, message: withMessageId(message, this.#head) } : parsed;
    // Their counts are stored, under whatever names they have.
    if (isStart || event.type === "message_delta") this.#heldBytes += PARSED_BYTES * data.length;
    const events = this.#translated(event);
    const own = this.#own?.of(event);
    return own === undefined || this.#writer === undefined ? events : withOwn(events, own, this.#writer);
  }

  #translated(event: Fields): string {
    switch (event.type) {
      case "error":
        throw new ReportedError(streamError(event.error));
      case "message_start":
        return this.#start(event.message);
      case "content_block_start":
        return this.#startBlock(indexOf(event), event.content_block);
      case "content_block_delta":
        return this.#delta(indexOf(event), event.delta);
      case "content_block_stop":
        return this.#stopBlock(indexOf(event));
      case "message_delta":
        return this.#stop(event);
      case "message_stop":
        return this.#end();
      default:
        // `ping`, and what later versions of the API add.
        return "";
    }
  }

  fail(error: ErrorBody): string {
    return errorEvent(error);
  }

  #start(message: unknown): string {
    if (!isRecord(message) || this.#writer !== undefined) throw new GatewayError("upstream_error");
    this.#usage = isRecord(message.usage) ? message.usage : {};
    const id = textOf(message.id) ?? "";
    this.#ids = CallIds.of(id);
    this.#writer = new ChatEventWriter({ id, ...this.#head });
    return this.#writer.start(openAiUsage(message.usage));
  }

  #startBlock(index: number, block: unknown): string {
    const isOutside = this.#writer === undefined;
    if (!isRecord(block) || isOutside || this.#open.has(index)) throw new GatewayError("upstream_error");
    switch (block.type) {
      case "text":
        this.#openBlock(index, { kind: "text", textBefore: this.#textLength, citations: [] });
        for (const citation of itemsOf(block.citations)) this.#addCitation(index, citation);
        return this.#text(block.text);
      case "tool_use": {
        const tool = this.#tools++;
        // Most servers begin with an empty input and send it in deltas; some send it whole at once.
        const whole = isRecord(block.input) && Object.keys(block.input).length > 0 ? JSON.stringify(block.input) : "";
        this.#openBlock(index, { kind: "tool", index: tool, hasArguments: whole !== "" });
        const called = { name: calledName(block.name), arguments: whole };
        return this.#writeDelta({
          tool_calls: [{ index: tool, id: this.#ids.idOf(block.id, tool), type: "function", function: called }],
        });
      }
      case "thinking":
        this.#openBlock(index, { kind: "thinking", textBefore: this.#textLength, thinking: "", signature: "" });
        this.#addSignature(index, block.signature);
        return this.#thinking(index, textOf(writtenText(block.thinking)));
      case "redacted_thinking":
        this.#openBlock(index, { kind: "other" });
        return this.#writeDelta({ thinking_blocks: [withTextBefore(block, this.#textLength)] });
      default:
        this.#openBlock(index, { kind: "other" });
        return "";
    }
  }

  #openBlock(index: number, block: OpenBlock, bytes = 0): void {
    this.#open.set(index, block);
    this.#hold(index, BLOCK_BYTES + bytes);
  }

  #hold(index: number, bytes: number): void {
    this.#openBytes.set(index, (this.#openBytes.get(index) ?? 0) + bytes);
    this.#heldBytes += bytes;
  }

  #delta(index: number, delta: unknown): string {
    const block = this.#open.get(index);
    if (!isRecord(delta) || block === undefined) throw new GatewayError("upstream_error");
    switch (delta.type) {
      case "text_delta":
        return this.#text(delta.text);
      case "input_json_delta": {
        const json = textOf(writtenText(delta.partial_json));
        if (json === undefined || block.kind !== "tool") return "";
        block.hasArguments = true;
        return this.#arguments(block.index, json);
      }
      case "thinking_delta":
        return this.#thinking(index, textOf(writtenText(delta.thinking)));
      case "citations_delta":
        this.#addCitation(index, delta.citation);
        return "";
      case "signature_delta":
        this.#addSignature(index, delta.signature);
        return "";
      default:
        return "";
    }
  }

  #stopBlock(index: number): string {
    const block = this.#open.get(index);
    this.#open.delete(index);
    this.#heldBytes -= this.#openBytes.get(index) ?? 0;
    this.#openBytes.delete(index);
    // A tool without parameters: no JSON came, and clients parse what they get.
    if (block?.kind === "tool" && !block.hasArguments) return this.#arguments(block.index, "{}");
    if (block?.kind === "text") return this.#cite(block);
    if (block?.kind !== "thinking") return "";
    const { thinking, signature, textBefore } = block;
    const signed = withTextBefore({ type: "thinking", thinking, signature }, textBefore);
    return this.#writeDelta({ thinking_blocks: [signed] });
  }

  /** The text that a model was instructed to write as JSON may have lost its first characters. */
  #cite({ textBefore, citations }: Extract<OpenBlock, { kind: "text" }>): string {
    if (this.#json !== undefined) return "";
    const annotations = urlCitations(citedPages(citations, textBefore, this.#textLength));
    return annotations.length === 0 ? "" : this.#writeDelta({ annotations });
  }

  #stop({ delta, usage }: Fields): string {
    // These counts are of the whole message so far; those that don't change are left out or null.
    const counts = isRecord(usage) ? Object.entries(usage).filter(([, count]) => count !== null) : [];
    this.#usage = { ...this.#usage, ...Object.fromEntries(counts) };
    const reason = isRecord(delta) ? textOf(delta.stop_reason) : undefined;
    if (reason === undefined || this.#finish !== undefined) return "";
    this.#finish = finishReason(reason, this.#tools > 0);
    return (
      this.#writeText(this.#json?.end()) +
      this.#writing().delta({}, this.#finish, isRecord(delta) ? stopReason(delta.stop_sequence) : {})
    );
  }

  #end(): string {
    const writer = this.#writing();
    // No client gets an end whose reason the server did not send.
    if (this.#finish === undefined) throw new GatewayError("stream_interrupted");
    this.isDone = true;
    return writer.usage(this.usage) + DONE_EVENT;
  }

  #text(value: unknown): string {
    const text = textOf(writtenText(value));
    return this.#writeText(text === undefined ? text : (this.#json?.push(text) ?? text));
  }

  #writeText(text: string | undefined): string {
    if (text === undefined || text === "") return "";
    this.#textLength += text.length;
    return this.#writeDelta({ content: text });
  }

  #thinking(index: number, text: string | undefined): string {
    const block = this.#open.get(index);
    if (text === undefined || block?.kind !== "thinking") return "";
    block.thinking += text;
    this.#hold(index, heldBytes(text));
    return this.#writeDelta({ reasoning_content: text });
  }

  #addSignature(index: number, value: unknown): void {
    const block = this.#open.get(index);
    const text = textOf(value);
    if (text === undefined || block?.kind !== "thinking") return;
    block.signature += text;
    this.#hold(index, heldBytes(text));
  }

  #addCitation(index: number, citation: unknown): void {
    const block = this.#open.get(index);
    if (block?.kind !== "text") return;
    block.citations.push(citation);
    this.#hold(index, PARSED_BYTES * (JSON.stringify(citation) ?? "").length);
  }

  #arguments(index: number, json: string): string {
    return this.#writeDelta({ tool_calls: [{ index, function: { arguments: json } }] });
  }

  #writeDelta(delta: Fields): string {
    return this.#writing().delta(delta);
  }

  #writing(): ChatEventWriter {
    if (this.#writer === undefined) throw new GatewayError("upstream_error");
    return this.#writer;
  }
}

/** Events with Anthropic's own, which is in the last one before the end; in one of its own where there is none. */
function withOwn(events: string, own: Fields, writer: ChatEventWriter): string {
  const end = events.endsWith(DONE_EVENT) ? DONE_EVENT : "";
  const before = events.slice(0, events.length - end.length);
  return withOwnEvent(before === "" ? writer.empty() : before, own) + end;
}

function indexOf(event: Fields): number {
  const index = countOf(event.index);
  if (index === undefined) throw new GatewayError("upstream_error");
  return index;
}
