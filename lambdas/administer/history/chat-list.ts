import type { Chat, ListChatsQuery } from "../../../contracts/history/chats.ts";
import type { StoredGeneration } from "../../../contracts/history/stored-generation.ts";
import { listEntry } from "../../../domain/history/generation-keys.ts";
import { nextPage } from "../call/control-call.ts";
import type { HistorySource } from "../store/history-source.ts";
import { chatMessages, messageText } from "./chat-messages.ts";
import { toChat } from "./chat-object.ts";

/** Generations that one request looks at, and those whose content it decrypts: a page ends there, with a next one. */
const MAX_LOOKED_AT = 1000;
const MAX_OPENED = 200;
/** Of the chats of a page as JSON: a load balancer takes 1 MB from a function. */
export const MAX_PAGE_BYTES = 800_000;

/** Whether a query needs the content of chats, and not what is stored in clear alone. */
export function needsContent(query: Pick<ListChatsQuery, "q" | "include[]">): boolean {
  return query.q !== undefined || query["include[]"] !== undefined;
}

/** A page of a subject's chats, the newest first. */
export async function chatList(source: HistorySource, subject: string, query: ListChatsQuery) {
  const { limit } = query;
  const chats: Chat[] = [];
  let cursor = query.after;
  let [looked, opened, bytes] = [0, 0, 0];
  for (;;) {
    const page = await source.list(subject, cursor, Math.min(100, MAX_LOOKED_AT));
    for (const generation of page.generations) {
      if (isWanted(generation, query)) {
        const chat = await shown(source, generation, query);
        if (needsContent(query)) opened++;
        const size = chat === undefined ? 0 : JSON.stringify(chat).length * 2;
        // One that is too large by itself is listed without its content.
        if (chat !== undefined && chats.length > 0 && bytes + size > MAX_PAGE_BYTES * 2) return nextPage(chats, cursor);
        if (chat !== undefined) chats.push(size > MAX_PAGE_BYTES * 2 ? toChat(generation) : chat);
        bytes += size;
      }
      cursor = listEntry(generation);
      looked++;
      if (chats.length >= limit || looked >= MAX_LOOKED_AT || opened >= MAX_OPENED) return nextPage(chats, cursor);
    }
    if (page.next === undefined) return nextPage(chats, undefined);
    cursor = page.next;
  }
}

function isWanted({ keyId, ownerId, model }: StoredGeneration, query: ListChatsQuery): boolean {
  return (
    (query.api_key_id === undefined || query.api_key_id === `key_${keyId}`) &&
    (query.owner_id === undefined || query.owner_id === ownerId) &&
    (query.model === undefined || query.model === model)
  );
}

/** @returns undefined where it has not the text that is searched */
async function shown(
  source: HistorySource,
  generation: StoredGeneration,
  query: ListChatsQuery,
): Promise<Chat | undefined> {
  if (!needsContent(query)) return toChat(generation);
  const content = await source.content(generation);
  const wanted = query.q?.toLowerCase();
  const has = (text: string) => text.toLowerCase().includes(wanted ?? "");
  if (wanted !== undefined && (content === undefined || !chatMessages(content).some((one) => has(messageText(one)))))
    return undefined;
  return query["include[]"] === undefined ? toChat(generation) : toChat(generation, content ?? "erased");
}
