import { type Chat, NEXT_CHATS_HEADER } from "../../contracts/history/chats.ts";
import { contentText } from "../../lib/chat-text.ts";

/** The history of the scripted service. */
export interface ScriptedHistory {
  /** The newest first, with their content. */
  readonly chats: ScriptedChatRecord[];
  /** Whether others' content is open. */
  isOpen: boolean;
  /** Whether the project's history may be read at all. */
  isAllowed: boolean;
  /** Whether the environment stores a history. */
  isOn: boolean;
  retention: string;
}

export interface ScriptedChatRecord extends Chat {
  /** Of the response, as it was sent. */
  readonly bytes: Buffer;
  /** Whether it is of the caller's own keys. */
  readonly isOwn: boolean;
}

interface Call {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}

/** A response, or why there is none; `undefined` for a path that is not the history's. */
type Result =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string | Buffer }
  | "denied"
  | "missing"
  | undefined;

/** Most bytes of a range, few so that tests need several. */
const RANGE = 1_000;

export function emptyHistory(): ScriptedHistory {
  return { chats: [], isOpen: false, isAllowed: true, isOn: true, retention: "none" };
}

export function respondWithHistory(call: Call, range: string | undefined, history: ScriptedHistory): Result {
  const { method, url, body } = call;
  const { pathname, searchParams: query } = new URL(url, "http://api");
  const project = /^\/v1\/organization\/projects\/[^/]+\/(data_retention|history_access)$/.exec(pathname);
  if (project?.[1] === "history_access") {
    history.isOpen = true;
    return json({ object: "project.history_access", ...(body as object) });
  }
  if (project !== null) {
    if (method === "POST") history.retention = (body as { readonly retention_type: string }).retention_type;
    return json({ object: "project.data_retention", type: history.retention });
  }
  if (!pathname.startsWith("/api/chats")) return undefined;
  if (!history.isOn) return "missing";
  const [, , , id, view] = pathname.split("/");
  if (id === undefined || id === "export") return listed(query, id === "export", history);
  const index = history.chats.findIndex((chat) => chat.id === id);
  const chat = history.chats[index];
  if (chat === undefined) return "missing";
  if (method === "DELETE") {
    history.chats.splice(index, 1);
    return json({ object: "project.chat.deleted", id, deleted: true });
  }
  if (!chat.isOwn && !history.isOpen) return "denied";
  return view === "events" ? ranged(chat.bytes, range) : json(shown(chat, true));
}

function listed(query: URLSearchParams, isExport: boolean, history: ScriptedHistory): Result {
  const isProject = query.has("project");
  const q = query.get("q")?.toLowerCase();
  if (isProject && (!history.isAllowed || ((isExport || q !== undefined) && !history.isOpen))) return "denied";
  const wanted = history.chats.filter(
    (chat) =>
      (isProject || chat.isOwn) &&
      (query.get("model") ?? chat.model) === chat.model &&
      (query.get("api_key_id") ?? chat.api_key_id) === chat.api_key_id,
  );
  const limit = Number(query.get("limit") ?? (isExport ? 2 : 20));
  const start = Number(query.get("after") ?? 0);
  const looked = wanted.slice(start, start + limit);
  const has = ({ messages }: Chat) =>
    messages?.some(({ content }) =>
      contentText(content)
        .toLowerCase()
        .includes(q ?? ""),
    );
  // A search has fewer rows than it has looked at, as the service's.
  const found = looked.filter((chat) => q === undefined || has(chat));
  const next = start + limit < wanted.length ? String(start + limit) : null;
  const rows = found.map((chat) => shown(chat, isExport || query.has("include[]")));
  if (!isExport) return json({ object: "list", data: rows, has_more: next !== null, next });
  const isCsv = query.get("format") === "csv";
  const lines = rows.map((row) => (isCsv ? `${row.id},${row.model}\r\n` : `${JSON.stringify(row)}\n`));
  const head = isCsv && start === 0 ? "id,model\r\n" : "";
  const headers: Record<string, string> = next === null ? {} : { [NEXT_CHATS_HEADER]: next };
  return { status: 200, headers, body: head + lines.join("") };
}

function shown(
  { bytes: _bytes, isOwn: _own, messages, chunks, ...chat }: ScriptedChatRecord,
  hasContent: boolean,
): Chat {
  return hasContent ? { ...chat, messages: messages ?? null, chunks: chunks ?? null } : chat;
}

function ranged(bytes: Buffer, range: string | undefined): Result {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
  const part = bytes.subarray(from, from + RANGE);
  const headers = { "content-range": `bytes ${from}-${from + part.length - 1}/${bytes.length}` };
  return { status: 206, headers, body: part };
}

function json(value: unknown): Result {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

interface ScriptedChatFields extends Partial<Omit<ScriptedChatRecord, "id" | "bytes">> {
  readonly prompt?: string;
  /** Pieces of the streamed answer, each sent 100 ms after the one before. */
  readonly pieces?: readonly string[];
}

/** A streamed chat. @param number of it, in its id: the higher, the newer */
export function scriptedChat(
  number: number,
  { prompt = "Hello", pieces = ["Hi"], ...fields }: ScriptedChatFields = {},
) {
  const events = pieces.map((content) =>
    Buffer.from(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`),
  );
  const writes = [...events, Buffer.from("data: [DONE]\n\n")];
  const record: ScriptedChatRecord = {
    id: `gen_${String(number).padStart(32, "0")}`,
    object: "project.chat",
    created_at: 1_790_000_000 + number,
    created: new Date((1_790_000_000 + number) * 1000).toISOString(),
    request_id: `req_${number}`,
    endpoint: "/v1/chat/completions",
    model: "phi-3-mini",
    target: "phi-3-mini",
    status: 200,
    project_id: "proj_1",
    api_key_id: "key_abcdefghijkl",
    owner_id: "user-ada",
    stream: true,
    aborted: false,
    batch: false,
    input_tokens: 12,
    output_tokens: 34,
    duration_ms: writes.length * 100,
    first_token_ms: 100,
    request_bytes: 100,
    response_bytes: Buffer.concat(writes).length,
    messages: [
      { role: "user", content: prompt },
      { role: "assistant", content: pieces.join("") },
    ],
    chunks: writes.map((bytes, index): [number, number] => [(index + 1) * 100, bytes.length]),
    bytes: Buffer.concat(writes),
    isOwn: true,
    ...fields,
  };
  return record;
}
