import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip, type ZlibOptions } from "node:zlib";

const pack = promisify<Buffer, Buffer>(gzip);
const unpack = promisify<Uint8Array, ZlibOptions, Buffer>(gunzip);

/** Of the request and the response of one generation together: more is not stored. */
export const MAX_GENERATION_BYTES = 8 * 1024 * 1024;
/** A time and a length of a chunk take some 12 characters, and a chunk of a stream has at least as many bytes. */
const MAX_UNPACKED_BYTES = 3 * MAX_GENERATION_BYTES;
const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Of the length of the head that stands before both bodies. */
const LENGTH_BYTES = 4;

/** What was received and sent in one generation. */
export interface GenerationContent {
  /** Bytes of the request's body. */
  readonly request: Buffer;
  /** Bytes of the response's body, as they were sent. */
  readonly response: Buffer;
  readonly contentType: string;
  /** Of each write of the response: milliseconds since the request arrived, and its bytes. */
  readonly chunks: readonly (readonly [ms: number, bytes: number])[];
}

export function newDataKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/**
 * Compresses and encrypts a generation (gzip, AES-256-GCM) under a key that is derived from those of all its subjects, so
 * that the content ends with any one of them.
 * @param id of the generation; the content is no other generation's
 */
export async function sealContent(content: GenerationContent, keys: readonly Buffer[], id: string): Promise<Buffer> {
  const { request, response, contentType, chunks } = content;
  const head = Buffer.from(JSON.stringify({ contentType, chunks, requestBytes: request.length }));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(head.length);
  const packed = await pack(Buffer.concat([length, head, request, response]));
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, derived(keys, id), nonce);
  return Buffer.concat([nonce, cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
}

/** @throws {Error} where a key is another one, as after it was erased, or a byte was changed */
export async function openContent(sealed: Uint8Array, keys: readonly Buffer[], id: string): Promise<GenerationContent> {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const decipher = createDecipheriv(ALGORITHM, derived(keys, id), bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const packed = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  const whole = await unpack(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
  const bodies = LENGTH_BYTES + whole.readUInt32BE(0);
  // Authenticated: only `sealContent` has written it.
  const head = JSON.parse(whole.toString("utf8", LENGTH_BYTES, bodies)) as Head;
  const { contentType, chunks, requestBytes } = head;
  return {
    request: whole.subarray(bodies, bodies + requestBytes),
    response: whole.subarray(bodies + requestBytes),
    contentType,
    chunks,
  };
}

interface Head extends Pick<GenerationContent, "contentType" | "chunks"> {
  readonly requestBytes: number;
}

function derived(keys: readonly Buffer[], id: string): Buffer {
  return Buffer.from(hkdfSync("sha256", Buffer.concat([...keys]), id, "sluice-history-1", KEY_BYTES));
}
