import type { LegalHold } from "../../contracts/erasure/legal-hold.ts";
import type { KeepDays, ProjectRetention } from "../../contracts/retention/retention.ts";

/** What the scripted service keeps, and for how long. */
export interface ScriptedRetention {
  /** Of all projects. */
  days: KeepDays;
  /** Of the environment; `null` where it stores no history. */
  historyDays: number | null;
  /** False after a change: what was stored before it has no new end yet. */
  isApplied: boolean;
  readonly holds: LegalHold[];
}

const CREATED_AT = 1_790_000_000;

type Row = ProjectRetention["data"][number];
type Class = readonly [Row["class"], number | null, number | null, Row["expires_by"], string | null];

/** Name, the environment's days, most days of a project, what ends it, setting. */
const CLASSES: readonly Class[] = [
  ["responses", 30, 365, "time_to_live", "responses.keepDays"],
  ["history", null, 3653, "time_to_live", "history.retentionDays"],
  ["files", 30, 30, "time_to_live_and_lifecycle", null],
  ["audit_events", 365, null, "object_lock", "api.auditDays"],
  ["usage_events", 400, null, "lifecycle", "usage.retentionDays"],
  ["logs", 30, null, "log_retention", "logRetentionDays"],
];

function withDays([name, environment, most, expiresBy, setting]: Class, days: Readonly<Record<string, number>>): Row {
  const own = environment === null ? undefined : days[name];
  return {
    class: name,
    days: own ?? environment,
    origin: own === undefined ? "environment" : "project",
    environment_days: environment,
    min_days: most === null ? null : 1,
    max_days: most,
    expires_by: expiresBy,
    setting,
  };
}

export function usualRetention(): ScriptedRetention {
  return {
    days: {},
    historyDays: 90,
    isApplied: true,
    holds: [],
  };
}

export function scriptedHold(id: string, status: LegalHold["status"] = "held"): LegalHold {
  return {
    id,
    object: "organization.legal_hold",
    subject_type: id.startsWith("proj_") ? "project" : "user",
    status,
    reason: "case 2 O 17/26",
    placed_by: "user-ada",
    placed_at: CREATED_AT,
  };
}

/** @returns `undefined` for other paths, and for a hold that is not there */
export function respondWithRetention(
  method: string,
  [subject, id, kind]: readonly (string | undefined)[],
  body: Readonly<Record<string, unknown>>,
  retention: ScriptedRetention,
): unknown {
  if (subject === "projects" && kind === "retention") {
    if (method === "POST") change(retention, body);
    return {
      object: "project.retention",
      project_id: id ?? "",
      applied: retention.isApplied,
      data: CLASSES.map(([name, days, ...more]) =>
        withDays([name, name === "history" ? retention.historyDays : days, ...more], retention.days),
      ),
    } satisfies ProjectRetention;
  }
  if (subject !== "legal_holds") return undefined;
  const { holds } = retention;
  if (method === "GET") return { object: "list", data: holds, has_more: false, next: null };
  if (method === "POST") {
    const hold = { ...scriptedHold(String(body.subject_id), "in_progress"), reason: String(body.reason) };
    holds.push(hold);
    return hold;
  }
  const index = holds.findIndex((hold) => hold.id === id);
  if (index < 0) return undefined;
  holds.splice(index, 1);
  return { id: id ?? "", object: "organization.legal_hold.deleted", deleted: true };
}

function change(retention: ScriptedRetention, body: Readonly<Record<string, unknown>>): void {
  const days = Object.entries({ ...retention.days, ...body }).filter(([, value]) => value !== null);
  retention.days = Object.fromEntries(days) as KeepDays;
  retention.isApplied = false;
}
