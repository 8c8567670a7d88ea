import { isRecord } from "../../../../lib/is-record.ts";
import { withoutTextBefore } from "../../inner/thinking-order.ts";
import { type CallParts, callItem, messageItem, reasoningItem, refusalPart, textPart } from "./responses-response.ts";
import { customInput } from "./responses-tools.ts";

type Fields = Readonly<Record<string, unknown>>;
type Closed = "completed" | "incomplete";

export type EventWriter = (type: string, fields: Fields) => string;

/** One item of a response's output, with the events of its begin, its growth and its end. */
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
  protected readonly writeEvent: EventWriter;
  protected readonly index: number;

  constructor(id: string, index: number, writeEvent: EventWriter) {
    this.id = id;
    this.index = index;
    this.writeEvent = writeEvent;
  }

  open(): string {
    this.isOpen = true;
    return this.writeEvent("response.output_item.added", { output_index: this.index, item: this.empty() });
  }

  close(status: Closed): string {
    this.isOpen = false;
    this.status = status;
    return (
      this.closeContent() +
      this.writeEvent("response.output_item.done", { output_index: this.index, item: this.fields(status) })
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
  readonly #parts: Part[] = [];

  add(kind: "text" | "refusal", delta: string): string {
    let events = "";
    let part = this.#parts.at(-1);
    if (part?.kind !== kind) {
      events = this.closeContent();
      part = { kind, text: "", annotations: [] };
      this.#parts.push(part);
      events += this.writeEvent("response.content_part.added", { ...this.#partPosition, part: partFields(part) });
    }
    part.text += delta;
    const type = kind === "text" ? "response.output_text.delta" : "response.refusal.delta";
    return (
      events + this.writeEvent(type, { ...this.#partPosition, delta, ...(kind === "text" ? { logprobs: [] } : {}) })
    );
  }

  /** Adds citations to the text that is being written; elsewhere they have nothing to cite. */
  annotate(annotations: readonly Fields[]): string {
    const part = this.#parts.at(-1);
    if (part?.kind !== "text") return "";
    return annotations
      .map((annotation) => {
        const fields = { ...this.#partPosition, annotation_index: part.annotations.length, annotation };
        part.annotations.push(annotation);
        return this.writeEvent("response.output_text.annotation.added", fields);
      })
      .join("");
  }

  fields(status: Closed): Fields {
    return messageItem(this.id, status, this.#parts.map(partFields));
  }

  protected empty(): Fields {
    return messageItem(this.id, "in_progress", []);
  }

  protected closeContent(): string {
    const part = this.#parts.at(-1);
    if (part === undefined) return "";
    // Halves of a pair that came in two deltas are together now; what is left alone is no character, and slow to write.
    part.text = part.text.toWellFormed();
    const { kind, text } = part;
    const done =
      kind === "text"
        ? this.writeEvent("response.output_text.done", { ...this.#partPosition, text, logprobs: [] })
        : this.writeEvent("response.refusal.done", { ...this.#partPosition, refusal: text });
    return done + this.writeEvent("response.content_part.done", { ...this.#partPosition, part: partFields(part) });
  }

  get #partPosition(): Fields {
    return { ...this.position, content_index: this.#parts.length - 1 };
  }
}

interface Part {
  readonly kind: "text" | "refusal";
  text: string;
  readonly annotations: Fields[];
}

function partFields({ kind, text, annotations }: Part): Fields {
  return kind === "text" ? textPart(text, [...annotations]) : refusalPart(text);
}

/** The model's reasoning. */
export class ReasoningOutput extends Output {
  #text = "";
  readonly #signed: unknown[] = [];

  add(delta: string): string {
    const position = { ...this.position, content_index: 0 };
    const opened =
      this.#text === ""
        ? this.writeEvent("response.content_part.added", { ...position, part: { type: "reasoning_text", text: "" } })
        : "";
    this.#text += delta;
    return opened + this.writeEvent("response.reasoning_text.delta", { ...position, delta });
  }

  /** Takes thinking that its provider signed; it is sent when the item ends. */
  sign(blocks: readonly unknown[]): string {
    this.#signed.push(...blocks.filter(isRecord).map(withoutTextBefore));
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
    this.#text = this.#text.toWellFormed();
    const position = { ...this.position, content_index: 0 };
    const part = { type: "reasoning_text", text: this.#text };
    return (
      this.writeEvent("response.reasoning_text.done", { ...position, text: this.#text }) +
      this.writeEvent("response.content_part.done", { ...position, part })
    );
  }
}

type CallHead = Omit<CallParts, "arguments">;

/** A call of a function. */
export class CallOutput extends Output {
  readonly #call: CallHead;
  #arguments = "";

  constructor(id: string, index: number, writeEvent: EventWriter, call: CallHead) {
    super(id, index, writeEvent);
    this.#call = call;
  }

  add(delta: string): string {
    if (delta === "") return "";
    this.#arguments += delta;
    // A custom tool's input is a string in JSON until it is whole.
    if (this.#isCustom || this.#isSearch) return "";
    return this.writeEvent("response.function_call_arguments.delta", { ...this.position, delta });
  }

  fields(status: Closed): Fields {
    return callItem(this.id, status, { ...this.#call, arguments: this.#whole });
  }

  protected empty(): Fields {
    return callItem(this.id, "in_progress", { ...this.#call, arguments: "" });
  }

  protected closeContent(): string {
    // Its arguments are an object, which comes with the item.
    if (this.#isSearch) return "";
    if (this.#isCustom) {
      const input = customInput(this.#whole);
      return (
        this.writeEvent("response.custom_tool_call_input.delta", { ...this.position, delta: input }) +
        this.writeEvent("response.custom_tool_call_input.done", { ...this.position, input })
      );
    }
    const { origin, name } = this.#call;
    const done = { name: origin?.name ?? name, arguments: this.#whole };
    return this.writeEvent("response.function_call_arguments.done", { ...this.position, ...done });
  }

  get #isSearch(): boolean {
    return this.#call.origin?.kind === "tool_search";
  }

  get #isCustom(): boolean {
    return this.#call.origin?.kind === "custom";
  }

  /** A call without arguments has none in some servers' form of it, and clients parse what they get. */
  get #whole(): string {
    return this.#arguments === "" ? "{}" : this.#arguments;
  }
}
