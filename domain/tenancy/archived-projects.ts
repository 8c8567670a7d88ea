import type { RecordOf } from "../../contracts/control/records.ts";
import type { Change } from "./changes.ts";

/** Ends all keys of an archived project, and stores in its record that they are ended. */
export function endKeysOf(
  project: RecordOf<"project">,
  nowMs: number,
): { readonly record: RecordOf<"project">; readonly changes: readonly Change[] } {
  const record = { ...project, hasKeysEnded: true, version: project.version + 1 };
  return {
    record,
    changes: [
      { action: "replace", record, version: project.version },
      { action: "endProjectKeys", projectId: project.id, at: new Date(nowMs) },
    ],
  };
}

/** Whether a project was archived by a release that left the keys of its workloads as they were. */
export function hasKeysToEnd({ archivedAt, hasKeysEnded }: RecordOf<"project">): boolean {
  return archivedAt !== undefined && hasKeysEnded !== true;
}
