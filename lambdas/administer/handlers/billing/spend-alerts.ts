import type { RecordOf } from "../../../../contracts/control/records.ts";
import { MAX_SPEND_ALERTS_OF_SUBJECT } from "../../../../contracts/notices/spend-alerts.ts";
import { removeRecord } from "../../../../domain/tenancy/changes.ts";
import { newId } from "../../../../domain/tenancy/ids.ts";
import { ORGANIZATION } from "../../../../domain/tenancy/roles.ts";
import { unixSeconds } from "../../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlCall, type ControlHandler, change, page } from "../../call/control-call.ts";
import { ControlError } from "../../call/control-error.ts";
import { sourceOf } from "../../usage/requested-usage.ts";
import { refuseArchived } from "../projects.ts";

type Project = RecordOf<"project">;
type SpendAlert = RecordOf<"spendAlert">;
type Listing = Pick<ControlCall<"listSpendAlerts">, "store" | "caller" | "query">;
type Writing = Pick<
  ControlCall<"createSpendAlert">,
  "store" | "caller" | "nowMs" | "repeatable" | "usage" | "body" | "mailReceivers"
>;

export const listSpendAlerts: ControlHandler<"listSpendAlerts"> = async (call) => {
  const { alerts, hasMore } = await listed(call, undefined);
  return { body: page(alerts.map(organizationAlert), hasMore) };
};
export const createSpendAlert: ControlHandler<"createSpendAlert"> = async (call) =>
  created(call, undefined, organizationAlert);
export const retrieveSpendAlert: ControlHandler<"retrieveSpendAlert"> = async ({
  records: { spend_alert_id: alert },
}) => ({ body: organizationAlert(alert), version: alert.version });
export const updateSpendAlert: ControlHandler<"updateSpendAlert"> = async (call) =>
  updated(call, call.records.spend_alert_id, undefined, organizationAlert);
export const deleteSpendAlert: ControlHandler<"deleteSpendAlert"> = async (call) =>
  removed(call, call.records.spend_alert_id, undefined, "organization.spend_alert.deleted");

export const listProjectSpendAlerts: ControlHandler<"listProjectSpendAlerts"> = async (call) => {
  const { alerts, hasMore } = await listed(call, call.records.project_id);
  return { body: page(alerts.map(projectAlert), hasMore) };
};
export const createProjectSpendAlert: ControlHandler<"createProjectSpendAlert"> = async (call) => {
  refuseArchived(call.records.project_id);
  return created(call, call.records.project_id, projectAlert);
};
export const retrieveProjectSpendAlert: ControlHandler<"retrieveProjectSpendAlert"> = async ({
  records: { spend_alert_id: alert },
}) => ({ body: projectAlert(alert), version: alert.version });
export const updateProjectSpendAlert: ControlHandler<"updateProjectSpendAlert"> = async (call) => {
  refuseArchived(call.records.project_id);
  return updated(call, call.records.spend_alert_id, call.records.project_id, projectAlert);
};
export const deleteProjectSpendAlert: ControlHandler<"deleteProjectSpendAlert"> = async (call) =>
  removed(call, call.records.spend_alert_id, call.records.project_id, "project.spend_alert.deleted");

/** All alerts of a subject, oldest first: they are few. */
function alertsOf({ store, caller }: Pick<Listing, "store" | "caller">, project: Project | undefined) {
  const within = project === undefined ? ["organization", ORGANIZATION] : ["project", project.id];
  // Two that are made at once may both be stored as the last one.
  const limit = 2 * MAX_SPEND_ALERTS_OF_SUBJECT;
  return store.list(caller.organizationId, { kind: "spendAlert", within, limit });
}

async function listed(call: Listing, project: Project | undefined) {
  const { after, before, limit, order } = call.query;
  const { records } = await alertsOf(call, project);
  const ordered = order === "asc" ? records : records.toReversed();
  const isAfter = (id: string, than: string) => (order === "asc" ? id > than : id < than);
  const rows = ordered.filter(
    ({ id }) => (after === undefined || isAfter(id, after)) && (before === undefined || isAfter(before, id)),
  );
  // With `before` alone, the page is the one that ends there.
  const isBackwards = before !== undefined && after === undefined;
  return { alerts: isBackwards ? rows.slice(-limit) : rows.slice(0, limit), hasMore: rows.length > limit };
}

async function created<B>(call: Writing, project: Project | undefined, shown: (alert: SpendAlert) => B) {
  sourceOf(call); // without usage nobody counts what is spent
  const fields = alertFields(call);
  const { records: others } = await alertsOf(call, project);
  if (others.length >= MAX_SPEND_ALERTS_OF_SUBJECT)
    throw new ControlError(
      "invalid_request",
      `There are ${others.length} spend alerts, and at most ${MAX_SPEND_ALERTS_OF_SUBJECT} are possible; delete one.`,
    );
  const record: SpendAlert = {
    kind: "spendAlert",
    version: 1,
    id: newId("spendAlert", call.nowMs),
    ...(project === undefined
      ? { scope: "organization", subjectId: ORGANIZATION }
      : { scope: "project", subjectId: project.id }),
    ...fields,
    createdAt: unixSeconds(call.nowMs),
  };
  const event = auditEvent("spend_alert.created", { id: record.id, changes_requested: call.body }, project);
  return change(call, event, [{ action: "create", record }], { body: shown(record), version: record.version });
}

async function updated<B>(
  call: Writing,
  before: SpendAlert,
  project: Project | undefined,
  shown: (alert: SpendAlert) => B,
) {
  const { subjectPrefix: _, ...rest } = before;
  const record: SpendAlert = { ...rest, ...alertFields(call), version: before.version + 1 };
  const event = auditEvent("spend_alert.updated", { id: record.id, changes_requested: call.body }, project);
  return change(call, event, [{ action: "replace", record, version: before.version }], {
    body: shown(record),
    version: record.version,
  });
}

function removed<const T extends string>(
  call: Pick<Writing, "store" | "caller" | "nowMs" | "repeatable">,
  alert: SpendAlert,
  project: Project | undefined,
  object: T,
) {
  const event = auditEvent("spend_alert.deleted", { id: alert.id }, project);
  return change(call, event, [removeRecord(alert)], { body: { object, id: alert.id, deleted: true } });
}

/** @throws {ControlError} for a recipient to whom nothing is mailed: the alert would be silent */
function alertFields({ body, mailReceivers }: Pick<Writing, "body" | "mailReceivers">) {
  const { recipients, subject_prefix: prefix } = body.notification_channel;
  const receivers = new Set(mailReceivers.map((address) => address.toLowerCase()));
  const position = recipients.findIndex((address) => !receivers.has(address.toLowerCase()));
  if (position >= 0)
    throw new ControlError(
      "invalid_request",
      `${recipients[position]} gets no mail of this environment: recipients must be among alarms.emails of its environment file, to which the operator can add the address.`,
      { param: `notification_channel.recipients[${position}]` },
    );
  return {
    thresholdCents: body.threshold_amount,
    recipients: [...recipients],
    ...(prefix === undefined || prefix === null || prefix === "" ? {} : { subjectPrefix: prefix }),
  };
}

function organizationAlert(alert: SpendAlert) {
  return { object: "organization.spend_alert" as const, ...shownAlert(alert) };
}

function projectAlert(alert: SpendAlert) {
  return { object: "project.spend_alert" as const, ...shownAlert(alert) };
}

function shownAlert({ id, thresholdCents, recipients, subjectPrefix }: SpendAlert) {
  return {
    id,
    threshold_amount: thresholdCents,
    currency: "USD" as const,
    interval: "month" as const,
    notification_channel: { type: "email" as const, recipients, subject_prefix: subjectPrefix ?? null },
  };
}
