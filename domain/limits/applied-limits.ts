import type { CreditGrant, LimitScope, UseLimit } from "../../contracts/limits/use-limit.ts";
import type { StoredLimits } from "./subject-limits.ts";
import { isCalendarWindow } from "./windows.ts";

/** Whose limit it is: beside the subjects of the control API an address, and all callers without a key (`keyless`). */
export interface AppliedSubject {
  readonly scope: LimitScope | "address" | "keyless";
  readonly subject: string;
}

/** A limit that a request is counted in. */
export interface AppliedLimit extends AppliedSubject, Readonly<Pick<UseLimit, "metric" | "window" | "max">> {
  /** The model whose use alone it counts. @default - it counts that of all models */
  readonly model: string | undefined;
  readonly timeZone: string;
  /** Whether it only reports that it is reached. Such limits are counted in windows of the calendar alone. */
  readonly isAlert: boolean;
  /** Name of its counter, the same in all gateways, e.g. `project:proj_1:tokens:minute`. */
  readonly name: string;
  /** Grants that it is the sum of, in the order in which they are used. @default - it is no credit */
  readonly credits?: readonly CreditGrant[] | undefined;
}

/** The limits of some subjects that a request for a model is counted in. Of two with one counter the smaller one counts. */
export function appliedLimits(subjects: readonly StoredLimits[], model: string): readonly AppliedLimit[] {
  const byName = new Map<string, AppliedLimit>();
  for (const subject of subjects) {
    const credit = appliedCredit(subject);
    if (credit !== undefined) byName.set(credit.name, credit);
    for (const limit of subject.limits) {
      const isAbout = limit.model === undefined || limit.model === model;
      const isUncounted = limit.action === "alert" && !isCalendarWindow(limit.window);
      if (!isAbout || isUncounted) continue;
      const applied = appliedLimit(subject, limit);
      const key = applied.isAlert ? `${applied.name} alert` : applied.name;
      const other = byName.get(key);
      if (other === undefined || applied.max < other.max) byName.set(key, applied);
    }
  }
  return [...byName.values()];
}

/** A limit of a subject, with the name of its counter. */
export function appliedLimit({ scope, subject }: AppliedSubject, limit: UseLimit): AppliedLimit {
  const { metric, window, max, model, timeZone = "UTC", action } = limit;
  // Windows of days and more begin at other times in each time zone.
  const zone = timeZone === "UTC" ? [] : [`@${timeZone}`];
  const name = [scope, subject, metric, window, ...zone, ...(model === undefined ? [] : [model])].join(":");
  return { scope, subject, metric, window, max, model, timeZone, isAlert: action === "alert", name };
}

/** The credit of a subject as a limit of money; `undefined` where it needs none. */
function appliedCredit({ scope, subject, credits }: StoredLimits): AppliedLimit | undefined {
  if (credits === undefined) return undefined;
  const max = Math.min(
    Number.MAX_SAFE_INTEGER,
    credits.reduce((sum, grant) => sum + grant.max, 0),
  );
  return {
    scope,
    subject,
    metric: "nano_usd",
    window: "lifetime",
    max,
    model: undefined,
    timeZone: "UTC",
    isAlert: false,
    name: `${scope}:${subject}:credit`,
    credits,
  };
}
