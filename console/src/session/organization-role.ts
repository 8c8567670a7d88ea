import { useQuery } from "@tanstack/react-query";
import { ApiError } from "../api/api-error.ts";
import { api } from "../api/queries.ts";
import { useSession } from "./session.ts";

/** What somebody may do in the organisation: an owner changes, a reader reads all but admin keys and the audit log. */
export type OrganizationRole = "owner" | "reader" | "none";

/**
 * The role of whoever is signed in. A person's is that of the user; an admin key acts as its user, and only an owner may list admin
 * keys. Asked once a session, as a refusal is an event of the audit log.
 * @param isNeeded whether it is asked now. @default true
 */
export function useOrganizationRole({ isNeeded = true }: { readonly isNeeded?: boolean } = {}) {
  const session = useSession(({ session: now }) => now);
  const userId = session.kind === "person" ? session.user.id : undefined;
  return useQuery({
    queryKey: ["organization-role", userId ?? session.kind],
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isNeeded,
    queryFn: async ({ signal }): Promise<OrganizationRole> => {
      try {
        if (userId !== undefined) {
          const { role } = await api.call("retrieveUser", { path: { user_id: userId }, signal });
          return role === "member" ? "none" : role;
        }
        await api.call("listAdminApiKeys", { query: { limit: 1 }, signal });
        return "owner";
      } catch (error) {
        if (!(error instanceof ApiError) || (error.kind !== "forbidden" && error.kind !== "missing")) throw error;
        return userId === undefined ? "reader" : "none";
      }
    },
  });
}
