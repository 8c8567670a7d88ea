import { type ChatFilter, exportPage } from "./chats-api.ts";

export const FORMATS = ["csv", "json", "jsonl"] as const;
export type Format = (typeof FORMATS)[number];

const TYPES = { csv: "text/csv;charset=utf-8", json: "application/json", jsonl: "application/jsonl" } as const;

/** A file that is being written page by page; a failed one goes on where it stopped. */
export interface ExportFile {
  readonly format: Format;
  /** Pages so far. The browser may keep them on disk. */
  readonly parts: readonly Blob[];
  readonly bytes: number;
  /** Cursor of the next page. @default - the first page */
  readonly next: string | undefined;
  readonly isDone: boolean;
}

export function emptyExport(format: Format): ExportFile {
  return { format, parts: [], bytes: 0, next: undefined, isDone: false };
}

/** The file with one page more. @throws {ApiError} after which the same file can be tried again */
export async function withNextPage(file: ExportFile, filter: ChatFilter, signal: AbortSignal): Promise<ExportFile> {
  const { format, next: after } = file;
  const page = await exportPage(filter, format === "csv" ? "csv" : "jsonl", after, signal);
  const parts = [...file.parts, new Blob([page.bytes])];
  return {
    format,
    parts,
    bytes: file.bytes + page.bytes.byteLength,
    next: page.next,
    isDone: page.next === undefined,
  };
}

/** The whole file. JSON is an array of the lines of JSON Lines. */
export async function blobOf({ format, parts }: ExportFile): Promise<Blob> {
  const type = TYPES[format];
  if (format !== "json") return new Blob([...parts], { type });
  const pieces: BlobPart[] = ["[\n"];
  let isFirst = true;
  for (const part of parts) {
    const lines = (await part.text()).trimEnd().replaceAll("\n", ",\n");
    if (lines === "") continue;
    pieces.push(isFirst ? "" : ",\n", lines);
    isFirst = false;
  }
  return new Blob([...pieces, "\n]\n"], { type });
}
