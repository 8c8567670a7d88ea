import * as z from "zod";

/** Of CloudWatch: `insufficient_data` where there are no values yet. */
export const ServiceAlarmState = z.enum(["ok", "alarm", "insufficient_data"]);
export type ServiceAlarmState = z.infer<typeof ServiceAlarmState>;

/** One alarm of the environment. */
export const ServiceAlarm = z.strictObject({
  object: z.literal("organization.service_alarm"),
  name: z.string(),
  /** The problem, in one sentence. */
  description: z.string(),
  state: ServiceAlarmState,
  /** Unix seconds since which it has this state. @default null - CloudWatch does not say */
  state_since: z.int().nonnegative().nullable(),
  /** Why it has this state, in CloudWatch's words. */
  state_reason: z.string(),
  /** File and section of the runbook. @default null - it has none */
  runbook: z.string().nullable(),
});
export type ServiceAlarm = z.infer<typeof ServiceAlarm>;

/** All alarms of the environment: those in ALARM first, then those without data, each by name. */
export const ServiceAlarms = z.strictObject({
  object: z.literal("organization.service_alarms"),
  alarms: z.array(ServiceAlarm),
  /** Address of CloudWatch's dashboard. @default null - the environment does not run on AWS */
  dashboard_url: z.url().nullable(),
});
export type ServiceAlarms = z.infer<typeof ServiceAlarms>;
