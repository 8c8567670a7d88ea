import type { CHATS_ALIAS, Chat, ChatPage, NEXT_CHATS_HEADER } from "../../../../contracts/history/chats.ts";
import { contentText } from "../../../../lib/chat-text.ts";
import { ApiError } from "../../api/api-error.ts";
import { api } from "../../api/queries.ts";
import type { HistorySearch } from "./history-search.ts";

const PATH: typeof CHATS_ALIAS = "/api/chats";
const NEXT: typeof NEXT_CHATS_HEADER = "x-sluice-next";

/** Generations of a page of the list. */
const PAGE_SIZE = 20;
/** Characters of a prompt that a row shows. */
const PREVIEW = 120;
/** Most tries to read on where a long response is sent in parts. */
const MAX_PARTS = 100;

/** What is listed: the filters, and the project where it is not the caller's own history. */
export interface ChatFilter extends Pick<HistorySearch, "q" | "model" | "key"> {
  /** @default - the generations of the caller's own keys */
  readonly project?: string;
}

/** A row of the list. */
export interface ChatRow extends Omit<Chat, "messages" | "chunks"> {
  /** Beginning of the last prompt; `undefined` where the content was not read. */
  readonly preview: string | undefined;
}

export interface ChatRows {
  readonly rows: readonly ChatRow[];
  readonly next: string | null;
}

/**
 * A page of the list. One's own history comes with the beginning of each prompt; others' content is not read for a list.
 * @throws {ApiError}
 */
export async function listChats(filter: ChatFilter, after: string, signal: AbortSignal): Promise<ChatRows> {
  const content = filter.project === undefined ? { "include[]": "content" } : {};
  const query = { ...queryOf(filter), ...content, limit: PAGE_SIZE, after: after === "" ? undefined : after };
  const { body } = await api.send({ method: "GET", path: PATH, query, signal });
  const { data, next } = body as ChatPage;
  return { rows: data.map(rowOf), next };
}

function rowOf({ messages, chunks: _, ...row }: Chat): ChatRow {
  const prompt = messages?.filter(({ role }) => role !== "assistant").at(-1);
  const text = prompt === undefined ? undefined : contentText(prompt.content).slice(0, PREVIEW).toWellFormed();
  return { ...row, preview: text };
}

/** A generation with its messages. @throws {ApiError} `forbidden` where its content is closed */
export async function readChat(id: string, signal: AbortSignal): Promise<Chat> {
  const { body } = await api.send({ method: "GET", path: pathOf(id), signal });
  return body as Chat;
}

/** A response's bytes as they were sent; a long one is read in parts. @throws {ApiError} */
export async function readEvents(id: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let from = 0;
  for (let count = 0; count < MAX_PARTS; count += 1) {
    const headers = { range: `bytes=${from}-` };
    const { body, header } = await api.send({
      method: "GET",
      path: `${pathOf(id)}/events`,
      headers,
      as: "bytes",
      signal,
    });
    if (!(body instanceof ArrayBuffer)) throw new ApiError("failed");
    parts.push(new Uint8Array(body));
    from += body.byteLength;
    const [, whole] = /\/(\d+)$/.exec(header("content-range") ?? "") ?? [];
    if (whole === undefined || from >= Number(whole) || body.byteLength === 0) break;
  }
  return joined(parts, from);
}

/** @throws {ApiError} */
export async function deleteChat(id: string): Promise<void> {
  await api.send({ method: "DELETE", path: pathOf(id) });
}

/** A page of the history as a file, and the cursor of the next one. @throws {ApiError} */
export async function exportPage(
  filter: ChatFilter,
  format: "csv" | "jsonl",
  after: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly bytes: ArrayBuffer; readonly next: string | undefined }> {
  const query = { ...queryOf(filter), format, after };
  const { body, header } = await api.send({ method: "GET", path: `${PATH}/export`, query, as: "bytes", signal });
  if (!(body instanceof ArrayBuffer)) throw new ApiError("failed");
  return { bytes: body, next: header(NEXT) };
}

/** Own history by key is not of its project, which the API would read: it names the key by its field. */
function queryOf({ project, key, model, q }: ChatFilter) {
  return { project, api_key_id: key, model, q };
}

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
