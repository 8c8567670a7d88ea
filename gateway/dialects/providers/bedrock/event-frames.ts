import { EventStreamCodec } from "@smithy/eventstream-codec";
import { isRecord } from "../../../../lib/is-record.ts";
import { GatewayError } from "../../../core/gateway-error.ts";
import { BoundedBytes } from "../../../http/bounded-bytes.ts";
import { parseEvent } from "../../../outside-values/json-texts.ts";

/** Length of the whole frame, of its headers, and a checksum of both: four bytes each; a checksum ends the frame. */
const LENGTH_BYTES = 4;
const MIN_FRAME_BYTES = 16;
/** AWS allows payloads of 24 MiB (`application/vnd.amazon.eventstream`); one of a model is some hundred bytes. */
const MAX_FRAME_BYTES = 25 * 1024 * 1024;

/** One message of an AWS event stream. */
export interface EventFrame {
  readonly kind: "event" | "exception";
  /** E.g. `contentBlockDelta`, or `throttlingException`. */
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Takes frames out of bytes, wherever those are cut. What has come is put together only once a frame is whole, so that
 * the work grows with the bytes, not with the pieces they come in.
 */
export class EventFrameReader {
  readonly #codec = new EventStreamCodec(toText, fromText);
  #held = unbounded();
  #size = 0;
  /** Bytes that are worth putting together. */
  #needed = LENGTH_BYTES;

  get heldBytes(): number {
    return this.#size;
  }

  /** Yields the frames that are whole by now. @throws {GatewayError} `upstream_error` for bytes that are no frame */
  *push(chunk: Buffer): Generator<EventFrame> {
    this.#held.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#needed) return;
    const data = this.#held.whole();
    let start = 0;
    let needed = frameLength(data, start);
    while (needed !== undefined && data.length - start >= needed) {
      yield this.#decode(data.subarray(start, start + needed));
      start += needed;
      needed = frameLength(data, start);
    }
    this.#held = unbounded();
    if (start < data.length) this.#held.push(data.subarray(start));
    this.#size = data.length - start;
    this.#needed = needed ?? LENGTH_BYTES;
  }

  #decode(frame: Buffer): EventFrame {
    const { headers, body } = this.#message(frame);
    const header = (name: string) => {
      const value = headers[name]?.value;
      return typeof value === "string" ? value : undefined;
    };
    const kind = header(":message-type");
    const payload = parseEvent(toText(body));
    const type = kind === "exception" ? header(":exception-type") : header(":event-type");
    if (kind === "error") return { kind: "exception", type: header(":error-code") ?? "error", payload: {} };
    if ((kind !== "event" && kind !== "exception") || type === undefined || !isRecord(payload))
      throw new GatewayError("upstream_error");
    return { kind, type, payload };
  }

  /** Both checksums are checked. */
  #message(frame: Buffer): ReturnType<EventStreamCodec["decode"]> {
    try {
      return this.#codec.decode(frame);
    } catch {
      throw new GatewayError("upstream_error");
    }
  }
}

/** Pieces of single bytes are written together. A frame's own length is its bound. */
function unbounded(): BoundedBytes {
  return new BoundedBytes(Number.POSITIVE_INFINITY);
}

function frameLength(data: Buffer, start: number): number | undefined {
  if (data.length - start < LENGTH_BYTES) return undefined;
  const length = data.readUInt32BE(start);
  if (length < MIN_FRAME_BYTES || length > MAX_FRAME_BYTES) throw new GatewayError("upstream_error");
  return length;
}

function toText(bytes: Uint8Array | string): string {
  return typeof bytes === "string"
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function fromText(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}
