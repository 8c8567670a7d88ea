import type { RecordOf } from "../../../contracts/control/records.ts";
import type { DataRetention } from "../../../contracts/history/data-retention.ts";
import { LimitScope, type SubjectLimits } from "../../../contracts/limits/use-limit.ts";
import { subjectLimitsId } from "../../../domain/limits/subject-limits.ts";
import { type Change, ID_MARK, removeRecord } from "../../../domain/tenancy/changes.ts";
import { ORGANIZATION } from "../../../domain/tenancy/roles.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import type { ControlStore } from "../store/control-store.ts";

/** Prefix of a key's id in this API. */
export const KEY_PREFIX = "key_";
/** Service accounts are stored by project, so those of the organisation are read until one is found. */
const READ_AT_ONCE = 1000;

/** A subject of limits that exists, or that has some although it is gone. */
export interface LimitedSubject {
  readonly scope: LimitScope;
  /** Id in this API; `organization` for the organisation. */
  readonly subjectId: string;
  /** @default - nothing was limited yet */
  readonly record: RecordOf<"limits"> | undefined;
  /** Of the record; 0 where there is none. */
  readonly version: number;
}

/** The scope that a path names. */
export function limitScope(name: string): { readonly scope: LimitScope; readonly version: number } | undefined {
  const { data: scope } = LimitScope.safeParse(name);
  return scope === undefined ? undefined : { scope, version: 0 };
}

/**
 * @param operator the organisation to which keys without a project belong. @default - none: no key is asked for
 * @returns undefined where the organisation has no such subject
 */
export async function limitedSubject(
  store: ControlStore,
  organizationId: string,
  scope: LimitScope,
  subjectId: string,
  operator?: string,
): Promise<LimitedSubject | undefined> {
  const record = await store.get(organizationId, { kind: "limits", ids: [scope, subjectId] });
  if (record === undefined && !(await FIND[scope](store, organizationId, subjectId, operator))) return undefined;
  return { scope, subjectId, record, version: record?.version ?? 0 };
}

/**
 * The project that a subject is, or is in.
 * @returns undefined for one of the whole organisation, and for one that is gone
 */
export async function projectOfSubject(
  { store, caller: { organizationId } }: Pick<LimitTools, "store" | "caller">,
  { scope, subjectId }: Pick<LimitedSubject, "scope" | "subjectId">,
): Promise<RecordOf<"project"> | undefined> {
  const id = (await FIND[scope](store, organizationId, subjectId, undefined))?.projectId;
  return id === undefined ? undefined : await store.get(organizationId, { kind: "project", ids: [id] });
}

/** A subject that is there. */
interface FoundSubject {
  /** @default - it is in no project */
  readonly projectId?: string;
}

type Find = (
  store: ControlStore,
  organizationId: string,
  id: string,
  operator: string | undefined,
) => Promise<FoundSubject | undefined>;

const FIND: Readonly<Record<LimitScope, Find>> = {
  organization: (_store, _organizationId, id) => Promise.resolve(id === ORGANIZATION ? {} : undefined),
  project: async (store, organizationId, id) =>
    (await store.get(organizationId, { kind: "project", ids: [id] })) && { projectId: id },
  user: async (store, organizationId, id) => (await store.get(organizationId, { kind: "user", ids: [id] })) && {},
  service_account: findServiceAccount,
  key: findKey,
};

async function findServiceAccount(
  store: ControlStore,
  organizationId: string,
  id: string,
): Promise<FoundSubject | undefined> {
  let after: string | undefined;
  for (;;) {
    const range = { kind: "serviceAccount", limit: READ_AT_ONCE, ...(after === undefined ? {} : { after }) } as const;
    const { records, hasMore } = await store.list(organizationId, range);
    const found = records.find((account) => account.id === id);
    if (found !== undefined) return { projectId: found.projectId };
    const last = records.at(-1);
    if (!hasMore || last === undefined) return undefined;
    after = [last.projectId, last.id].join(ID_MARK);
  }
}

async function findKey(
  store: ControlStore,
  organizationId: string,
  id: string,
  operator: string | undefined,
): Promise<FoundSubject | undefined> {
  if (!id.startsWith(KEY_PREFIX)) return undefined;
  const key = await store.keyProject(id.slice(KEY_PREFIX.length));
  if (key === undefined) return undefined;
  if (key.projectId === undefined) return organizationId === operator ? {} : undefined;
  return (await store.get(organizationId, { kind: "project", ids: [key.projectId] })) && { projectId: key.projectId };
}

interface LimitTools {
  readonly store: ControlStore;
  readonly caller: { readonly organizationId: string };
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** What is to limit a subject from now on. */
export interface NewLimits extends Pick<SubjectLimits, "limits" | "models"> {
  /** @default - as it was */
  readonly weight?: number | undefined;
  /** `null` takes it away. @default - as it was */
  readonly tier?: string | null | undefined;
  /** `usual` takes away what was chosen. @default - as it was */
  readonly retention?: DataRetention | "usual";
}

/** Replaces what limits a subject: its record, and the item of the keys table by which gateways hold it. */
export async function newLimits(
  { store, caller, nowMs }: LimitTools,
  { scope, subjectId, record: before }: LimitedSubject,
  { limits, models, retention = before?.retention, weight = before?.weight, tier = before?.tier }: NewLimits,
): Promise<{ readonly record: RecordOf<"limits">; readonly changes: readonly Change[] }> {
  const held = {
    limits,
    ...(models === undefined ? {} : { models }),
    ...(retention === undefined || retention === "usual" ? {} : { retention }),
    ...(weight === undefined ? {} : { weight }),
    ...(tier === undefined || tier === null ? {} : { tier }),
  };
  const version = (before?.version ?? 0) + 1;
  const record = { kind: "limits", version, scope, subjectId, ...held, updatedAt: unixSeconds(nowMs) } as const;
  const subject = { scope, subject: gatewaysId(scope, subjectId, caller.organizationId) };
  const itemVersion = await store.limitsVersion(subjectLimitsId(subject));
  return {
    record,
    changes: [
      before ? { action: "replace", record, version: before.version } : { action: "create", record },
      { action: "setLimits", limits: { ...subject, ...held }, version: itemVersion, at: new Date(nowMs) },
    ],
  };
}

/** Takes away what limits subjects that are deleted with it: no other subject ever gets their ids. */
export async function removedLimits(
  { store, caller, nowMs }: LimitTools,
  scope: LimitScope,
  subjectIds: readonly string[],
): Promise<readonly Change[]> {
  const changes = await Promise.all(
    subjectIds.map(async (subjectId): Promise<readonly Change[]> => {
      const record = await store.get(caller.organizationId, { kind: "limits", ids: [scope, subjectId] });
      if (record === undefined) return [];
      const subject = { scope, subject: gatewaysId(scope, subjectId, caller.organizationId) };
      const version = await store.limitsVersion(subjectLimitsId(subject));
      const limits = { ...subject, limits: [] };
      return [removeRecord(record), { action: "setLimits", limits, version, at: new Date(nowMs) }];
    }),
  );
  return changes.flat();
}

/** The id by which gateways know a subject: a key's is that of its item. */
export function gatewaysId(scope: LimitScope, subjectId: string, organizationId: string): string {
  if (scope === "organization") return organizationId;
  return scope === "key" ? subjectId.slice(KEY_PREFIX.length) : subjectId;
}
