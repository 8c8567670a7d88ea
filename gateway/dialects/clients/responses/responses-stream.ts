import type { ErrorBody, ErrorCode } from "../../../../contracts/api/errors.ts";
import type { StreamTranslator } from "../../../core/dialect.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { heldBytes } from "../../../outside-values/held-bytes.ts";
import { type ChatDelta, type ChatUsage, readChatEvent } from "../../inner/chat-events.ts";
import { type SseEvent, SseReader } from "../../inner/sse-reader.ts";
import { CallNumbers } from "../../inner/tool-calls.ts";
import { type Translation, translate } from "../../inner/translate.ts";
import { CallOutput, type EventWriter, MessageOutput, type OutputItem, ReasoningOutput } from "./responses-output.ts";
import { annotationsOf, callPrefix, closedResponse, openResponse, type ResponseHead } from "./responses-response.ts";
import { readTools, type ToolOrigin } from "./responses-tools.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface ResponsesStreamOptions {
  readonly head: ResponseHead;
  readonly newId: (prefix: string) => string;
  /** Seconds since 1970. */
  readonly now: () => number;
  /**
   * Gets the response when its output has ended in good order.
   * @returns whether it was stored as it states; `undefined` when it states nothing of that kind
   */
  readonly onClosed: (response: Fields) => Promise<boolean> | undefined;
}

/** OpenAI's codes of a failed response by ours; the remaining ones are `server_error`, which agents send again. */
const FAILED: Partial<Readonly<Record<ErrorCode, string>>> = {
  rate_limit_exceeded: "rate_limit_exceeded",
  overloaded: "rate_limit_exceeded",
  invalid_request: "invalid_prompt",
  content_filter: "invalid_prompt",
  // Codex CLI then shortens the conversation.
  context_length_exceeded: "context_length_exceeded",
};

/** Chat completion events as the events of one response. Its last event comes once the response is stored. */
export function responsesStream(options: ResponsesStreamOptions): StreamTranslator {
  const translation = new ResponsesTranslation(options);
  return Object.assign(translate(new SseReader(), translation), { lastEvent: () => translation.lastEvent });
}

/** Of memory: an item of the output, beside its texts. */
const ITEM_BYTES = 1024;
/** Of memory, at most, for a byte of JSON. */
const PARSED_BYTES = 8;

/** Bytes of memory that a delta takes in the output. */
function outputBytes(delta: ChatDelta, { data }: SseEvent): number {
  if ("text" in delta) return heldBytes(delta.text);
  if (delta.kind === "tool") return heldBytes(delta.arguments);
  return delta.kind === "annotations" || delta.kind === "thinking-blocks" ? PARSED_BYTES * data.length : 0;
}

class ResponsesTranslation implements Translation<SseEvent> {
  isDone = false;
  lastEvent: Promise<Buffer> | undefined;
  readonly #options: ResponsesStreamOptions;
  readonly #origins: ReadonlyMap<string, ToolOrigin>;
  #sequence = 0;
  readonly #items: OutputItem[] = [];
  readonly #calls = new Map<number, CallOutput>();
  readonly #callNumbers = new CallNumbers();
  /** The item that text or reasoning is added to; calls stay open beside it. */
  #current: MessageOutput | ReasoningOutput | undefined;
  #finish: string | undefined;
  #usage: ChatUsage | undefined;
  /** All of the output is in the last event too. */
  #outputBytes = 0;

  constructor(options: ResponsesStreamOptions) {
    this.#options = options;
    this.#origins = readTools(options.head.fields.tools).origins;
  }

  get heldBytes(): number {
    return this.#outputBytes + this.#items.length * ITEM_BYTES + this.#callNumbers.heldBytes;
  }

  take(event: SseEvent): string {
    const deltas = readChatEvent(event);
    for (const delta of deltas) this.#outputBytes += outputBytes(delta, event);
    return this.#start() + deltas.map((delta) => this.#writeDelta(delta)).join("");
  }

  fail({ error }: ErrorBody): string {
    const code = FAILED[error.code] ?? "server_error";
    const output = this.#items.map((item) => item.fields("incomplete"));
    const failed = { status: "failed", error: { code, message: error.message }, output };
    return (
      this.#start() + this.#event("response.failed", { response: { ...openResponse(this.#options.head), ...failed } })
    );
  }

  #start(): string {
    if (this.#sequence > 0) return "";
    const response = openResponse(this.#options.head);
    return this.#event("response.created", { response }) + this.#event("response.in_progress", { response });
  }

  #writeDelta(delta: ChatDelta): string {
    switch (delta.kind) {
      case "text":
      case "refusal":
        return this.#message().add(delta.kind, delta.text);
      case "annotations":
        return this.#current instanceof MessageOutput ? this.#current.annotate(annotationsOf(delta.annotations)) : "";
      case "reasoning":
        return this.#reasoning().add(delta.text);
      case "thinking-blocks":
        return this.#reasoning().sign(delta.blocks);
      case "tool":
        return this.#tool(delta);
      case "finish":
        this.#finish ??= delta.reason;
        return "";
      case "prompt-usage":
        return "";
      case "usage":
        this.#usage = delta.usage;
        return "";
      case "done":
        return this.#end();
    }
  }

  /** The events that end the item before it, ahead of its own events. */
  #message(): { add(kind: "text" | "refusal", text: string): string } {
    if (this.#current instanceof MessageOutput) return this.#current;
    const before = this.#closeCurrent();
    const item = new MessageOutput(this.#options.newId("msg"), this.#items.length, this.#writeEvent);
    this.#items.push(item);
    this.#current = item;
    return { add: (kind, text) => before + item.open() + item.add(kind, text) };
  }

  #reasoning(): { add(text: string): string; sign(blocks: readonly unknown[]): string } {
    if (this.#current instanceof ReasoningOutput) return this.#current;
    const before = this.#closeCurrent();
    const item = new ReasoningOutput(this.#options.newId("rs"), this.#items.length, this.#writeEvent);
    this.#items.push(item);
    this.#current = item;
    return {
      add: (text) => before + item.open() + item.add(text),
      sign: (blocks) => before + item.open() + item.sign(blocks),
    };
  }

  #tool(delta: Extract<ChatDelta, { kind: "tool" }>): string {
    const index = this.#callNumbers.of(delta);
    const { name, arguments: json } = delta;
    const known = this.#calls.get(index);
    if (known !== undefined) return known.add(json);
    if (name === undefined) throw new GatewayError("upstream_error");
    const before = this.#closeCurrent();
    const { newId } = this.#options;
    const origin = this.#origins.get(name);
    const called = { callId: delta.id ?? newId("call"), name, origin };
    const item = new CallOutput(newId(callPrefix(origin)), this.#items.length, this.#writeEvent, called);
    this.#items.push(item);
    this.#calls.set(index, item);
    return before + item.open() + item.add(json);
  }

  #closeCurrent(): string {
    const item = this.#current;
    this.#current = undefined;
    return item?.close("completed") ?? "";
  }

  #end(): string {
    // A stream that ends without a reason was cut off.
    if (this.#finish === undefined) throw new GatewayError("stream_interrupted");
    const { head, now, onClosed } = this.#options;
    const response = closedResponse(head, [], this.#finish, this.#usage, now());
    const isComplete = response.status === "completed";
    const last = isComplete ? "completed" : "incomplete";
    const events = this.#items.map((item) => (item.isOpen ? item.close(last) : "")).join("");
    this.isDone = true;
    const whole = { ...response, output: this.#items.map((item) => item.fields(item.status)) };
    const type = isComplete ? "response.completed" : "response.incomplete";
    const stored = onClosed(whole);
    if (stored === undefined) return events + this.#event(type, { response: whole });
    this.lastEvent = stored.then((isStored) =>
      Buffer.from(this.#event(type, { response: isStored ? whole : { ...whole, store: false } })),
    );
    return events;
  }

  #writeEvent: EventWriter = (type, fields) => this.#event(type, fields);

  #event(type: string, fields: Fields): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: this.#sequence++, ...fields })}\n\n`;
  }
}
