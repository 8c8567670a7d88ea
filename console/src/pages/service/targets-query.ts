import { queryOptions } from "@tanstack/react-query";
import type { AdminOverride, AdminTarget } from "../../../../contracts/api/admin.ts";
import { gatewayAdmin } from "./gateway-admin.ts";

const EVERY_MS = 5000;
export const TARGETS_KEY = ["targets"] as const;

export interface TargetList {
  readonly data: readonly AdminTarget[];
  /** Gateways of earlier releases list none. */
  readonly overrides?: readonly AdminOverride[];
}

/** The targets as the gateway that responds sees them, again every five seconds while they can be read. */
export function targetsQuery(apiUrl: string) {
  return queryOptions({
    queryKey: TARGETS_KEY,
    queryFn: ({ signal }) => gatewayAdmin<TargetList>(apiUrl, { path: "/targets", signal }),
    refetchInterval: ({ state }) => (state.error === null ? EVERY_MS : false),
    staleTime: 0,
  });
}
