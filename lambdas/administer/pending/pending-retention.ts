import { PROJECT_CLASSES } from "../../../contracts/retention/retention.ts";
import { daysOf } from "../../../domain/retention/retention-classes.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { LostRaceError } from "../call/control-error.ts";
import { subjectData } from "../erasure/erasable-subject.ts";
import { SETTLE_SECONDS } from "../erasure/settle-seconds.ts";
import type { PendingStep } from "./run-pending.ts";

/** Gives what a project has stored the end that it has by the project's retention, until nothing has another one and all gateways hold it. */
export const pendingRetention: PendingStep = async (run, id) => {
  const { organizationId, store, expiry, environmentRetention, now, isLate } = run;
  const stored = await store.get(organizationId, { kind: "retention", ids: [id] });
  if (stored === undefined || stored.appliedAt !== undefined) return;
  const caller = { organizationId };
  const data = await subjectData({ caller, store }, { id, type: "project", projectId: id });
  const days = PROJECT_CLASSES.flatMap((name) => {
    const [wanted, usual] = [daysOf(name, environmentRetention, stored.days), environmentRetention[name]];
    return wanted === undefined || usual === undefined ? [] : [[name, { days: wanted, usual }] as const];
  });
  const { changed, isDone } = await expiry.settle(data, Object.fromEntries(days), isLate);
  const at = unixSeconds(now());
  if (!isDone || changed > 0 || at - stored.changedAt < SETTLE_SECONDS) return;
  const record = { ...stored, version: stored.version + 1, appliedAt: at };
  const replaced = { action: "replace", record, version: stored.version } as const;
  if (!(await store.write(organizationId, [replaced]))) throw new LostRaceError();
};
