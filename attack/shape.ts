/** One hostile request, or what is sent over one connection. */
export interface Shape {
  readonly name: string;
  /** @default "POST" */
  readonly method?: string;
  readonly path: string;
  /** Lines of the head, beside those that every request has. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /**
   * How the body is sent: with its length, in chunks of one byte, as frames of a WebSocket whose handshake is the head, or
   * after a head that announces none. @default "length"
   */
  readonly framing?: "length" | "bytewise" | "websocket" | "none";
  /** Statuses of a gateway that does what is right; of a WebSocket the code with which it was closed, or 101. */
  readonly statuses: readonly number[];
  /** A request before it, to the same path: `STORED_ID` in the shape's body stands for the id of its response, without its prefix. */
  readonly before?: Buffer;
}

export const STORED_ID = "__stored_id__";

export const CHAT_PATH = "/v1/chat/completions";
/** Of a body that is not valid. */
export const REFUSED = [400, 413] as const;
/** Served, or refused because the model or its context can't do it. */
export const SERVED = [200, 400, 404, 413] as const;

const JSON_TYPE = "content-type: application/json";

/** Makes shapes for one model, with bodies of about so many bytes. */
export class ShapeBuilder {
  readonly model: string;
  readonly bytes: number;

  constructor(model: string, bytes: number) {
    this.model = model;
    this.bytes = bytes;
  }

  /** A chat completion's body with more fields. */
  chat(more: object): object {
    return { model: this.model, max_tokens: 1, messages: [{ role: "user", content: "a" }], ...more };
  }

  /** A chat completion whose one message has this content. */
  content(content: unknown): object {
    return this.chat({ messages: [{ role: "user", content }] });
  }

  /** @param body as text, or a value whose JSON is sent; cut at `bytes` */
  json(name: string, path: string, body: unknown, statuses: readonly number[] = REFUSED): Shape {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return { name, path, headers: [JSON_TYPE], body: Buffer.from(text).subarray(0, this.bytes), statuses };
  }

  /** As many items as fill a body when each takes `each` bytes. */
  many<Item>(each: number, item: (index: number) => Item): readonly Item[] {
    return Array.from({ length: Math.floor((0.95 * this.bytes) / each) }, (_, index) => item(index));
  }

  /** An object with as many fields as fill a body when each takes `each` bytes. */
  fields(each: number, value: unknown): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.many(each, (index) => [`k${index}`, value]));
  }
}
