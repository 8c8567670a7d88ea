import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { deleteChat, readChat, readEvents } from "./chats-api.ts";
import type { Played } from "./playback.tsx";
import { responseText } from "./playback.tsx";
import { recordingOf } from "./recording.ts";

/** How long what was read of a closed window stays in memory. */
const GONE_MS = 60_000;

export function chatQuery(id: string) {
  return queryOptions({
    queryKey: ["chat", id],
    queryFn: ({ signal }) => readChat(id, signal),
    // It does not change; reading others' content again would be one more audit event.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: GONE_MS,
  });
}

/** Generations with their recordings, in this order. */
export function playedQuery(ids: readonly string[]) {
  return queryOptions({
    queryKey: ["played", ...ids],
    queryFn: ({ client, signal }): Promise<readonly Played[]> =>
      Promise.all(
        ids.map(async (id) => {
          const chat = await client.ensureQueryData(chatQuery(id));
          const bytes = chat.chunks === null ? new Uint8Array() : await readEvents(id, signal);
          const { stream: isStream, chunks } = chat;
          const recording = recordingOf({ bytes, isStream, chunks: chunks ?? [], wholeText: responseText(chat) });
          return { chat, recording };
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: GONE_MS,
  });
}

export function useDeleteChat(id: string, done: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => deleteChat(id),
    onSuccess: async () => {
      done();
      for (const name of ["chat", "played"]) queries.removeQueries({ queryKey: [name, id] });
      await queries.resetQueries({ queryKey: ["chats"] });
    },
  });
}
