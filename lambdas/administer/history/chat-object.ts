import type { Chat } from "../../../contracts/history/chats.ts";
import type { StoredGeneration } from "../../../contracts/history/stored-generation.ts";
import type { GenerationContent } from "../../../domain/history/generation-content.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { chatMessages } from "./chat-messages.ts";

/** A chat as the API shows it. @param content `erased` where it is gone; undefined where it was not asked for */
export function toChat(stored: StoredGeneration, content?: GenerationContent | "erased"): Chat {
  return {
    id: stored.id,
    object: "project.chat",
    created_at: unixSeconds(Date.parse(stored.at)),
    created: stored.at,
    request_id: stored.requestId,
    endpoint: stored.route,
    model: stored.model,
    target: stored.target ?? null,
    status: stored.status,
    project_id: stored.projectId ?? null,
    api_key_id: `key_${stored.keyId}`,
    owner_id: stored.ownerId ?? null,
    stream: stored.isStream,
    aborted: stored.isAborted,
    batch: stored.isBatch,
    input_tokens: stored.inputTokens,
    output_tokens: stored.outputTokens,
    duration_ms: stored.durationMs,
    first_token_ms: stored.firstTokenMs ?? null,
    request_bytes: stored.requestBytes,
    response_bytes: stored.responseBytes,
    ...contentOf(content),
  };
}

function contentOf(content: GenerationContent | "erased" | undefined): Pick<Chat, "messages" | "chunks"> {
  if (content === undefined) return {};
  if (content === "erased") return { messages: null, chunks: null };
  return {
    messages: chatMessages(content).map(({ role, content: shown }) => ({ role, content: shown })),
    chunks: content.chunks.map(([ms, bytes]): [number, number] => [ms, bytes]),
  };
}
