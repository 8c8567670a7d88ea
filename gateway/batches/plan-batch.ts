import { createHash } from "node:crypto";
import { type BatchEndpoint, type BatchError, MAX_BATCH_LINES } from "../../contracts/api/batches.ts";
import type { SliceItem } from "./batch-items.ts";
import { checkRequest, isProblem } from "./check-request.ts";
import { type FileLine, readLines, TooManyLines } from "./read-lines.ts";

/** Enough to see what is going on; the table's item has room for 400 KB. */
const MAX_ERRORS = 100;

export interface PlanOptions {
  readonly endpoint: BatchEndpoint;
  readonly maxLineBytes: number;
  readonly linesPerSlice: number;
  /** @default - OpenAI's 50,000 */
  readonly maxLines?: number;
  /**
   * Line breaks that are looked at.
   * @default - twice `maxLines` and 1000: as many blank lines as filled ones, and a few
   */
  readonly maxLineBreaks?: number;
}

export interface BatchPlan {
  readonly lines: number;
  readonly slices: readonly SliceItem[];
  /** The first hundred problems of the file; with any, no request is sent. */
  readonly errors: readonly BatchError[];
}

/** Checks every line of an input file and cuts it into slices, reading it once. */
export async function planBatch(source: AsyncIterable<Buffer>, options: PlanOptions): Promise<BatchPlan> {
  const { endpoint, maxLineBytes, linesPerSlice, maxLines = MAX_BATCH_LINES } = options;
  const { maxLineBreaks = 2 * maxLines + 1000 } = options;
  const errors: BatchError[] = [];
  const slices: SliceItem[] = [];
  const seen = new Map<string, number>();
  let lines = 0;
  try {
    for await (const line of readLines(source, maxLineBytes, { maxNumber: maxLineBreaks })) {
      if (++lines > maxLines) return tooManyLines(lines, `${maxLines} lines`);
      const checked = checkRequest(line, endpoint, maxLineBytes);
      if (isProblem(checked)) errors.push(checked);
      else errors.push(...repetition(checked.customId, line, seen));
      if (errors.length >= MAX_ERRORS) break;
      addToSlices(slices, line, linesPerSlice);
    }
  } catch (error) {
    if (!(error instanceof TooManyLines)) throw error;
    return tooManyLines(lines, `${maxLineBreaks} lines, blank ones included`);
  }
  if (lines === 0)
    errors.push({
      code: "empty_file",
      line: null,
      param: null,
      message: "The file has no lines. Write one request in each.",
    });
  return { lines, slices: errors.length > 0 ? [] : slices, errors };
}

function tooManyLines(lines: number, most: string): BatchPlan {
  const message = `The file has more than ${most}. Cut it into several batches.`;
  return { lines, slices: [], errors: [{ code: "too_many_lines", line: null, param: null, message }] };
}

function repetition(customId: string, line: FileLine, seen: Map<string, number>): readonly BatchError[] {
  // A digest, so that 50,000 long ids are 5 MB and not 50.
  const digest = createHash("sha256").update(customId).digest("base64").slice(0, 22);
  const earlier = seen.get(digest);
  if (earlier === undefined) {
    seen.set(digest, line.number);
    return [];
  }
  const message = `\`custom_id\` is the same as in line ${earlier}. Use a different one in each line: results are matched by it.`;
  return [{ code: "duplicate_custom_id", line: line.number, param: "custom_id", message }];
}

function addToSlices(slices: SliceItem[], line: FileLine, linesPerSlice: number): void {
  const last = slices.at(-1);
  if (last === undefined || last.lines >= linesPerSlice) {
    const { start, end, number: firstLine } = line;
    slices.push({ index: slices.length, start, end, firstLine, lines: 1, attempts: 0 });
  } else slices[slices.length - 1] = { ...last, end: line.end, lines: last.lines + 1 };
}
