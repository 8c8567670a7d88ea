const NEWLINE = 0x0a;

/** The longest line, in bytes: twice the largest item of DynamoDB, so that a file without line ends fills no memory. */
export const MAX_LINE_BYTES = 800_000;

/** A line without its end. `isWhole` is false for a last line without one, and for one that is too long. */
export interface FileLine {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
}

/** The lines of a file, of which one piece at a time is in memory. A line that is too long is the last one. */
export async function* fileLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<readonly FileLine[]> {
  let rest = Buffer.alloc(0);
  for await (const piece of pieces) {
    const data =
      rest.length === 0 ? Buffer.from(piece.buffer, piece.byteOffset, piece.length) : Buffer.concat([rest, piece]);
    const lines: FileLine[] = [];
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, start)) {
      lines.push({ bytes: data.subarray(start, end), isWhole: true });
      start = end + 1;
    }
    yield lines;
    rest = Buffer.from(data.subarray(start));
    if (rest.length > MAX_LINE_BYTES) break;
  }
  if (rest.length > 0) yield [{ bytes: rest, isWhole: false }];
}
