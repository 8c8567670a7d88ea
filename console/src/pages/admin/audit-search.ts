import type { AuditEventType } from "../../../../contracts/control/audit-payloads.ts";

interface Subject {
  readonly name: string;
  readonly types: readonly AuditEventType[];
}

/** What audit events are about, to choose from, with their types. */
export const SUBJECTS = [
  { name: "projects", types: ["project.created", "project.updated", "project.archived"] },
  {
    name: "people",
    types: ["user.added", "user.updated", "user.deleted", "invite.sent", "invite.deleted", "invite.accepted"],
  },
  {
    name: "keys",
    types: [
      "api_key.created",
      "api_key.deleted",
      "service_account.created",
      "service_account.updated",
      "service_account.deleted",
    ],
  },
  {
    name: "limits",
    types: [
      "limits.updated",
      "limits.deleted",
      "rate_limit.updated",
      "spend_limit.updated",
      "spend_limit.deleted",
      "model_permissions.updated",
      "model_permissions.deleted",
    ],
  },
  { name: "refusals", types: ["login.failed", "access.denied"] },
] as const satisfies readonly Subject[];

/** What the audit log shows; it stands in the address. */
export interface AuditSearch {
  /** @default - all events */
  readonly subject?: (typeof SUBJECTS)[number]["name"];
  /** Id of what was changed. */
  readonly resource?: string;
}

/** Reads the query; what is no value of a filter is left out. */
export function auditSearch(search: Readonly<Record<string, unknown>>): AuditSearch {
  const subject = SUBJECTS.find(({ name }) => name === search.subject)?.name;
  const { resource } = search;
  return {
    ...(subject === undefined ? {} : { subject }),
    ...(typeof resource === "string" && resource !== "" && resource.length <= 200 ? { resource } : {}),
  };
}
