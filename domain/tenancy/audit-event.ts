import type { AuditEvent } from "../../contracts/control/audit-events.ts";
import type { AuditEventType, AuditPayloads } from "../../contracts/control/audit-payloads.ts";
import type { RecordOf } from "../../contracts/control/records.ts";
import type { Change } from "./changes.ts";
import { newId } from "./ids.ts";
import { unixSeconds } from "./unix-seconds.ts";

export interface AuditFacts {
  readonly actor: AuditEvent["actor"];
  /** The project that is changed. @default - the change is the organisation's */
  readonly project?: Pick<RecordOf<"project">, "id" | "name"> | undefined;
  readonly nowMs: number;
}

/** Stores the audit event of a change, in the change's own transaction. */
export function createAuditEvent<T extends AuditEventType>(
  type: T,
  payload: AuditPayloads[T],
  { actor, project, nowMs }: AuditFacts,
): Change & { action: "create" } {
  const event: AuditEvent = {
    id: newId("event", nowMs),
    type,
    effective_at: unixSeconds(nowMs),
    ...(project ? { project: { id: project.id, name: project.name } } : {}),
    actor,
    [type]: payload,
  };
  return { action: "create", record: { kind: "event", version: 1, event } };
}

/** Who called the control API, as an event names them. */
export interface ControlActor {
  /** Of the admin key. */
  readonly keyId: string;
  /** Whether the user got the key by signing in: then the event names the person alone. @default false */
  readonly isSignedIn?: boolean | undefined;
}

/** The actor of what a caller of the control API does. @param user the key's owner */
export function actorOf(
  { keyId, isSignedIn = false }: ControlActor,
  { id, email }: Pick<RecordOf<"user">, "id" | "email">,
): AuditEvent["actor"] {
  if (isSignedIn) return { type: "session", session: { user: { id, email } } };
  return { type: "api_key", api_key: { id: keyId, type: "user", user: { id, email } } };
}
