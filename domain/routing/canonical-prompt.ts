import { isRecord } from "../../lib/is-record.ts";
/** The written part of a prompt. */
export interface CanonicalPrompt {
  /** Bytes written: the whole prompt, or as much of it as fits. */
  readonly length: number;
  /** Bytes up to the end of the first user's message; the same for every turn of a conversation. */
  readonly affinityLength: number;
}

/** Never part of UTF-8 text, so that no text can look like another message. */
const MESSAGE = 0xff;
const PART = 0xfe;
/** Of an image or another long address only both ends and the length are written, which distinguish one from another. */
const ENDS = 256;

/**
 * Writes a request's prompt in the order in which chat templates render it: tools, then the messages in their order.
 * Fields that are not in the prompt (sampling, `stream`, `user`) are not written.
 */
export function writeCanonicalPrompt(bytes: Buffer, fields: Readonly<Record<string, unknown>>): CanonicalPrompt {
  const writer = new Writer(bytes);
  const messages = fields.messages;
  if (!Array.isArray(messages)) {
    writer.value(fields.prompt ?? fields.input);
    // A plain prompt has no first message; its first page is used instead.
    return { length: writer.length, affinityLength: Math.min(writer.length, 512) };
  }
  if (Array.isArray(fields.tools) && fields.tools.length > 0) writer.json(fields.tools);
  let affinityLength: number | undefined;
  for (const message of messages) {
    if (writer.isFull) break;
    if (!isRecord(message)) continue;
    writer.mark(MESSAGE);
    writer.value(message.role);
    writer.mark(PART);
    writer.value(message.content);
    for (const name of ["name", "tool_calls", "tool_call_id"]) {
      if (message[name] === undefined || message[name] === null) continue;
      writer.mark(PART);
      writer.json(message[name]);
    }
    if (message.role === "user") affinityLength ??= writer.length;
  }
  return { length: writer.length, affinityLength: affinityLength ?? writer.length };
}

class Writer {
  readonly #bytes: Buffer;
  length = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isFull(): boolean {
    return this.length >= this.#bytes.length;
  }

  mark(byte: number): void {
    if (!this.isFull) this.#bytes[this.length++] = byte;
  }

  text(text: string): void {
    if (this.isFull) return;
    this.length += this.#bytes.write(text, this.length, "utf8");
    // The text is cut between two characters; up to three bytes behind it are an earlier prompt's.
    if (this.length > this.#bytes.length - 4) this.length = this.#bytes.fill(0, this.length).length;
  }

  json(value: unknown): void {
    if (!this.isFull) this.text(JSON.stringify(value) ?? "");
  }

  /** A string unchanged, a list part by part, anything else as JSON. */
  value(value: unknown): void {
    if (typeof value === "string") return this.text(value);
    if (!Array.isArray(value)) return value === undefined || value === null ? undefined : this.json(value);
    // A list of token numbers is long, and has no content parts.
    if (typeof value[0] === "number") return this.json(value);
    for (const [index, part] of value.entries()) {
      // A list of one text is that text.
      if (index > 0) this.mark(PART);
      if (!isRecord(part)) this.value(part);
      else if (typeof part.text === "string") this.text(part.text);
      else this.#media(part);
    }
  }

  #media(part: Readonly<Record<string, unknown>>): void {
    const text = JSON.stringify(part);
    if (text.length <= ENDS * 2) return this.text(text);
    this.text(`${text.slice(0, ENDS)}${text.length}${text.slice(-ENDS)}`);
  }
}
