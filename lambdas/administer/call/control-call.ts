import type * as z from "zod";
import type { AuditEventType, AuditPayloads } from "../../../contracts/control/audit-payloads.ts";
import type { CONTROL_OPERATIONS, ControlOperationId } from "../../../contracts/control/operations/operations.ts";
import type { MemberKeys } from "../../../contracts/control/project-keys.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import type { StoredGeneration } from "../../../contracts/history/stored-generation.ts";
import type { KnownTiers } from "../../../contracts/limits/limit-settings.ts";
import type { LimitScope } from "../../../contracts/limits/use-limit.ts";
import type { EnvironmentRetention } from "../../../contracts/retention/retention.ts";
import { auditNotices, type EndedKey } from "../../../domain/notices/audit-notice.ts";
import type { Grant } from "../../../domain/people/role-grants.ts";
import { actorOf, createAuditEvent } from "../../../domain/tenancy/audit-event.ts";
import { type Change, changedRecord, requireUnchanged } from "../../../domain/tenancy/changes.ts";
import type { Role } from "../../../domain/tenancy/roles.ts";
import type { SecretSealer } from "../../secret-sealer.ts";
import type { ControlStore, OtherAction } from "../store/control-store.ts";
import type { ErasableData, IsLate } from "../store/erasable-data.ts";
import type { HistorySource } from "../store/history-source.ts";
import type { ServiceAlarmSource } from "../store/service-alarm-source.ts";
import type { UsageLedger } from "../store/usage-ledger.ts";
import type { UsageSource } from "../store/usage-source.ts";
import { ControlError, denied, LostRaceError } from "./control-error.ts";
import type { ControlResult } from "./control-result.ts";
import { basisOf, isWithheld } from "./grants.ts";
import type { LimitedSubject } from "./limited-subject.ts";
import { type RepeatableRequest, storedResponse } from "./repeated-request.ts";

type OperationOf<Id extends ControlOperationId> = (typeof CONTROL_OPERATIONS)[Id];
type ParameterOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterOf<Rest>
  : never;

/** The records that the parameters of paths name. */
export interface PathRecords {
  readonly project_id: RecordOf<"project">;
  readonly user_id: RecordOf<"user">;
  readonly invite_id: RecordOf<"invite">;
  readonly admin_key_id: RecordOf<"adminKey">;
  readonly service_account_id: RecordOf<"serviceAccount">;
  readonly api_key_id: RecordOf<"projectKey">;
  readonly group_id: RecordOf<"group">;
  readonly role_id: Role;
  readonly limit_scope: { readonly scope: LimitScope; readonly version: number };
  readonly subject_id: LimitedSubject;
  /** A grant of the subject that the path names before. */
  readonly credit_id: RecordOf<"credit">;
  /** Of the project in the path, or of the organisation. */
  readonly spend_alert_id: RecordOf<"spendAlert">;
  readonly webhook_id: RecordOf<"webhook">;
  /** Of the webhook that the path names before. */
  readonly delivery_id: RecordOf<"webhookDelivery">;
  readonly chat_id: StoredGeneration & { readonly version: number };
  readonly erasure_id: RecordOf<"erasure">;
  readonly legal_hold_id: RecordOf<"legalHolds">["holds"][number] & { readonly version: number };
  readonly rate_limit_id: LimitedSubject & { readonly model: string };
}
export type PathParameter = keyof PathRecords;

/** Who calls: the key, and the user that owns it. */
export interface Caller {
  readonly organizationId: string;
  readonly keyId: string;
  /** Whether the user got the key by signing in. @default false */
  readonly isSignedIn?: boolean | undefined;
  /** What the key permits at most. @default - all that the user may do */
  readonly keyScopes?: ReadonlySet<string> | undefined;
  /** When the admin key ends, in Unix seconds. @default - it does not expire, or the user signed in */
  readonly keyExpiresAt?: number | undefined;
  readonly user: RecordOf<"user">;
  /** In the project of the path. */
  readonly membership: RecordOf<"membership"> | undefined;
  /** The roles in the organisation, and in the project of the path, with what the key permits of each. */
  readonly grants: readonly Grant[];
  /** What must be unchanged for the operation to be permitted still, beside user and membership. */
  readonly basis: readonly Change[];
}

/** One permitted call of an operation, with what its path, query and body say. */
export interface ControlCall<Id extends ControlOperationId> {
  readonly caller: Caller;
  /** The records of the path's parameters; all of them exist. */
  readonly records: Pick<PathRecords, Extract<ParameterOf<OperationOf<Id>["path"]>, PathParameter>>;
  /** Of the path's user in the path's project, where a path has both. */
  readonly membership: RecordOf<"membership"> | undefined;
  /** Of the path's group in the path's project, where a path has both. */
  readonly projectGroup: RecordOf<"projectGroup"> | undefined;
  readonly query: z.infer<OperationOf<Id>["query"]>;
  readonly body: z.infer<OperationOf<Id>["body"]>;
  readonly store: ControlStore;
  /** The request's `Idempotency-Key`. @default - it has none */
  readonly repeatable: RepeatableRequest | undefined;
  /** Usage plan of new keys for models. */
  readonly keyPlan: string;
  /** How members of projects make keys for themselves. @default - they make none */
  readonly memberKeys: MemberKeys | undefined;
  /** Whether the operation is permitted for what is the caller's own alone. */
  readonly isOwnOnly: boolean;
  /** Public names of the models and routes of the environment file. */
  readonly models: readonly string[];
  /** The limits of its tiers by name, `null` where they are not known here. */
  readonly tiers: KnownTiers;
  /** Sums of usage. @default - the environment stores none */
  readonly usage: UsageSource | undefined;
  /** Corrects the ledger of usage. @default - the environment stores none */
  readonly ledger: UsageLedger | undefined;
  /** The history of generations. @default - the environment stores none */
  readonly history: HistorySource | undefined;
  /** What gateways store of subjects. */
  readonly erasable: ErasableData;
  /** The environment's days for each class of stored data. */
  readonly environmentRetention: EnvironmentRetention;
  /** The alarms of the service. */
  readonly serviceAlarms: ServiceAlarmSource;
  /** Whether the request has little time left. */
  readonly isLate: IsLate;
  /** Id of the operator's organisation, to which keys without a project belong. */
  readonly organization: string;
  /** Of secrets that are stored. */
  readonly sealer: SecretSealer;
  /** The mail addresses that get the notices of the environment. */
  readonly mailReceivers: readonly string[];
  /** When the request came, in milliseconds since 1970: what it says in seconds counts from here, however often it is tried. */
  readonly receivedMs: number;
  /** Of this attempt, in milliseconds since 1970: it is later than `receivedMs` once another change came between. */
  readonly nowMs: number;
}

export type ControlHandler<Id extends ControlOperationId> = (
  call: ControlCall<Id>,
) => Promise<ControlResult<z.infer<OperationOf<Id>["response"]>>>;

type Writing = Pick<ControlCall<"listProjects">, "caller" | "store" | "nowMs" | "repeatable">;

/**
 * Makes the changes, their audit event and the response for a repeated request in one transaction, which holds only
 * while the caller's roles are what the decision was made by.
 * @param others actions of the same transaction on other tables
 * @returns `result`
 * @throws {LostRaceError} when something changed meanwhile
 */
export async function change<Body>(
  { caller, store, nowMs, repeatable }: Writing,
  event: ReturnType<typeof auditEvent>,
  changes: readonly Change[],
  result: ControlResult<Body>,
  others: readonly OtherAction[] = [],
): Promise<ControlResult<Body>> {
  const { user, membership, basis } = caller;
  const roles: readonly Change[] = [
    requireUnchanged(user),
    ...(membership ? [requireUnchanged(membership)] : []),
    ...basis,
  ];
  const written = event(caller, nowMs);
  const all: readonly Change[] = [
    ...withoutRepeated([...changes, ...roles]),
    written,
    ...(repeatable ? [storedResponse(repeatable, result, nowMs)] : []),
  ];
  const notices = noticesOf(written, changes);
  const room = Math.max(1, Math.floor((ACTIONS_AT_ONCE - all.length - others.length) / ACTIONS_OF_NOTICE));
  const first = [...all, ...notices.slice(0, room)];
  if (!(await store.write(caller.organizationId, first, others))) throw new LostRaceError();
  // What one transaction can not hold: keys of a service account, whose own notice was the first.
  if (notices.length > room) await store.write(caller.organizationId, notices.slice(room));
  return result;
}

/** DynamoDB's 100 of a transaction, less the mark of the event, the count of changed keys and what else belongs to a change. */
const ACTIONS_AT_ONCE = 95;
/** The notice, and the mark by which the sender finds it. */
const ACTIONS_OF_NOTICE = 2;

/** An audit event, and the notice of it for webhooks. */
export function noticed(event: Change): readonly Change[] {
  return [event, ...noticesOf(event, [])];
}

/** The notices of an audit event for webhooks: one of the event, and one of each lasting key that ends by the change. */
function noticesOf(event: Change, changes: readonly Change[]): readonly Change[] {
  if (event.action !== "create" || event.record.kind !== "event") return [];
  const { event: written } = event.record;
  const keys = changes.flatMap((one) =>
    one.action === "remove" && one.key.kind === "projectKey" ? [endedKey(one.key.ids)] : [],
  );
  return auditNotices(written, keys).map((record) => ({ action: "create", record }) as const);
}

function endedKey([projectId = "", id = ""]: readonly string[]): EndedKey {
  return { id, projectId };
}

/**
 * The first change of each record, as a transaction has one. A record that is required and also changed is required
 * by its change.
 */
function withoutRepeated(changes: readonly Change[]): readonly Change[] {
  const [required, changing] = [changes.filter(isRequirement), changes.filter((one) => !isRequirement(one))];
  const changed = new Set(changing.map(changedRecord));
  const others = new Map(required.map((one) => [changedRecord(one), one]));
  return [...changing, ...[...others].flatMap(([record, one]) => (changed.has(record) ? [] : [one]))];
}

function isRequirement({ action }: Change): boolean {
  return action === "require";
}

/** Stores the audit event of a change, once its caller and time are known. */
export function auditEvent<T extends AuditEventType>(
  type: T,
  payload: AuditPayloads[T],
  project?: RecordOf<"project">,
) {
  return (caller: Caller, nowMs: number): Change =>
    createAuditEvent(type, payload, { actor: actorOf(caller, caller.user), project, nowMs });
}

/** A page of the API. */
export function page<T extends { readonly id: string }>(data: readonly T[], hasMore: boolean) {
  return {
    object: "list" as const,
    data: [...data],
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  };
}

/** A page of a list whose next page starts after `next`. */
export function nextPage<T>(data: readonly T[], next: string | undefined) {
  return { object: "list" as const, data: [...data], has_more: next !== undefined, next: next ?? null };
}

/**
 * Nobody gives others more than they have.
 * @param field the field of the body that names them. @default - they come with what the body names
 * @returns what must be unchanged for the caller to have all `scopes`
 * @throws {ControlError} when the caller has not
 */
export function requireScopes(
  { caller }: Pick<ControlCall<"listProjects">, "caller">,
  scopes: Iterable<string>,
  field?: string,
): readonly Change[] {
  const { requires, missing } = basisOf(caller.grants, scopes);
  if (missing === undefined) return requires;
  const rule = `${isWithheld(caller.grants, missing) ? "key-scope" : "more-than-own-roles"}:${missing}`;
  if (field === undefined) throw denied(rule);
  throw new ControlError(
    "permission_denied",
    `\`${field}\` must name no more than you may do yourself, got '${missing}' (rule ${rule}); leave it out.`,
    { param: field, rule },
  );
}

/** Whether the caller has a permission beside that of the operation. */
export function hasScope({ grants }: Pick<Caller, "grants">, scope: string): boolean {
  return basisOf(grants, [scope]).missing === undefined;
}

/** Only an owner changes owners, by a key with all rights of the owner. @param rule of who is no owner @throws {ControlError} */
export function requireFullOwner({ caller }: Pick<ControlCall<"listProjects">, "caller">, rule: string): void {
  if (caller.user.role !== "owner") throw denied(rule);
  if (caller.keyScopes !== undefined) throw denied("key-scope");
}

/** A page of a list that was read as a whole, in the order of ids. */
export function slice<T extends { readonly id: string }>(
  items: readonly T[],
  {
    after,
    limit,
    order,
  }: { readonly after?: string | undefined; readonly limit: number; readonly order: "asc" | "desc" },
) {
  const sorted = items.toSorted((a, b) => (a.id < b.id === (order === "asc") ? -1 : 1));
  const rest = sorted.filter(({ id }) => after === undefined || (order === "asc" ? id > after : id < after));
  const data = rest.slice(0, limit);
  return nextPage(data, rest.length > limit ? data.at(-1)?.id : undefined);
}

/** For what is of all organisations, as gateways and alarms are. @throws {ControlError} in any other organisation than the operator's */
export function requireOperators({
  caller,
  organization,
}: Pick<ControlCall<"listProjects">, "caller" | "organization">): void {
  if (caller.organizationId !== organization) throw denied("not-the-operators-organization");
}
