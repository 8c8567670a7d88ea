import { useQuery } from "@tanstack/react-query";
import { ApiError, isRefusedByKey } from "../api/api-error.ts";
import { api } from "../api/queries.ts";
import { useSession } from "./session.ts";

/**
 * What somebody may do in the organisation: an owner changes, a reader reads all but admin keys and the audit log. An admin key with scopes
 * of its own is offered what an owner is: the service says of each refusal which scope the key lacks.
 */
export type OrganizationRole = "owner" | "reader" | "none";

/**
 * The role of whoever is signed in. A person's is that of the user, which the session has but for services of a release before; an admin key acts as its user, and only an owner may list admin
 * keys. Asked once a session, as a refusal is an event of the audit log.
 * @param isNeeded whether it is asked now. @default true
 */
export function useOrganizationRole({ isNeeded = true }: { readonly isNeeded?: boolean } = {}) {
  const session = useSession(({ session: now }) => now);
  const { id: userId, role } = session.kind === "person" ? session.user : {};
  return useQuery({
    queryKey: ["organization-role", userId ?? session.kind, role ?? ""],
    staleTime: Number.POSITIVE_INFINITY,
    ...(role === undefined ? {} : { initialData: roleOf(role) }),
    enabled: isNeeded,
    queryFn: async ({ signal }): Promise<OrganizationRole> => {
      try {
        if (userId !== undefined) {
          return roleOf((await api.call("retrieveUser", { path: { user_id: userId }, signal })).role);
        }
        await api.call("listAdminApiKeys", { query: { limit: 1 }, signal });
        return "owner";
      } catch (error) {
        if (!(error instanceof ApiError) || (error.kind !== "forbidden" && error.kind !== "missing")) throw error;
        if (userId !== undefined) return "none";
        return isRefusedByKey(error) ? "owner" : "reader";
      }
    },
  });
}

function roleOf(role: "owner" | "reader" | "member"): OrganizationRole {
  return role === "member" ? "none" : role;
}
