import { FILE_DAYS } from "../../contracts/api/files.ts";
import type { EnvironmentRetention } from "../../contracts/retention/retention.ts";
import type { Environment } from "../../settings/environment.ts";

/** Days for which an environment stores each class of data; a class that it does not store is missing. */
export function environmentRetention({
  api,
  responses,
  history,
  usage,
  batches,
  logRetentionDays,
}: Pick<Environment, "responses" | "history" | "usage" | "batches" | "logRetentionDays"> & {
  readonly api: Pick<Environment["api"], "auditDays">;
}): EnvironmentRetention {
  return {
    ...(responses ? { responses: responses.keepDays } : {}),
    ...(history ? { history: history.retentionDays } : {}),
    ...(batches ? { files: FILE_DAYS } : {}),
    audit_events: api.auditDays,
    ...(usage ? { usage_events: usage.retentionDays } : {}),
    logs: logRetentionDays,
  };
}
