import * as z from "zod";
import { queryInteger } from "../query/query-integer.ts";

/** Short paths of the history: `/api/chats`, `/api/chats/{id}`, `/api/chats/{id}/events` and `/api/chats/export`. */
export const CHATS_ALIAS = "/api/chats";

/** On a page of an export: the `after` of the next page; absent on the last. */
export const NEXT_CHATS_HEADER = "x-sluice-next";

/** Whole seconds since 1970. */
const Seconds = z.int().nonnegative();
const Id = z
  .string()
  .regex(/^[\w-]{1,200}$/, "must be an id: 1 to 200 letters, digits, _ and -; correct it in the query");

/** A message of a chat: what the client sent, or what the model responded. */
const ChatMessage = z.strictObject({
  role: z.string(),
  /** Text, or the parts of a message as the client sent them. */
  content: z.unknown(),
});

/** What is stored in clear of one generation; with its content where that was asked for. */
export const Chat = z.strictObject({
  id: z.string(),
  object: z.literal("project.chat"),
  created_at: Seconds,
  /** ISO 8601 with milliseconds. */
  created: z.string(),
  request_id: z.string(),
  endpoint: z.string(),
  model: z.string(),
  /** The pool or provider's model that responded. */
  target: z.string().nullable(),
  status: z.int(),
  project_id: z.string().nullable(),
  api_key_id: z.string(),
  /** The user or service account of the key. */
  owner_id: z.string().nullable(),
  stream: z.boolean(),
  aborted: z.boolean(),
  batch: z.boolean(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  duration_ms: z.number(),
  first_token_ms: z.number().nullable(),
  request_bytes: z.int(),
  response_bytes: z.int(),
  /** Messages of the request, and the model's. Null where the content was erased. @default - it was not asked for */
  messages: z.array(ChatMessage).nullable().exactOptional(),
  /** Of each write of the response: milliseconds since the request arrived, and bytes. @default - as `messages` */
  chunks: z
    .array(z.tuple([z.number(), z.int()]))
    .nullable()
    .exactOptional(),
});
export type Chat = z.infer<typeof Chat>;
export const ChatPage = z.strictObject({
  object: z.literal("list"),
  data: z.array(Chat),
  has_more: z.boolean(),
  next: z.string().nullable(),
});
export type ChatPage = z.infer<typeof ChatPage>;
export const ChatDeleted = z.strictObject({
  object: z.literal("project.chat.deleted"),
  id: z.string(),
  deleted: z.boolean(),
});

/** The newest first. A page may have fewer than `limit` chats, or none, and still a next one. */
export const ListChatsQuery = z.strictObject({
  /** The `next` of the page before. */
  after: z.string().min(1).max(200).optional(),
  limit: queryInteger(z.int().min(1).max(100)).default(20),
  api_key_id: Id.optional(),
  /** A user or a service account. */
  owner_id: Id.optional(),
  model: z.string().min(1).max(200).optional(),
  /** Text that a message has, whatever its case. */
  q: z.string().min(1).max(200).optional(),
  /** Also messages and chunks. */
  "include[]": z.array(z.literal("content")).optional(),
});
export type ListChatsQuery = z.infer<typeof ListChatsQuery>;

/** Longest time for which the content of a project's history can be opened: a working day. */
const MAX_ACCESS_SECONDS = 8 * 3600;
/** Opens the content of others' history for the caller. */
export const CreateHistoryAccess = z.strictObject({
  reason: z.string().trim().min(10).max(500),
  expires_in_seconds: z.int().min(60).max(MAX_ACCESS_SECONDS),
});
export const HistoryAccess = z.strictObject({
  object: z.literal("project.history_access"),
  project_id: z.string(),
  user_id: z.string(),
  reason: z.string(),
  expires_at: Seconds,
});
