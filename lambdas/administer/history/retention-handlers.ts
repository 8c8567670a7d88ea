import { type DataRetention, USUAL_RETENTION } from "../../../contracts/history/data-retention.ts";
import { ORGANIZATION } from "../../../domain/tenancy/roles.ts";
import { auditEvent, type ControlCall, type ControlHandler, change } from "../call/control-call.ts";
import { LostRaceError } from "../call/control-error.ts";
import { type LimitedSubject, limitedSubject, newLimits } from "../call/limited-subject.ts";
import { refuseArchived } from "../handlers/projects.ts";
import { historyOf } from "./history-of.ts";

export const retrieveDataRetention: ControlHandler<"retrieveDataRetention"> = async (call) => {
  const { record } = await subjectOf(call, "organization", ORGANIZATION);
  const { retention = USUAL_RETENTION } = record ?? {};
  // A history is chosen for each project: an organisation has never `none`.
  const type = retention === "none" ? "modified_abuse_monitoring" : retention;
  return { body: { object: "organization.data_retention", type } };
};

/** Gateways hold it within a second, for the projects that have not chosen another one. */
export const updateDataRetention: ControlHandler<"updateDataRetention"> = async (call) => {
  const { retention_type: type } = call.body;
  const changes = await changesOf(call, await subjectOf(call, "organization", ORGANIZATION), type);
  const event = auditEvent("data_retention.updated", { id: ORGANIZATION, changes_requested: call.body });
  return change(call, event, changes, { body: { object: "organization.data_retention", type } });
};

export const retrieveProjectDataRetention: ControlHandler<"retrieveProjectDataRetention"> = async (call) => {
  const { record } = await subjectOf(call, "project", call.records.project_id.id);
  return { body: { object: "project.data_retention", type: record?.retention ?? "organization_default" } };
};

/** Gateways hold it within a second. */
export const updateProjectDataRetention: ControlHandler<"updateProjectDataRetention"> = async (call) => {
  const project = call.records.project_id;
  refuseArchived(project);
  const { retention_type: type } = call.body;
  if (type === "none") historyOf(call);
  const subject = await subjectOf(call, "project", project.id);
  const changes = await changesOf(call, subject, type === "organization_default" ? "usual" : type);
  const event = auditEvent("data_retention.updated", { id: project.id, changes_requested: call.body }, project);
  return change(call, event, changes, { body: { object: "project.data_retention", type } });
};

type Reading = Pick<ControlCall<"retrieveDataRetention">, "store" | "caller" | "nowMs">;

async function subjectOf(
  { store, caller }: Reading,
  scope: "organization" | "project",
  id: string,
): Promise<LimitedSubject> {
  const subject = await limitedSubject(store, caller.organizationId, scope, id);
  if (subject === undefined) throw new LostRaceError();
  return subject;
}

async function changesOf(call: Reading, subject: LimitedSubject, retention: DataRetention | "usual") {
  const { limits = [], models } = subject.record ?? {};
  return (await newLimits(call, subject, { limits: [...limits], models, retention })).changes;
}
