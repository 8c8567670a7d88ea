import { useQuery } from "@tanstack/react-query";
import { ApiError, isRefusedByKey } from "../../api/api-error.ts";
import { addOperations } from "../../api/operations.ts";
import { api } from "../../api/queries.ts";
import { ROLE_OPERATIONS } from "../../api/role-operations.ts";
import { useOrganizationRole } from "../../session/organization-role.ts";
import { usePermission } from "../../session/permissions.ts";
import { useSession } from "../../session/session.ts";
import type { GatewayKeys } from "./gateway-keys.ts";

addOperations(ROLE_OPERATIONS);

/**
 * Whether whoever is signed in may do what keys of the gateways are for, as the session says. Where it doesn't, owners may; a reader requests what the service would
 * decide, which is no refusal in the audit log; others, who may not request that, request a key once a session.
 */
export function usePermitted(scope: "service_logs.read" | "operator_keys.write", keys: GatewayKeys) {
  const { data: role } = useOrganizationRole();
  const known = usePermission(scope);
  const userId = useSession(({ session }) => (session.kind === "person" ? session.user.id : undefined));
  return useQuery({
    queryKey: ["permitted", scope, userId ?? "admin-key", role ?? "", known ?? "unknown"],
    staleTime: Number.POSITIVE_INFINITY,
    enabled: role !== undefined && known === undefined,
    ...initialData(known ?? (role === "owner" || undefined)),
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

function initialData(isPermitted: boolean | undefined) {
  return isPermitted === undefined ? {} : { initialData: isPermitted };
}
