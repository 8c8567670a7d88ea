import { shuffled } from "../../shuffled.ts";
import { storedHolds } from "../erasure/legal-holds.ts";
import { settleHold } from "../erasure/settle-hold.ts";
import type { PendingStep } from "./run-pending.ts";

/** Goes on with the legal holds of an organisation that were placed or released, in another order each time: none keeps the others waiting. */
export const pendingHolds: PendingStep = async ({ organizationId, store, history, erasable, now, isLate, random }) => {
  const caller = { organizationId };
  const stored = await storedHolds({ caller, store });
  for (const hold of shuffled(stored?.holds ?? [], random)) {
    if (isLate()) return;
    await settleHold({ caller, store, history, erasable, isLate, nowMs: now() }, hold);
  }
};
