import { Pacer } from "../../lib/pacer.ts";

/** One line of a file, without its line break. */
export interface FileLine {
  /** From 1. */
  readonly number: number;
  /** First byte, and the one after its line break. */
  readonly start: number;
  readonly end: number;
  /** `undefined` when it is longer than what is read of a line. */
  readonly bytes: Buffer | undefined;
}

const LINE_FEED = 10;
/** What a line costs beside its bytes, counted in bytes: a file may have nothing but line breaks. */
const LINE_COST = 32;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A file has more lines, blank ones included, than are looked at. */
export class TooManyLines extends Error {}

export interface ReadLinesOptions {
  /** Number and first byte of the first line, where the source is a part of a file. @default - those of a whole file */
  readonly first?: { readonly number: number; readonly start: number };
  /** Number of the last line that may be there, blank or not. @default - none */
  readonly maxNumber?: number;
}

/**
 * The lines of a file as it arrives, blank ones left out but counted; at most one line is held. The thread's other work
 * runs in between.
 * @throws {TooManyLines} at the line after `maxNumber`
 */
export async function* readLines(
  source: AsyncIterable<Buffer>,
  maxBytes: number,
  { first = { number: 1, start: 0 }, maxNumber = Number.POSITIVE_INFINITY }: ReadLinesOptions = {},
): AsyncGenerator<FileLine> {
  let { number, start } = first;
  let held: Buffer[] = [];
  let length = 0;
  const pacer = new Pacer();
  const take = (end: number): FileLine | undefined => {
    const bytes = length > maxBytes ? undefined : withoutMark(Buffer.concat(held), start);
    const line = { number, start, end, bytes };
    number++;
    start = end;
    held = [];
    length = 0;
    return bytes === undefined || !isBlank(bytes) ? line : undefined;
  };
  const hold = (piece: Buffer) => {
    length += piece.length;
    // Bytes of a line that is too long anyway are dropped.
    if (length <= maxBytes) held.push(piece);
    else held = [];
  };
  for await (const chunk of source) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      hold(chunk.subarray(from, at));
      if (number > maxNumber) throw new TooManyLines();
      const pause = pacer.spend(LINE_COST + length);
      const line = take(start + length + 1);
      if (line !== undefined) yield line;
      if (pause !== undefined) await pause;
      from = at + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  }
  if (length === 0) return;
  const line = take(start + length);
  if (line !== undefined) yield line;
}

function withoutMark(bytes: Buffer, start: number): Buffer {
  return start === 0 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === 13);
}
