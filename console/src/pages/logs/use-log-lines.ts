import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import type { LogLineList } from "../../../../contracts/live/log-lines.ts";
import { gatewayAdmin } from "../service/gateway-admin.ts";
import { logKeys } from "../service/gateway-keys.ts";
import { type CollectedLines, collect } from "./collected-lines.ts";
import { type LogsSearch, logsQuery } from "./logs-search.ts";

/** Milliseconds from one list to the request for the next. */
const EVERY_MS = 1000;
/** Lines of one list: the most that the API has. */
const LIMIT = "200";

/** The lines that match, with those that are written while the page is open. */
export function useLogLines(search: LogsSearch, isPaused: boolean) {
  const queries = useQueryClient();
  const { config } = useRouteContext({ from: "__root__" });
  const filter = logsQuery(search).toString();
  const queryKey = ["log-lines", filter];
  return useQuery({
    queryKey,
    async queryFn({ signal }) {
      const before = queries.getQueryData<CollectedLines>(queryKey);
      const query = new URLSearchParams(filter);
      query.set("limit", LIMIT);
      if (before?.since !== undefined) query.set("since", before.since);
      const list = await gatewayAdmin<LogLineList>(config.apiUrl, {
        path: `/logs?${query}`,
        keys: logKeys,
        signal,
      });
      return collect(before, list);
    },
    refetchInterval: ({ state }) => (isPaused || state.error !== null ? false : EVERY_MS),
    // What is paused stays as it is.
    enabled: ({ state }) => !isPaused || state.data === undefined,
    staleTime: 0,
    gcTime: 0,
    structuralSharing: false,
  });
}
