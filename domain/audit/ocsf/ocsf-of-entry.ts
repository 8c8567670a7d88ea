import { AuditEvent, StoredAuditEvent } from "../../../contracts/control/audit-events.ts";
import type { AuditEventType, AuditPayloads } from "../../../contracts/control/audit-payloads.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { type ChainEntry, entryText, sha256 } from "../chain-entry.ts";
import { EVENT_MAPPINGS, type OcsfMapping, unknownMapping } from "./event-mappings.ts";
import { OCSF_CLASSES, OCSF_VERSION, type OcsfClass, type OcsfRecord, type OcsfUser } from "./ocsf-record.ts";

const PRODUCT = { name: "Sluice", vendor_name: "Sluice" };
const LOG_NAME = "audit";
/** OCSF's severities: 1 nothing to do, 2 worth a look, 3 to be looked at. */
const SEVERITIES = { informational: [1, "Informational"], low: [2, "Low"], medium: [3, "Medium"] } as const;

/**
 * An entry of the audit trail as a record of OCSF. An event of a newer release, whose type or payload this one does not know,
 * becomes a change of an unknown entity: none is left out.
 */
export function ocsfOfEntry(entry: ChainEntry): OcsfRecord {
  const { chain, seq, event } = entry;
  const { type, id, effective_at, project } = StoredAuditEvent.parse(event);
  const actor = actorOf(event.actor);
  const payload = isRecord(event[type]) ? event[type] : {};
  const mapping = mappingOf(event, actor) ?? unknownMapping(type, typeof payload.id === "string" ? payload.id : id);
  const { isFailure = false, details, requestId, activity } = mapping;
  const { uid, name, category, activities }: OcsfClass = OCSF_CLASSES[mapping.class];
  const activityId = activities[activity] ?? 99;
  const [severity_id, severity] = SEVERITIES[severityOf(mapping)];
  return {
    category_uid: category.uid,
    category_name: category.name,
    class_uid: uid,
    class_name: name,
    activity_id: activityId,
    activity_name: activity,
    type_uid: uid * 100 + activityId,
    type_name: `${name}: ${activity}`,
    time: effective_at * 1000,
    severity_id,
    severity,
    status_id: isFailure ? 2 : 1,
    status: isFailure ? "Failure" : "Success",
    message: type,
    actor: { user: actor },
    ...details,
    metadata: {
      version: OCSF_VERSION,
      product: PRODUCT,
      uid: id,
      event_code: type,
      log_name: LOG_NAME,
      tenant_uid: chain,
      sequence: seq,
      ...(requestId === undefined ? {} : { correlation_uid: requestId }),
    },
    raw_data_hash: { algorithm: "SHA-256", algorithm_id: 3, value: sha256(entryText(entry)) },
    unmapped: { ...(project ? { project } : {}), payload },
  };
}

/** @returns `undefined` for an event of a newer release */
function mappingOf(event: ChainEntry["event"], actor: OcsfUser): OcsfMapping | undefined {
  const parsed = AuditEvent.safeParse(event);
  return parsed.success ? mappingOfType(parsed.data.type, parsed.data, actor) : undefined;
}

function mappingOfType<T extends AuditEventType>(
  type: T,
  payloads: Partial<AuditPayloads>,
  actor: OcsfUser,
): OcsfMapping | undefined {
  const payload = payloads[type];
  return payload === undefined ? undefined : EVENT_MAPPINGS[type](payload, actor);
}

function severityOf({ isFailure, isSensitive }: OcsfMapping): keyof typeof SEVERITIES {
  if (isFailure) return "low";
  return isSensitive ? "medium" : "informational";
}

/** The person that every kind of actor has so far; `unknown` for one that this release does not know. */
function actorOf(actor: unknown): OcsfUser {
  const fields = isRecord(actor) ? actor : {};
  const kind = fields[String(fields.type)];
  const credential = isRecord(kind) ? kind : {};
  const { id, email } = isRecord(credential.user) ? credential.user : {};
  const uid = typeof id === "string" ? id : "unknown";
  return {
    uid,
    ...(typeof email === "string" && email !== "unknown" ? { email_addr: email } : {}),
    type_id: uid === "unknown" ? 0 : 1,
    ...(typeof credential.id === "string" ? { credential_uid: credential.id } : {}),
  };
}
