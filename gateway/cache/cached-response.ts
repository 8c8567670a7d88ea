/** A response as it is stored, in OpenAI's dialect. */
export interface CachedResponse {
  readonly kind: "whole" | "stream";
  /** Milliseconds since 1970. */
  readonly storedAt: number;
  /** What the model counted; a hit saves this. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Start and end of the usage event in a stream's bytes; only clients that requested usage get it. */
  readonly usageEvent: readonly [start: number, end: number];
  readonly bytes: Buffer;
}

const VERSION = 1;
const KINDS = ["whole", "stream"] as const;
/** version, kind, storedAt, promptTokens, completionTokens, usageEvent (2) */
const HEAD_BYTES = 1 + 1 + 8 + 4 + 4 + 4 + 4;

export function encodeCachedResponse(response: CachedResponse): Buffer {
  const { kind, storedAt, promptTokens, completionTokens, usageEvent, bytes } = response;
  const encoded = Buffer.allocUnsafe(HEAD_BYTES + bytes.length);
  encoded.writeUInt8(VERSION, 0);
  encoded.writeUInt8(KINDS.indexOf(kind), 1);
  encoded.writeDoubleBE(storedAt, 2);
  encoded.writeUInt32BE(promptTokens, 10);
  encoded.writeUInt32BE(completionTokens, 14);
  encoded.writeUInt32BE(usageEvent[0], 18);
  encoded.writeUInt32BE(usageEvent[1], 22);
  bytes.copy(encoded, HEAD_BYTES);
  return encoded;
}

/** @returns the response, whose bytes are part of `encoded`; `undefined` for bytes of another version or origin */
export function decodeCachedResponse(encoded: Buffer): CachedResponse | undefined {
  if (encoded.length < HEAD_BYTES || encoded.readUInt8(0) !== VERSION) return undefined;
  const kind = KINDS[encoded.readUInt8(1)];
  const start = encoded.readUInt32BE(18);
  const end = encoded.readUInt32BE(22);
  const bytes = encoded.subarray(HEAD_BYTES);
  const storedAt = encoded.readDoubleBE(2);
  if (kind === undefined || start > end || end > bytes.length || !Number.isFinite(storedAt)) return undefined;
  return {
    kind,
    storedAt,
    promptTokens: encoded.readUInt32BE(10),
    completionTokens: encoded.readUInt32BE(14),
    usageEvent: [start, end],
    bytes,
  };
}
