import type { QueueShare } from "../../domain/admission/weighted-shares.ts";
import type { GatewayKey } from "../keys/key-store.ts";

/** Of a project that has no weight of its own, and of a tenant without a project. */
const USUAL_WEIGHT = 1;

/** Whose part of a full pool a request takes: that of its key's project by the project's weight, else its tenant's. */
export function queueShare(tenant: string, key: Pick<GatewayKey, "projectId" | "weight"> | undefined): QueueShare {
  if (key?.projectId === undefined) return { id: tenant, weight: USUAL_WEIGHT };
  return { id: `project:${key.projectId}`, weight: key.weight ?? USUAL_WEIGHT };
}
