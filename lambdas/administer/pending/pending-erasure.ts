import type { AuditEvent } from "../../../contracts/control/audit-events.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { createAuditEvent } from "../../../domain/tenancy/audit-event.ts";
import { noticed } from "../call/control-call.ts";
import { LostRaceError } from "../call/control-error.ts";
import { begunSubject, continueErasure } from "../erasure/continue-erasure.ts";
import type { PendingStep } from "./run-pending.ts";

/** Goes on with an erasure. Its last event names who began it: nobody else did anything. */
export const pendingErasure: PendingStep = async ({ organizationId, store, erasable, now, isLate }, id) => {
  const begun = await store.get(organizationId, { kind: "erasure", ids: [id] });
  if (begun === undefined || begun.completedAt !== undefined) return;
  const nowMs = now();
  const caller = { organizationId };
  const subject = await begunSubject({ caller, store }, begun);
  const actor = actorNamed(
    begun.requestedBy,
    await store.get(organizationId, { kind: "user", ids: [begun.requestedBy] }),
  );
  await continueErasure(
    {
      caller,
      store,
      erasable,
      nowMs,
      isLate,
      complete: async (completed, replaced) => {
        const event = createAuditEvent("erasure.completed", completed, { actor, project: subject.project, nowMs });
        if (!(await store.write(organizationId, [replaced, ...noticed(event)]))) throw new LostRaceError();
      },
    },
    begun,
    subject,
  );
};

/** @param user undefined where they are gone meanwhile */
function actorNamed(id: string, user: RecordOf<"user"> | undefined): AuditEvent["actor"] {
  return { type: "session", session: { user: { id, email: user?.email ?? "unknown" } } };
}
