import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { api } from "../api/queries.ts";
import { useOrganizationRole } from "../session/organization-role.ts";
import { useSession } from "../session/session.ts";

/** A project as the console shows it. */
export interface ConsoleProject {
  readonly id: string;
  readonly name: string;
  /** Whether whoever is signed in may make and revoke keys of all of the project's accounts. */
  readonly isOwner: boolean;
}

export interface Projects {
  readonly projects: readonly ConsoleProject[];
  /** The project of the page's address, else the first; `undefined` where there is none, or none yet. */
  readonly current: ConsoleProject | undefined;
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly reload: () => void;
}

/** The largest page of the control API. */
const PAGE = 100;
/** More would be too long a list to choose from. */
const MAX_PROJECTS = 1000;
export const PROJECTS_QUERY = ["projects"] as const;

/** @throws {ApiError} */
async function listProjects(signal: AbortSignal): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const projects: { readonly id: string; readonly name: string }[] = [];
  for (let after: string | undefined; projects.length < MAX_PROJECTS; ) {
    const query = after === undefined ? { limit: PAGE } : { limit: PAGE, after };
    const { data, has_more } = await api.call("listProjects", { query, signal });
    projects.push(...data);
    after = data.at(-1)?.id;
    if (!has_more || after === undefined) break;
  }
  return projects;
}

/** The projects of a person, or up to a thousand of the organisation for an administrator. */
export function useProjects(): Projects {
  const session = useSession(({ session: now }) => now);
  const { project: wanted } = useSearch({ from: "/app" });
  const isPerson = session.kind === "person";
  const role = useOrganizationRole({ isNeeded: session.kind === "admin-key" });
  const listed = useQuery({
    queryKey: PROJECTS_QUERY,
    queryFn: ({ signal }) => listProjects(signal),
    enabled: session.kind === "admin-key",
  });
  const projects: readonly ConsoleProject[] = isPerson
    ? session.projects.map(({ id, name, role }) => ({ id, name, isOwner: role === "owner" }))
    : (listed.data ?? []).map(({ id, name }) => ({ id, name, isOwner: role.data === "owner" }));
  return {
    projects,
    current: projects.find(({ id }) => id === wanted) ?? projects[0],
    isLoading: !isPerson && listed.isPending,
    error: listed.error,
    reload: () => void listed.refetch(),
  };
}
