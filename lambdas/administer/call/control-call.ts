import type * as z from "zod";
import type { AuditEventType, AuditPayloads } from "../../../contracts/control/audit-events.ts";
import type { CONTROL_OPERATIONS, ControlOperationId } from "../../../contracts/control/operations.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { createAuditEvent } from "../../../domain/tenancy/audit-event.ts";
import { type Change, changedRecord } from "../../../domain/tenancy/changes.ts";
import type { ControlStore } from "../store/control-store.ts";
import { LostRaceError } from "./control-error.ts";
import type { ControlResult } from "./control-result.ts";
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
}
export type PathParameter = keyof PathRecords;

/** Who calls: the key, and the user that owns it. */
export interface Caller {
  readonly organizationId: string;
  readonly keyId: string;
  readonly user: RecordOf<"user">;
  /** In the project of the path. */
  readonly membership: RecordOf<"membership"> | undefined;
}

/** One permitted call of an operation, with what its path, query and body say. */
export interface ControlCall<Id extends ControlOperationId> {
  readonly caller: Caller;
  /** The records of the path's parameters; all of them exist. */
  readonly records: Pick<PathRecords, Extract<ParameterOf<OperationOf<Id>["path"]>, PathParameter>>;
  /** Of the path's user in the path's project, where a path has both. */
  readonly membership: RecordOf<"membership"> | undefined;
  readonly query: z.infer<OperationOf<Id>["query"]>;
  readonly body: z.infer<OperationOf<Id>["body"]>;
  readonly store: ControlStore;
  /** The request's `Idempotency-Key`. @default - it has none */
  readonly repeatable: RepeatableRequest | undefined;
  /** Usage plan of new keys for models. */
  readonly keyPlan: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export type ControlHandler<Id extends ControlOperationId> = (
  call: ControlCall<Id>,
) => Promise<ControlResult<z.infer<OperationOf<Id>["response"]>>>;

type Writing = Pick<ControlCall<"listProjects">, "caller" | "store" | "nowMs" | "repeatable">;

/**
 * Makes the changes, their audit event and the response for a repeated request in one transaction, which holds only
 * while the caller's roles are what the decision was made by.
 * @returns `result`
 * @throws {LostRaceError} when something changed meanwhile
 */
export async function change<Body>(
  { caller, store, nowMs, repeatable }: Writing,
  event: ReturnType<typeof auditEvent>,
  changes: readonly Change[],
  result: ControlResult<Body>,
): Promise<ControlResult<Body>> {
  const { user, membership } = caller;
  const roles: readonly Change[] = [
    { action: "require", key: { kind: "user", ids: [user.id] }, version: user.version },
    ...(membership ? [requireMembership(membership)] : []),
  ];
  const changed = new Set(changes.map(changedRecord));
  const all: readonly Change[] = [
    ...changes,
    ...roles.filter((one) => !changed.has(changedRecord(one))),
    event(caller, nowMs),
    ...(repeatable ? [storedResponse(repeatable, result, nowMs)] : []),
  ];
  if (!(await store.write(caller.organizationId, all))) throw new LostRaceError();
  return result;
}

function requireMembership({ projectId, userId, version }: RecordOf<"membership">): Change {
  return { action: "require", key: { kind: "membership", ids: [projectId, userId] }, version };
}

/** Stores the audit event of a change, once its caller and time are known. */
export function auditEvent<T extends AuditEventType>(
  type: T,
  payload: AuditPayloads[T],
  project?: RecordOf<"project">,
) {
  return ({ keyId, user }: Caller, nowMs: number): Change => {
    const owner = { id: user.id, email: user.email };
    const actor = { type: "api_key", api_key: { id: keyId, type: "user", user: owner } } as const;
    return createAuditEvent(type, payload, { actor, project, nowMs });
  };
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
