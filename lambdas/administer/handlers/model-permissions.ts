import type { ModelPermissions } from "../../../contracts/limits/use-limit.ts";
import { auditEvent, type ControlCall, type ControlHandler, change } from "../call/control-call.ts";
import { ControlError, LostRaceError } from "../call/control-error.ts";
import { type LimitedSubject, limitedSubject, newLimits } from "../call/limited-subject.ts";
import { refuseArchived } from "./projects.ts";

export const retrieveModelPermissions: ControlHandler<"retrieveModelPermissions"> = async (call) => {
  const { record, subjectId } = await ofProject(call);
  if (record?.models === undefined) throw noPermissions(subjectId);
  return { body: toPermissions(record.models) };
};

/** Gateways hold them within a second. */
export const updateModelPermissions: ControlHandler<"updateModelPermissions"> = async (call) => {
  const { records, body } = call;
  const project = records.project_id;
  refuseArchived(project);
  const subject = await ofProject(call);
  const models = { mode: body.mode, models: [...new Set(body.model_ids)] };
  const { changes } = await newLimits(call, subject, { limits: subject.record?.limits ?? [], models });
  const event = auditEvent("model_permissions.updated", { id: project.id, changes_requested: body }, project);
  return change(call, event, changes, { body: toPermissions(models) });
};

/** From then on the project may use all models. */
export const deleteModelPermissions: ControlHandler<"deleteModelPermissions"> = async (call) => {
  const project = call.records.project_id;
  const subject = await ofProject(call);
  if (subject.record?.models === undefined) throw noPermissions(project.id);
  const { changes } = await newLimits(call, subject, { limits: subject.record.limits });
  return change(call, auditEvent("model_permissions.deleted", { id: project.id }, project), changes, {
    body: { object: "project.model_permissions.deleted", deleted: true },
  });
};

async function ofProject({
  store,
  caller,
  records,
}: Pick<ControlCall<"retrieveModelPermissions">, "store" | "caller" | "records">): Promise<LimitedSubject> {
  const subject = await limitedSubject(store, caller.organizationId, "project", records.project_id.id);
  if (subject === undefined) throw new LostRaceError();
  return subject;
}

function noPermissions(projectId: string): ControlError {
  return new ControlError(
    "not_found",
    `The project '${projectId}' has no model permissions: its keys may use all models.`,
    { rule: "no-model-permissions" },
  );
}

function toPermissions({ mode, models }: ModelPermissions) {
  return { object: "project.model_permissions" as const, mode, model_ids: [...models] };
}
