import type { Environment } from "../settings/environment.ts";
import type { Problem } from "./problem.ts";

/** S3 deletes no bucket with files that are locked in compliance mode. */
export function auditProblems({
  api: { controlApi, auditLock, auditDays },
  deletionProtection,
}: Environment): readonly Problem[] {
  if (!controlApi || auditLock !== "compliance" || deletionProtection) return [];
  return [
    {
      path: "api.auditLock",
      value: auditLock,
      rule: `must be governance where deletionProtection is false: the environment could not be destroyed for ${auditDays} days`,
      remedy: "set api.auditLock to governance, or deletionProtection to true",
    },
  ];
}

/** The control API alone makes audit events. */
export function auditStreamProblems({ api: { controlApi, auditStream } }: Environment): readonly Problem[] {
  if (auditStream === null || controlApi) return [];
  return [
    {
      path: "api.auditStream",
      value: auditStream.to,
      rule: "needs the control API, which makes the events",
      remedy: "set api.controlApi to true, or api.auditStream to null",
    },
  ];
}

/** The control API alone makes them. */
export function memberKeyProblems({ api: { controlApi, memberKeys } }: Environment): readonly Problem[] {
  if (memberKeys === null || controlApi) return [];
  return [
    {
      path: "api.memberKeys",
      value: "set",
      rule: "must be null where api.controlApi is false: nobody could make a key",
      remedy: "set api.controlApi to true, or api.memberKeys to null",
    },
  ];
}

/** Projects opt in by the control API, which also reads the history. */
export function historyProblems({ history, api: { controlApi } }: Environment): readonly Problem[] {
  if (history === null || controlApi) return [];
  return [
    {
      path: "history",
      value: "set",
      rule: "must be null where api.controlApi is false: no project could opt in, and nobody could read it",
      remedy: "set api.controlApi to true, or history to null",
    },
  ];
}

/** Meter events are sums of usage, for the customers of projects. */
export function billingProblems({ billing, usage, api: { controlApi } }: Environment): readonly Problem[] {
  if (billing === null || (controlApi && usage !== null)) return [];
  return [
    {
      path: "billing",
      value: "set",
      rule: "must be null where api.controlApi is false or usage is null: projects would have no customers, or no usage",
      remedy: "set api.controlApi to true and usage, or billing to null",
    },
  ];
}
