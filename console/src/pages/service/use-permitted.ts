import { useQuery } from "@tanstack/react-query";
import { ApiError, isRefusedByKey } from "../../api/api-error.ts";
import { addOperations } from "../../api/operations.ts";
import { api } from "../../api/queries.ts";
import { ROLE_OPERATIONS } from "../../api/role-operations.ts";
import { useOrganizationRole } from "../../session/organization-role.ts";
import { useSession } from "../../session/session.ts";
import type { GatewayKeys } from "./gateway-keys.ts";

addOperations(ROLE_OPERATIONS);

/**
 * Whether whoever is signed in may do what keys of the gateways are for. Owners may. A reader asks the service what it would decide, which is no refusal in the audit
 * log; others, who may not ask that, request a key once a session.
 */
export function usePermitted(scope: "service_logs.read" | "operator_keys.write", keys: GatewayKeys) {
  const { data: role } = useOrganizationRole();
  const userId = useSession(({ session }) => (session.kind === "person" ? session.user.id : undefined));
  return useQuery({
    queryKey: ["permitted", scope, userId ?? "admin-key", role ?? ""],
    staleTime: Number.POSITIVE_INFINITY,
    enabled: role !== undefined,
    ...(role === "owner" ? { initialData: true } : {}),
    queryFn: async ({ signal }): Promise<boolean> => {
      if (role === "reader" && userId !== undefined) {
        const query = { principal_type: "user", principal_id: userId, scope } as const;
        return (await api.call("retrieveAccessDecision", { query, signal })).outcome === "allowed";
      }
      try {
        await keys.get();
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.kind === "forbidden" && !isRefusedByKey(error)) return false;
        throw error;
      }
    },
  });
}
