import { Transform, type TransformCallback } from "node:stream";
import { crc32, createInflateRaw, type InflateRaw } from "node:zlib";

/** Longest head of a member that is read: a file name and a comment may be in it. */
const MAX_HEAD_BYTES = 4096;
/** The two bytes that begin a member, and its only method: RFC 1952, section 2.3.1. */
const MAGIC = Buffer.from([0x1f, 0x8b, 8]);
const FIXED_HEAD_BYTES = 10;
const TRAILER_BYTES = 8;
const FLAG = { headCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;
const NONE = Buffer.alloc(0);

/**
 * Unpacks gzip of one member or several (RFC 1952), and ends at the first bytes that begin no further one. Node's own
 * fails on such bytes, and loses the part of the text that came with them.
 */
export class Gunzip extends Transform {
  /** The beginning of a head or trailer whose rest has not come. */
  #held: Buffer = NONE;
  /** `undefined` before the head of the next one. */
  #member: Member | undefined;
  #members = 0;
  #isOver = false;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#take(chunk).then(() => callback(), callback);
  }

  override _flush(callback: TransformCallback): void {
    const isBetween = this.#member === undefined && this.#members > 0 && this.#held.length < MAGIC.length;
    callback(this.#isOver || isBetween ? null : new Error("The gzip is cut off."));
  }

  override _read(size: number): void {
    this.#member?.inflate.resume();
    super._read(size);
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#member?.inflate.destroy();
    callback(error);
  }

  async #take(chunk: Buffer): Promise<void> {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = NONE;
    while (rest.length > 0 && !this.#isOver) {
      const left = await this.#step(rest);
      if (left === undefined) {
        this.#held = rest;
        return;
      }
      rest = left;
    }
  }

  /** @returns what is left of the bytes, `undefined` where more are needed first */
  async #step(bytes: Buffer): Promise<Buffer | undefined> {
    const member = this.#member;
    if (member === undefined) return this.#takeHead(bytes);
    if (member.isUnpacked) return this.#takeTrailer(bytes, member);
    return await takeData(bytes, member);
  }

  #takeHead(bytes: Buffer): Buffer | undefined {
    const length = gzipHeadLength(bytes);
    if (length === "more") return undefined;
    if (length !== "none") {
      this.#member = this.#open();
      return bytes.subarray(length);
    }
    if (this.#members === 0) throw new Error("The response is not in gzip.");
    this.#isOver = true;
    this.push(null);
    return NONE;
  }

  #open(): Member {
    const inflate = createInflateRaw();
    const ended = new Promise<void>((resolve) => inflate.once("end", resolve));
    const member = { inflate, ended, isUnpacked: false, crc: 0, bytes: 0 };
    inflate.on("error", (error) => this.destroy(error));
    inflate.on("data", (text: Buffer) => {
      member.crc = crc32(text, member.crc);
      member.bytes += text.length;
      if (!this.push(text)) inflate.pause();
    });
    return member;
  }

  #takeTrailer(bytes: Buffer, { inflate, crc, bytes: unpacked }: Member): Buffer | undefined {
    if (bytes.length < TRAILER_BYTES) return undefined;
    if (bytes.readUInt32LE(0) !== crc || bytes.readUInt32LE(4) !== unpacked % 2 ** 32)
      throw new Error("The gzip is damaged: its check sum is another one.");
    inflate.destroy();
    this.#member = undefined;
    this.#members++;
    return bytes.subarray(TRAILER_BYTES);
  }
}

/** One member whose head has come. */
interface Member {
  readonly inflate: InflateRaw;
  /** Resolves once all of its text has been read. */
  readonly ended: Promise<void>;
  isUnpacked: boolean;
  /** Of the text so far. */
  crc: number;
  bytes: number;
}

/** @returns what comes after the member's compressed bytes */
async function takeData(bytes: Buffer, member: Member): Promise<Buffer> {
  const { inflate, ended } = member;
  const before = inflate.bytesWritten;
  await new Promise<void>((resolve, reject) => inflate.write(bytes, (error) => (error ? reject(error) : resolve())));
  const rest = bytes.subarray(inflate.bytesWritten - before);
  if (rest.length === 0) return rest;
  await ended;
  member.isUnpacked = true;
  return rest;
}

/** Bytes of the head of a gzip member; `more` while not all have come, `none` where they begin no member. */
function gzipHeadLength(bytes: Buffer): number | "more" | "none" {
  const known = Math.min(bytes.length, MAGIC.length);
  if (!bytes.subarray(0, known).equals(MAGIC.subarray(0, known))) return "none";
  const more = bytes.length > MAX_HEAD_BYTES ? "none" : "more";
  if (bytes.length < FIXED_HEAD_BYTES) return more;
  const flags = bytes.readUInt8(MAGIC.length);
  if ((flags & FLAG.reserved) !== 0) return "none";
  let at = FIXED_HEAD_BYTES;
  if ((flags & FLAG.extra) !== 0) {
    if (bytes.length < at + 2) return more;
    at += 2 + bytes.readUInt16LE(at);
  }
  for (const text of [FLAG.name, FLAG.comment]) {
    if ((flags & text) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return more;
    at = end + 1;
  }
  if ((flags & FLAG.headCrc) !== 0) at += 2;
  return at <= bytes.length ? at : more;
}
