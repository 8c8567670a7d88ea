import { addOperations } from "../../api/operations.ts";
import { api } from "../../api/queries.ts";
import { RETENTION_OPERATIONS } from "../../api/retention-operations.ts";
import type { PageQuery } from "../admin/admin-list.tsx";
import type { ChangeableRow, ChosenDays } from "./retention-change.ts";

addOperations(RETENTION_OPERATIONS);

export function readRetention(projectId: string, signal: AbortSignal) {
  return api.call("retrieveProjectRetention", { path: { project_id: projectId }, signal });
}

/** Sets the days of one class; the others stay as they are. */
export function changeRetention(projectId: string, name: ChangeableRow["class"], days: ChosenDays) {
  return api.call("updateProjectRetention", { path: { project_id: projectId }, body: { [name]: days } });
}

export function listHolds(query: PageQuery, signal: AbortSignal) {
  return api.call("listLegalHolds", { query, signal });
}

export function createHold(subjectId: string, reason: string) {
  return api.call("createLegalHold", { body: { subject_id: subjectId, reason } });
}

export function releaseHold(subjectId: string) {
  return api.call("deleteLegalHold", { path: { legal_hold_id: subjectId } });
}
