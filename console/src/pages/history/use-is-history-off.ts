import { useQuery } from "@tanstack/react-query";
import { readRetention } from "../retention/retention-calls.ts";

/**
 * Whether the environment stores no history at all, by the retention of a project. Such a service may have no path of the history, and then a
 * browser can't tell its response from none.
 */
export function useIsHistoryOff(projectId: string | undefined): boolean {
  const retention = useQuery({
    queryKey: ["admin", "retention", projectId ?? ""],
    enabled: projectId !== undefined,
    queryFn: ({ signal }) => readRetention(projectId ?? "", signal),
  });
  return retention.data?.data.find((row) => row.class === "history")?.days === null;
}
