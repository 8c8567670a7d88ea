import * as z from "zod";
import { FILE_DAYS } from "../api/files.ts";

/** Kinds of stored data that have a retention of their own. */
export const RetentionClass = z.enum(["responses", "history", "files", "audit_events", "usage_events", "logs"]);
export type RetentionClass = z.infer<typeof RetentionClass>;

/** Longest that a project can choose, in days. */
export const MAX_KEEP_DAYS = { responses: 365, history: 3653, files: FILE_DAYS } as const;
/** Classes for which a project can have a retention of its own. */
export const PROJECT_CLASSES = ["responses", "history", "files"] as const satisfies readonly RetentionClass[];
export type ProjectClass = (typeof PROJECT_CLASSES)[number];

/** Days that a project has chosen, by class. @default - the environment's */
export const KeepDays = z.strictObject({
  responses: z.int().min(1).max(MAX_KEEP_DAYS.responses).exactOptional(),
  history: z.int().min(1).max(MAX_KEEP_DAYS.history).exactOptional(),
  files: z.int().min(1).max(MAX_KEEP_DAYS.files).exactOptional(),
});
export type KeepDays = z.infer<typeof KeepDays>;

/** The environment's days by class; a class that is not stored is missing. One line of JSON for the control API's function. */
export const EnvironmentRetention = z.partialRecord(RetentionClass, z.int().min(1));
export type EnvironmentRetention = z.infer<typeof EnvironmentRetention>;

/**
 * How what is over is removed: by DynamoDB's time to live, a lifecycle rule of S3, both, CloudWatch's retention; `object_lock`:
 * it can't be removed before, and no rule removes it after.
 */
export const ExpiryMechanism = z.enum([
  "time_to_live",
  "lifecycle",
  "time_to_live_and_lifecycle",
  "log_retention",
  "object_lock",
]);

/** Sets the days of classes; `null` takes the project's own away. A class that is not named stays as it is. */
export const UpdateProjectRetention = z
  .strictObject({
    responses: z.int().min(1).max(MAX_KEEP_DAYS.responses).nullish(),
    history: z.int().min(1).max(MAX_KEEP_DAYS.history).nullish(),
    files: z.int().min(1).max(MAX_KEEP_DAYS.files).nullish(),
  })
  .refine((body) => Object.keys(body).length > 0, {
    error: "must name at least one class: responses, history or files",
  });

export const ProjectRetention = z.strictObject({
  object: z.literal("project.retention"),
  project_id: z.string(),
  /** Whether what was stored before the last change has its new end; it has within some minutes. */
  applied: z.boolean(),
  data: z.array(
    z.strictObject({
      class: RetentionClass,
      /** Null where the environment stores none. */
      days: z.int().nullable(),
      origin: z.enum(["environment", "project"]),
      /** What holds where the project has chosen nothing; null where the environment stores none. */
      environment_days: z.int().nullable(),
      /** Bounds of what the project can choose; null where it can choose nothing. */
      min_days: z.int().nullable(),
      max_days: z.int().nullable(),
      expires_by: ExpiryMechanism,
      /** Setting of the environment; null where the value is fixed. */
      setting: z.string().nullable(),
    }),
  ),
});
export type ProjectRetention = z.infer<typeof ProjectRetention>;

/** The days that a project has chosen, and whether what was stored before has them. */
export const RetentionRecord = z.strictObject({
  kind: z.literal("retention"),
  version: z.int().positive(),
  /** Of the project. */
  id: z.string(),
  days: KeepDays,
  /** Unix seconds. */
  changedAt: z.int().nonnegative(),
  /** Unix seconds. @default - what was stored before is being changed */
  appliedAt: z.int().nonnegative().exactOptional(),
});
