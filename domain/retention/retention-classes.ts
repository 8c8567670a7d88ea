import {
  type EnvironmentRetention,
  type KeepDays,
  MAX_KEEP_DAYS,
  PROJECT_CLASSES,
  type ProjectClass,
  type ProjectRetention,
  RetentionClass,
} from "../../contracts/retention/retention.ts";

type Row = ProjectRetention["data"][number];

/** Where a class of data is, and how it ends. */
export interface RetentionRule {
  /** Table, bucket or log groups. */
  readonly stored: string;
  readonly expiresBy: Row["expires_by"];
  /** Setting with the environment's days. @default - they are fixed */
  readonly setting?: string;
}

/** One row for each class of stored data: a class without one does not compile. */
export const RETENTION_RULES: Readonly<Record<RetentionClass, RetentionRule>> = {
  responses: {
    stored: "the table of responses",
    expiresBy: "time_to_live",
    setting: "responses.keepDays",
  },
  history: {
    stored: "the table of the history",
    expiresBy: "time_to_live",
    setting: "history.retentionDays",
  },
  // Inputs, results and errors of batches.
  files: {
    stored: "the table of batches, and files/ in its bucket",
    expiresBy: "time_to_live_and_lifecycle",
  },
  audit_events: {
    stored: "the bucket of the audit trail",
    expiresBy: "object_lock",
    setting: "api.auditDays",
  },
  usage_events: {
    stored: "usage/ in the bucket of usage",
    expiresBy: "lifecycle",
    setting: "usage.retentionDays",
  },
  logs: {
    stored: "the log groups of gateways, engines and functions",
    expiresBy: "log_retention",
    setting: "logRetentionDays",
  },
};

/** What holds for a project, class by class: its own days, else the environment's. */
export function effectiveRetention(environment: EnvironmentRetention, project: KeepDays): readonly Row[] {
  return RetentionClass.options.map((name) => {
    const { expiresBy, setting } = RETENTION_RULES[name];
    const own = isProjectClass(name) ? project[name] : undefined;
    const stored = environment[name];
    return {
      class: name,
      days: stored === undefined ? null : (own ?? stored),
      origin: stored !== undefined && own !== undefined ? "project" : "environment",
      environment_days: stored ?? null,
      min_days: isProjectClass(name) ? 1 : null,
      max_days: isProjectClass(name) ? MAX_KEEP_DAYS[name] : null,
      expires_by: expiresBy,
      setting: setting ?? null,
    };
  });
}

function isProjectClass(name: RetentionClass): name is ProjectClass {
  return PROJECT_CLASSES.some((one) => one === name);
}

/** The days of a class in a project. @returns undefined where the environment stores none */
export function daysOf(name: ProjectClass, environment: EnvironmentRetention, project: KeepDays): number | undefined {
  return environment[name] === undefined ? undefined : (project[name] ?? environment[name]);
}
