import type { QueueShare } from "../../domain/admission/weighted-shares.ts";
import type { GatewayKey } from "../keys/key-store.ts";

/** Of a project that has no weight of its own, of a key without a project, and of all callers without a key. */
const USUAL_WEIGHT = 1;
/** Who has many addresses gets no more of a full pool than a project does. */
const KEYLESS: QueueShare = { id: "keyless", weight: USUAL_WEIGHT };

/**
 * Whose part of a full pool a request takes: that of its key's project by the project's weight; of a key without one, its
 * tenant's; without a key, that of all callers without one.
 */
export function queueShare(tenant: string, key: Pick<GatewayKey, "projectId" | "weight"> | undefined): QueueShare {
  if (key === undefined) return KEYLESS;
  if (key.projectId === undefined) return { id: tenant, weight: USUAL_WEIGHT };
  return { id: `project:${key.projectId}`, weight: key.weight ?? USUAL_WEIGHT };
}
