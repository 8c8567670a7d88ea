import { type CallParts, callItem, messageItem, reasoningItem, refusalPart, textPart } from "./responses-response.ts";
import { customInput } from "./responses-tools.ts";

type Fields = Readonly<Record<string, unknown>>;
type Closed = "completed" | "incomplete";

export type SayEvent = (type: string, fields: Fields) => string;

/** One item of a response's output as it grows: what is said when it begins, grows and ends. */
export interface OutputItem {
  readonly isOpen: boolean;
  readonly status: Closed;
  open(): string;
  close(status: Closed): string;
  /** The item itself. */
  fields(status: Closed): Fields;
}

abstract class Output implements OutputItem {
  isOpen = false;
  status: Closed = "completed";
  protected readonly id: string;
  protected readonly say: SayEvent;
  protected readonly index: number;

  constructor(id: string, index: number, say: SayEvent) {
    this.id = id;
    this.index = index;
    this.say = say;
  }

  open(): string {
    this.isOpen = true;
    return this.say("response.output_item.added", { output_index: this.index, item: this.empty() });
  }

  close(status: Closed): string {
    this.isOpen = false;
    this.status = status;
    return (
      this.closeContent() +
      this.say("response.output_item.done", { output_index: this.index, item: this.fields(status) })
    );
  }

  abstract fields(status: Closed): Fields;
  protected abstract empty(): Fields;
  protected abstract closeContent(): string;

  protected get position(): Fields {
    return { item_id: this.id, output_index: this.index };
  }
}

/** The model's message: a part of text, a part of refusal, or both. */
export class MessageOutput extends Output {
  readonly #parts: { readonly kind: "text" | "refusal"; text: string }[] = [];

  add(kind: "text" | "refusal", delta: string): string {
    let events = "";
    let part = this.#parts.at(-1);
    if (part?.kind !== kind) {
      events = this.closeContent();
      part = { kind, text: "" };
      this.#parts.push(part);
      events += this.say("response.content_part.added", { ...this.#partPosition, part: partFields(kind, "") });
    }
    part.text += delta;
    const type = kind === "text" ? "response.output_text.delta" : "response.refusal.delta";
    return events + this.say(type, { ...this.#partPosition, delta, ...(kind === "text" ? { logprobs: [] } : {}) });
  }

  fields(status: Closed): Fields {
    return messageItem(
      this.id,
      status,
      this.#parts.map(({ kind, text }) => partFields(kind, text)),
    );
  }

  protected empty(): Fields {
    return messageItem(this.id, "in_progress", []);
  }

  protected closeContent(): string {
    const part = this.#parts.at(-1);
    if (part === undefined) return "";
    const { kind, text } = part;
    const done =
      kind === "text"
        ? this.say("response.output_text.done", { ...this.#partPosition, text, logprobs: [] })
        : this.say("response.refusal.done", { ...this.#partPosition, refusal: text });
    return done + this.say("response.content_part.done", { ...this.#partPosition, part: partFields(kind, text) });
  }

  get #partPosition(): Fields {
    return { ...this.position, content_index: this.#parts.length - 1 };
  }
}

function partFields(kind: "text" | "refusal", text: string): Fields {
  return kind === "text" ? textPart(text) : refusalPart(text);
}

/** The model's reasoning. */
export class ReasoningOutput extends Output {
  #text = "";
  readonly #signed: unknown[] = [];

  add(delta: string): string {
    const position = { ...this.position, content_index: 0 };
    const opened =
      this.#text === ""
        ? this.say("response.content_part.added", { ...position, part: { type: "reasoning_text", text: "" } })
        : "";
    this.#text += delta;
    return opened + this.say("response.reasoning_text.delta", { ...position, delta });
  }

  /** Takes thinking that its maker signed; it is told when the item ends. */
  sign(blocks: readonly unknown[]): string {
    this.#signed.push(...blocks);
    return "";
  }

  fields(status: Closed): Fields {
    return reasoningItem(this.id, status, this.#text, this.#signed);
  }

  protected empty(): Fields {
    return reasoningItem(this.id, "in_progress", "", []);
  }

  protected closeContent(): string {
    if (this.#text === "") return "";
    const position = { ...this.position, content_index: 0 };
    const part = { type: "reasoning_text", text: this.#text };
    return (
      this.say("response.reasoning_text.done", { ...position, text: this.#text }) +
      this.say("response.content_part.done", { ...position, part })
    );
  }
}

type CallHead = Omit<CallParts, "arguments">;

/** A call of a function. */
export class CallOutput extends Output {
  readonly #call: CallHead;
  #arguments = "";

  constructor(id: string, index: number, say: SayEvent, call: CallHead) {
    super(id, index, say);
    this.#call = call;
  }

  add(delta: string): string {
    if (delta === "") return "";
    this.#arguments += delta;
    // A custom tool's input is a string in JSON until it is whole.
    if (this.#isCustom) return "";
    return this.say("response.function_call_arguments.delta", { ...this.position, delta });
  }

  fields(status: Closed): Fields {
    return callItem(this.id, status, { ...this.#call, arguments: this.#whole });
  }

  protected empty(): Fields {
    return callItem(this.id, "in_progress", { ...this.#call, arguments: "" });
  }

  protected closeContent(): string {
    if (this.#isCustom) {
      const input = customInput(this.#whole);
      return (
        this.say("response.custom_tool_call_input.delta", { ...this.position, delta: input }) +
        this.say("response.custom_tool_call_input.done", { ...this.position, input })
      );
    }
    const { origin, name } = this.#call;
    const done = { name: origin?.name ?? name, arguments: this.#whole };
    return this.say("response.function_call_arguments.done", { ...this.position, ...done });
  }

  get #isCustom(): boolean {
    return this.#call.origin?.kind === "custom";
  }

  /** A call without arguments has none in some servers' form of it, and clients parse what they get. */
  get #whole(): string {
    return this.#arguments === "" ? "{}" : this.#arguments;
  }
}
