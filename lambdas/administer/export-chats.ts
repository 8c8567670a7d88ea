import * as z from "zod";
import { type Chat, ChatPage, NEXT_CHATS_HEADER } from "../../contracts/history/chats.ts";
import { contentText } from "../../lib/chat-text.ts";
import type { ControlResponse } from "./administer.ts";

export const ExportQuery = z.strictObject({ format: z.enum(["csv", "json", "jsonl"]).default("jsonl") });
export type ExportQuery = z.infer<typeof ExportQuery>;

const COLUMNS = [
  "id",
  "created",
  "model",
  "endpoint",
  "project_id",
  "api_key_id",
  "owner_id",
  "status",
  "stream",
  "aborted",
  "input_tokens",
  "output_tokens",
  "duration_ms",
  "first_token_ms",
] as const satisfies readonly (keyof Chat)[];

/**
 * A page of chats in the format of an export. Pages of CSV and JSON Lines one after another are one file: the first page
 * alone has the table's head.
 */
export function exported(page: ControlResponse, format: ExportQuery["format"], isFirst: boolean): ControlResponse {
  const { data, next } = ChatPage.parse(page.body);
  const headers = { ...page.headers, ...(next === null ? {} : { [NEXT_CHATS_HEADER]: next }) };
  if (format === "json") return { ...page, headers };
  const text = format === "csv" ? csvOf(data, isFirst) : data.map((chat) => `${JSON.stringify(chat)}\n`).join("");
  const type = format === "csv" ? "text/csv; charset=utf-8" : "application/jsonl";
  return { status: 200, headers: { ...headers, "content-type": type }, body: undefined, bytes: Buffer.from(text) };
}

function csvOf(chats: readonly Chat[], isFirst: boolean): string {
  const head = isFirst ? [[...COLUMNS, "prompt", "response"]] : [];
  const rows = chats.map((chat) => {
    const messages = chat.messages ?? [];
    const prompt = messages.slice(0, -1).map(textOf).join("\n");
    return [...COLUMNS.map((column) => chat[column]), prompt, messages.slice(-1).map(textOf).join("")];
  });
  return [...head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function textOf({ content }: { readonly content: unknown }): string {
  return contentText(content);
}

/** RFC 4180. A text that a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV injection). */
function cell(value: unknown): string {
  if (typeof value !== "string") return value === null || value === undefined ? "" : String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
