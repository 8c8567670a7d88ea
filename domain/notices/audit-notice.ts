import type { AuditEvent } from "../../contracts/control/audit-events.ts";
import type { RecordOf } from "../../contracts/control/records.ts";
import type { Notice } from "../../contracts/notices/notice.ts";
import { newNotice } from "./new-notice.ts";

/** The notice of a change that webhooks are told of; `undefined` for any other change. */
export function auditNotice(event: AuditEvent): RecordOf<"notice"> | undefined {
  const notice = noticeOf(event);
  return notice && newNotice(notice, [event.id], event.effective_at);
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
