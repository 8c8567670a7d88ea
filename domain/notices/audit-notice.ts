import type { AuditEvent } from "../../contracts/control/audit-events.ts";
import type { RecordOf } from "../../contracts/control/records.ts";
import type { Notice } from "../../contracts/notices/notice.ts";
import { newNotice } from "./new-notice.ts";

/** A key of a project that a change removes: by its own deletion, or with its user, service account, membership or group. */
export interface EndedKey {
  readonly id: string;
  readonly projectId: string;
}

/** The notices of a change that webhooks are told of; none of any other change. */
export function auditNotices(event: AuditEvent, ended: readonly EndedKey[]): readonly RecordOf<"notice">[] {
  const notice = noticeOf(event);
  const deleted = event["api_key.deleted"]?.id;
  // Whose deletion the event is has its notice by the event.
  const keys = ended.filter(({ id }) => id !== deleted);
  return [
    ...(notice ? [newNotice(notice, [event.id], event.effective_at)] : []),
    ...keys.map(({ id, projectId }) =>
      newNotice(
        { type: "key.revoked", data: { key_id: id, project_id: projectId } },
        [event.id, id],
        event.effective_at,
      ),
    ),
  ];
}

function noticeOf(event: AuditEvent): Notice | undefined {
  const projectId = event.project?.id ?? null;
  const { "api_key.deleted": key, "service_account.deleted": account, "project.archived": project } = event;
  const { "webhook.tested": tested } = event;
  if (key) return { type: "key.revoked", data: { key_id: key.id, project_id: projectId } };
  if (account)
    return { type: "service_account.deleted", data: { service_account_id: account.id, project_id: projectId } };
  if (tested) return { type: "webhook.test", data: { webhook_id: tested.id } };
  return project && { type: "project.archived", data: { project_id: project.id } };
}
