import type { DataRetention } from "../../contracts/history/data-retention.ts";
import {
  CREDITS_FIELD,
  StoredAlert,
  StoredLimit,
  StoredLimitsItem,
  StoredTier,
} from "../../contracts/limits/stored-limits.ts";
import type { CreditGrant, ModelPermissions, SubjectLimits, UseLimit } from "../../contracts/limits/use-limit.ts";
import { NO_HASH } from "../../contracts/processes/auth.ts";
import type { KeepDays } from "../../contracts/retention/retention.ts";
import type { KeyUpdate } from "../keys/key-updates.ts";
import { recordId } from "../keys/record-id.ts";
import { isTimeZone } from "./time-zone.ts";

const KIND = "limits";

/** Whose limits they are. */
export type LimitSubject = Pick<SubjectLimits, "scope" | "subject">;

/** The limits of a subject as one release reads them. */
export interface StoredLimits extends LimitSubject {
  /** Of the item; it counts up with each write. */
  readonly version: number;
  readonly limits: readonly UseLimit[];
  /** @default - all models */
  readonly models: ModelPermissions | undefined;
  /** Of a project or the organisation. @default - nothing was chosen for it */
  readonly retention: DataRetention | undefined;
  /** Of a project: its part of a full pool. @default 1 */
  readonly weight?: number | undefined;
  /** Of a project: days for which its stored data stays, by class. @default - the environment's */
  readonly keepDays?: KeepDays | undefined;
  /** Whether a legal hold is on the project, user or service account. @default false */
  readonly isHeld?: true | undefined;
  /** Name of the tier whose limits it has beside. @default - none */
  readonly tier?: string | undefined;
  /** Grants in the order in which they are used; without any, nothing may be used. @default - no credit is needed */
  readonly credits?: readonly CreditGrant[] | undefined;
  /**
   * Whether every rule of the item could be read. Where one could not, as a newer release wrote it, nothing of the subject
   * may be used, and the item may not be written: the rule would be lost.
   */
  readonly isComplete: boolean;
}

/** Id of the item of the keys table with the limits of a subject. */
export function subjectLimitsId({ scope, subject }: LimitSubject): string {
  return recordId(KIND, `${scope} ${subject}`);
}

/**
 * Replaces the limits of a subject. It has the form of a revoked key, for readers that take every item for one. To be
 * written together with the count of changes (`countedChange`).
 * @param version of the item as it was read, 0 where there was none. The update fails its condition when it is another one.
 * @param credits that a new subject has from its beginning. @default - they stay as they are
 */
export function subjectLimitsUpdate(
  limits: SubjectLimits,
  version: number,
  at: Date,
  credits?: readonly CreditGrant[],
): KeyUpdate {
  const { scope, subject, models, retention, weight, tier } = limits;
  const optional = { models, retention, weight };
  const stored = [...(tier === undefined ? [] : [{ tier }]), ...limits.limits.map(withoutUndefined)];
  const fields = { limits: stored, ...withoutUndefined(optional), ...(credits && creditFields(credits)) };
  const removed = Object.keys(optional).filter((name) => !Object.hasOwn(fields, name));
  return itemUpdate({ scope, subject }, { fields, removed, version, at });
}

/**
 * Replaces the grants of a subject, and leaves its limits as they are. To be written together with the count of changes.
 * @param credits in the order in which they are used; `undefined` where no credit is needed any more
 * @param version of the item as it was read, 0 where there was none
 */
export function subjectCreditsUpdate(
  subject: LimitSubject,
  credits: readonly CreditGrant[] | undefined,
  version: number,
  at: Date,
): KeyUpdate {
  const first = { limits: [] };
  if (credits === undefined)
    return itemUpdate(subject, { first, fields: {}, removed: ["credits", "requires"], version, at });
  return itemUpdate(subject, { first, fields: creditFields(credits), removed: [], version, at });
}

/**
 * Replaces the days for which a project's stored data stays, and leaves its limits as they are. To be written together with the count of changes.
 * @param version of the item as it was read, 0 where there was none
 */
export function subjectKeepDaysUpdate(subject: LimitSubject, keepDays: KeepDays, version: number, at: Date): KeyUpdate {
  return itemUpdate(subject, { first: { limits: [] }, fields: { keepDays }, removed: [], version, at });
}

/**
 * Says of a project, user or service account whether a legal hold is on it, and leaves its limits as they are. To be written together with the
 * count of changes.
 * @param version of the item as it was read, 0 where there was none
 */
export function subjectHeldUpdate(subject: LimitSubject, isHeld: boolean, version: number, at: Date): KeyUpdate {
  const change = isHeld ? { fields: { held: true }, removed: [] } : { fields: {}, removed: ["held"] };
  return itemUpdate(subject, { first: { limits: [] }, ...change, version, at });
}

function creditFields(credits: readonly CreditGrant[]) {
  return { credits: credits.map(withoutUndefined), requires: [CREDITS_FIELD] };
}

interface ItemChange {
  /** What a new item has in addition. */
  readonly first?: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly removed: readonly string[];
  readonly version: number;
  readonly at: Date;
}

function itemUpdate(subject: LimitSubject, { first = {}, fields, removed, version, at }: ItemChange): KeyUpdate {
  const now = at.toISOString();
  const initial = { createdAt: now, ...first };
  const always = {
    hash: NO_HASH,
    kind: KIND,
    name: "(limits)",
    plan: "none",
    revokedAt: now,
    scope: subject.scope,
    subject: subject.subject,
    version: version + 1,
    ...fields,
  };
  const set = [
    ...Object.keys(initial).map((field) => `#${field} = if_not_exists(#${field}, :${field})`),
    ...Object.keys(always).map((field) => `#${field} = :${field}`),
  ].join(", ");
  const all = { ...initial, ...always };
  const remove = removed.map((field) => `#${field}`).join(", ");
  const names = [...Object.keys(all), ...removed].map((field) => [`#${field}`, field]);
  return {
    Key: { keyId: subjectLimitsId(subject) },
    UpdateExpression: removed.length === 0 ? `SET ${set}` : `SET ${set} REMOVE ${remove}`,
    ConditionExpression: version === 0 ? "attribute_not_exists(keyId)" : "#version = :before",
    ExpressionAttributeNames: Object.fromEntries(names),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(all).map(([field, value]) => [`:${field}`, value])),
      ...(version === 0 ? {} : { ":before": version }),
    },
  };
}

/**
 * Reads the item of a subject's limits, which a newer release may have written. A limit that can't be read makes the
 * item incomplete, but for one that only alerts.
 * @returns `undefined` where there is no item
 */
export function readSubjectLimits(
  { scope, subject }: LimitSubject,
  item: Readonly<Record<string, unknown>> | undefined,
): StoredLimits | undefined {
  if (item === undefined) return undefined;
  const stored = StoredLimitsItem.safeParse(item).data;
  const version = typeof item.version === "number" ? item.version : 0;
  if (stored === undefined)
    return { scope, subject, version, limits: [], models: undefined, retention: undefined, isComplete: false };
  const tier = stored.limits.map((one) => StoredTier.safeParse(one).data).find((one) => one !== undefined)?.tier;
  const written = stored.limits.filter((one) => !StoredTier.safeParse(one).success);
  const limits = written.map(readLimit);
  return {
    scope,
    subject,
    version,
    limits: limits.flatMap((limit) => limit ?? []),
    models: stored.models,
    retention: stored.retention,
    ...(tier === undefined ? {} : { tier }),
    ...(stored.weight === undefined ? {} : { weight: stored.weight }),
    ...(stored.keepDays === undefined ? {} : { keepDays: stored.keepDays }),
    ...(stored.held === undefined ? {} : { isHeld: true as const }),
    ...(stored.credits === undefined ? {} : { credits: stored.credits }),
    isComplete: limits.every((limit, position) => limit ?? StoredAlert.safeParse(written[position]).success),
  };
}

function readLimit(stored: unknown): UseLimit | undefined {
  const limit = StoredLimit.safeParse(stored).data;
  return limit?.timeZone === undefined || isTimeZone(limit.timeZone) ? limit : undefined;
}

function withoutUndefined(limit: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(limit).filter(([, value]) => value !== undefined));
}
