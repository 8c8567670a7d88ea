import { useQuery } from "@tanstack/react-query";
import { api } from "../../api/queries.ts";
import { useProjects } from "../../projects/projects.ts";
import { usePermission } from "../../session/permissions.ts";
import type { Grouping } from "./dashboard-search.ts";

/** The largest page of the control API: what is beyond it is shown by its id. */
const MAX_NAMED = 100;

/** What people call the ids of a grouping: names of projects and of the chosen project's keys, addresses of users. An unknown one is its id. */
export function useGroupNames(by: Grouping): (id: string) => string {
  const { projects, current } = useProjects();
  const mayReadUsers = usePermission("users.read") ?? true;
  const users = useQuery({
    queryKey: ["names", "users"],
    queryFn: ({ signal }) => api.call("listUsers", { query: { limit: MAX_NAMED }, signal }),
    enabled: by === "user" && mayReadUsers,
  });
  const keys = useQuery({
    queryKey: ["names", "keys", current?.id],
    queryFn: ({ signal }) =>
      api.call("listProjectApiKeys", {
        path: { project_id: current?.id ?? "" },
        query: { limit: MAX_NAMED },
        signal,
      }),
    enabled: by === "key" && current !== undefined,
  });
  const names = new Map<string, string>();
  if (by === "project") for (const { id, name } of projects) names.set(id, name);
  if (by === "user") for (const { id, email } of users.data?.data ?? []) names.set(id, email);
  if (by === "key") for (const { id, name } of keys.data?.data ?? []) names.set(id, name);
  return (id) => names.get(id) ?? id;
}
