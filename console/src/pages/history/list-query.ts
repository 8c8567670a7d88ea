import { infiniteQueryOptions } from "@tanstack/react-query";
import { type ChatFilter, listChats } from "./chats-api.ts";

/** The generations of a filter, page by page. */
export function chatsQuery(filter: ChatFilter) {
  return infiniteQueryOptions({
    queryKey: ["chats", filter],
    queryFn: ({ pageParam, signal }) => listChats(filter, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });
}
