import type { RecordKind, RecordOf } from "../../../contracts/control/records.ts";
import type { SubjectType } from "../../../contracts/erasure/erasure.ts";
import { accountTenant, type SubjectData, subjectTypeOf, userTenant } from "../../../domain/erasure/erased-subject.ts";
import { ID_MARK, keyOf } from "../../../domain/tenancy/changes.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { notFound } from "../call/control-error.ts";
import { keysOf } from "../call/project-key-records.ts";
import type { ControlStore, ListRange } from "../store/control-store.ts";

/** A user, service account or project that the organisation has, or had. */
export interface ErasableSubject {
  readonly id: string;
  readonly type: SubjectType;
  /** @default - it is deleted already, or another one */
  readonly user?: RecordOf<"user"> | undefined;
  readonly account?: RecordOf<"serviceAccount"> | undefined;
  readonly project?: RecordOf<"project"> | undefined;
  /** Of a service account, as far as it is known. */
  readonly projectId?: string | undefined;
}

interface Reading {
  readonly caller: { readonly organizationId: string };
  readonly store: ControlStore;
}

const NOUNS: Readonly<Record<SubjectType, string>> = {
  user: "user",
  service_account: "service account",
  project: "project",
};
/** DynamoDB returns 1 MB at a time. */
const READ_AT_ONCE = 1000;
/** Events that are read to find a subject that was deleted before: some seconds. */
const MAX_EVENTS = 50_000;

/** @throws {ControlError} for an id that names nothing of the organisation, and named nothing of it in the events that are read */
export async function erasableSubject({ caller, store }: Reading, id: string): Promise<ErasableSubject> {
  const type = subjectTypeOf(id);
  const { organizationId } = caller;
  if (type === "project") {
    const project = await store.get(organizationId, { kind: "project", ids: [id] });
    if (project) return { id, type, project, projectId: id };
  }
  if (type === "user") {
    const user = await store.get(organizationId, { kind: "user", ids: [id] });
    if (user || (await wasDeleted(store, organizationId, id))) return { id, type, user };
  }
  if (type === "service_account") {
    const [account] = await matching(store, organizationId, "serviceAccount", (one) => one.id === id);
    if (account) return { id, type, account, projectId: account.projectId };
    const deleted = await wasDeleted(store, organizationId, id);
    if (deleted) return { id, type, projectId: deleted.projectId };
  }
  throw notFound(type === undefined ? "subject" : NOUNS[type], id);
}

/** Where a subject's data is, by what the control API knows. */
export async function subjectData({ caller, store }: Reading, subject: ErasableSubject): Promise<SubjectData> {
  const { id, type, projectId } = subject;
  const { organizationId } = caller;
  if (type === "user") {
    const projects = await matching(store, organizationId, "project");
    const keys = await store.get(organizationId, { kind: "personKeys", ids: [id] });
    return {
      id,
      tenants: [userTenant(undefined, id), ...projects.map((project) => userTenant(project.id, id))],
      keyIds: keys?.keys.map(({ keyId }) => keyId) ?? [],
    };
  }
  const keys = projectId === undefined ? [] : await keysOf(store, organizationId, projectId);
  if (type === "service_account")
    return {
      id,
      tenants: [accountTenant(id)],
      keyIds: keys.filter(({ ownerId }) => ownerId === id).map(({ keyId }) => keyId),
    };
  const [accounts, users, members, former] = await Promise.all([
    matching(store, organizationId, "serviceAccount", (one) => one.projectId === id),
    matching(store, organizationId, "user"),
    matching(store, organizationId, "membership", (one) => one.projectId === id),
    deletedSubjects(store, organizationId),
  ]);
  const accountIds = [
    ...accounts.map((one) => one.id),
    ...former.filter((one) => one.projectId === id).map((one) => one.id),
  ];
  const userIds = [
    ...users.map((one) => one.id),
    ...members.map((one) => one.userId),
    ...former.filter((one) => subjectTypeOf(one.id) === "user").map((one) => one.id),
  ];
  return {
    id,
    tenants: [...new Set([...accountIds.map(accountTenant), ...userIds.map((userId) => userTenant(id, userId))])],
    keyIds: keys.map(({ keyId }) => keyId),
  };
}

/** All records of a kind that match. */
export async function matching<K extends RecordKind>(
  store: ControlStore,
  organizationId: string,
  kind: K,
  isWanted: (record: RecordOf<K>) => boolean = () => true,
): Promise<readonly RecordOf<K>[]> {
  const wanted: RecordOf<K>[] = [];
  let after: string | undefined;
  for (;;) {
    const range: ListRange<K> = { kind, limit: READ_AT_ONCE, ...(after === undefined ? {} : { after }) };
    const { records, hasMore } = await store.list(organizationId, range);
    wanted.push(...records.filter(isWanted));
    const last = records.at(-1);
    if (!hasMore || last === undefined) return wanted;
    after = keyOf(last).ids.join(ID_MARK);
  }
}

interface DeletedSubject {
  readonly id: string;
  readonly projectId: string | undefined;
}

async function wasDeleted(
  store: ControlStore,
  organizationId: string,
  id: string,
): Promise<DeletedSubject | undefined> {
  return (await deletedSubjects(store, organizationId)).find((one) => one.id === id);
}

/** Users and service accounts that were deleted, by the newest events. */
async function deletedSubjects(store: ControlStore, organizationId: string): Promise<readonly DeletedSubject[]> {
  const found: DeletedSubject[] = [];
  let after: string | undefined;
  for (let read = 0; read < MAX_EVENTS; read += READ_AT_ONCE) {
    const range = { kind: "event", limit: READ_AT_ONCE, isNewestFirst: true } as const;
    const { records, hasMore } = await store.listEvents(
      organizationId,
      after === undefined ? range : { ...range, after },
    );
    for (const { event } of records) {
      const payload = event[event.type];
      if (event.type !== "user.deleted" && event.type !== "service_account.deleted") continue;
      if (isRecord(payload) && typeof payload.id === "string")
        found.push({ id: payload.id, projectId: event.project?.id });
    }
    after = records.at(-1)?.event.id;
    if (!hasMore) return found;
  }
  return found;
}
