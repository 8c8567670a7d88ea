import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { AUDIT_EVENT_TYPES, type AuditEvent } from "../../../contracts/control/audit-events.ts";
import type { AuditEventType, AuditPayloads } from "../../../contracts/control/audit-payloads.ts";
import { createAuditEvent } from "../../tenancy/audit-event.ts";
import { UNKNOWN_ACTOR } from "../../tenancy/refusals.ts";
import { type ChainEntry, entryText, NO_HASH, sha256 } from "../chain-entry.ts";
import { ocsfOfEntry } from "./ocsf-of-entry.ts";
import { OCSF_CLASSES, OCSF_VERSION } from "./ocsf-record.ts";
import { SAMPLE_PAYLOADS } from "./test/sample-payloads.ts";

const schema = JSON.parse(readFileSync(join(import.meta.dirname, "test/ocsf-schema.json"), "utf8"));
const validate = new Ajv2020({ strict: false }).compile(schema);
const NOW_MS = Date.UTC(2026, 10, 29, 12);
const ACTOR: AuditEvent["actor"] = {
  type: "api_key",
  api_key: { id: "key_admin", type: "user", user: { id: "user-1", email: "ada@example.com" } },
};

function entryOf<T extends AuditEventType>(
  type: T,
  {
    actor = ACTOR,
    payload = SAMPLE_PAYLOADS[type],
  }: {
    readonly actor?: AuditEvent["actor"];
    readonly payload?: AuditPayloads[T];
  } = {},
): ChainEntry {
  const project = { id: "proj_1", name: "Search" };
  const { record } = createAuditEvent(type, payload, { actor, project, nowMs: NOW_MS });
  if (record.kind !== "event") throw new Error("it is an event");
  return { chain: "org-a", seq: 7, previous: NO_HASH, event: record.event };
}

/** What the pinned schema finds wrong; `null` where the record is valid. */
function faultsOf(record: unknown) {
  return validate(record) ? null : validate.errors;
}

describe("Audit events in OCSF", () => {
  // documented: ocsf-valid
  test.each(AUDIT_EVENT_TYPES)("an event %s is valid by the pinned schema, also where its actor is unknown", (type) => {
    expect(schema.$id).toBe(`https://schema.ocsf.io/${OCSF_VERSION}`);
    const record = ocsfOfEntry(entryOf(type));
    expect(faultsOf(record)).toBeNull();
    expect(faultsOf(ocsfOfEntry(entryOf(type, { actor: UNKNOWN_ACTOR })))).toBeNull();
    expect(record).toMatchObject({ message: type, unmapped: { payload: SAMPLE_PAYLOADS[type] } });
  });

  test("the schema refuses a field, an activity and a class that OCSF does not have", () => {
    const record = ocsfOfEntry(entryOf("user.added"));
    expect(faultsOf({ ...record, colour: "red" })).not.toBeNull();
    expect(faultsOf({ ...record, activity_id: 47 })).not.toBeNull();
    expect(faultsOf({ ...record, class_uid: 3009 })).not.toBeNull();
    expect(faultsOf({ ...record, user: {} })).not.toBeNull();
  });

  test("a record names event, organisation, place in the trail and the hash of its entry", () => {
    const entry = entryOf("project.created");
    expect(ocsfOfEntry(entry)).toMatchObject({
      time: NOW_MS,
      metadata: { uid: entry.event.id, tenant_uid: "org-a", sequence: 7, event_code: "project.created" },
      raw_data_hash: { value: sha256(entryText(entry)) },
      actor: { user: { uid: "user-1", email_addr: "ada@example.com", credential_uid: "key_admin" } },
      entity: { uid: "proj_1", name: "Search", type: "project" },
    });
  });

  test("refusals are failures with address, request and count", () => {
    expect(ocsfOfEntry(entryOf("access.denied"))).toMatchObject({
      class_uid: OCSF_CLASSES.apiActivity.uid,
      activity_name: "Create",
      status: "Failure",
      src_endpoint: { ip: "203.0.113.7" },
      metadata: { correlation_uid: "req_1" },
      count: 3,
    });
    expect(ocsfOfEntry(entryOf("login.failed", { actor: UNKNOWN_ACTOR }))).toMatchObject({
      class_uid: OCSF_CLASSES.authentication.uid,
      user: { uid: "unknown", credential_uid: "key_1" },
      status_code: "invalid_api_key",
    });
  });

  test("a role of a group is a change of the group, and one of a user a change of the user's access", () => {
    expect(ocsfOfEntry(entryOf("role.assignment.created"))).toMatchObject({
      class_uid: 3005,
      user: { uid: "user-1" },
      privileges: ["role-1"],
    });
    expect(ocsfOfEntry(entryOf("role.assignment.deleted"))).toMatchObject({
      class_uid: 3006,
      group: { uid: "group-1" },
      privileges: ["role-1"],
    });
  });

  test("an address that is none does not make a record invalid", () => {
    const payload = { ...SAMPLE_PAYLOADS["access.denied"], ip_address: "not an address" };
    const record = ocsfOfEntry(entryOf("access.denied", { payload }));
    expect(faultsOf(record)).toBeNull();
    expect(record.src_endpoint).toEqual({ name: "not an address" });
  });

  test("an event of a newer release is a valid record too, with its payload", () => {
    const event = {
      id: "audit_log-1",
      type: "robot.built",
      effective_at: 1_800_000_000,
      actor: { type: "robot", robot: { id: "r-1" } },
      "robot.built": { id: "r-2", arms: 2 },
    };
    const record = ocsfOfEntry({ chain: "org-a", seq: 1, previous: NO_HASH, event });
    expect(faultsOf(record)).toBeNull();
    expect(record).toMatchObject({
      activity_name: "Other",
      entity: { uid: "r-2", type: "robot.built" },
      unmapped: { payload: { arms: 2 } },
    });
  });
});
