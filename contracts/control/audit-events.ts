import * as z from "zod";
import { cursor, pageOf } from "./page.ts";

const idOnly = z.strictObject({ id: z.string() });
const roleOf = z.strictObject({ role: z.string() });
const Actor = z.strictObject({ id: z.string(), email: z.string() });

/** The payload of each type of audit event, in the shapes of OpenAI's audit log. */
const PAYLOADS = {
  "project.created": z.strictObject({ id: z.string(), data: z.strictObject({ name: z.string(), title: z.string() }) }),
  "project.updated": z.strictObject({ id: z.string(), changes_requested: z.strictObject({ title: z.string() }) }),
  "project.archived": idOnly,
  "user.added": z.strictObject({ id: z.string(), data: roleOf }),
  "user.updated": z.strictObject({ id: z.string(), changes_requested: roleOf }),
  "user.deleted": idOnly,
  "invite.sent": z.strictObject({ id: z.string(), data: z.strictObject({ email: z.string(), role: z.string() }) }),
  "invite.deleted": idOnly,
  "invite.accepted": idOnly,
  "service_account.created": z.strictObject({ id: z.string(), data: roleOf }),
  "service_account.updated": z.strictObject({ id: z.string(), changes_requested: roleOf }),
  "service_account.deleted": idOnly,
  "api_key.created": z.strictObject({ id: z.string(), data: z.strictObject({ scopes: z.array(z.string()) }) }),
  "api_key.deleted": idOnly,
} as const;

export type AuditEventType = keyof typeof PAYLOADS;
export type AuditPayloads = { readonly [T in AuditEventType]: z.infer<(typeof PAYLOADS)[T]> };
export const AUDIT_EVENT_TYPES = [
  "project.created",
  "project.updated",
  "project.archived",
  "user.added",
  "user.updated",
  "user.deleted",
  "invite.sent",
  "invite.deleted",
  "invite.accepted",
  "service_account.created",
  "service_account.updated",
  "service_account.deleted",
  "api_key.created",
  "api_key.deleted",
] as const satisfies readonly AuditEventType[];

/** One administrative change. The payload is the field with the type's name. */
export const AuditEvent = z.strictObject({
  id: z.string(),
  type: z.enum(AUDIT_EVENT_TYPES),
  /** Whole seconds since 1970. */
  effective_at: z.int(),
  /** The project that was changed. @default - the change is the organisation's */
  project: z.strictObject({ id: z.string(), name: z.string() }).exactOptional(),
  /** `session`: the owner of the AWS account, by the command line, in the name of the user that it is about. */
  actor: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("api_key"),
      api_key: z.strictObject({ id: z.string(), type: z.literal("user"), user: Actor }),
    }),
    z.strictObject({ type: z.literal("session"), session: z.strictObject({ user: Actor }) }),
  ]),
  "project.created": PAYLOADS["project.created"].exactOptional(),
  "project.updated": PAYLOADS["project.updated"].exactOptional(),
  "project.archived": PAYLOADS["project.archived"].exactOptional(),
  "user.added": PAYLOADS["user.added"].exactOptional(),
  "user.updated": PAYLOADS["user.updated"].exactOptional(),
  "user.deleted": PAYLOADS["user.deleted"].exactOptional(),
  "invite.sent": PAYLOADS["invite.sent"].exactOptional(),
  "invite.deleted": PAYLOADS["invite.deleted"].exactOptional(),
  "invite.accepted": PAYLOADS["invite.accepted"].exactOptional(),
  "service_account.created": PAYLOADS["service_account.created"].exactOptional(),
  "service_account.updated": PAYLOADS["service_account.updated"].exactOptional(),
  "service_account.deleted": PAYLOADS["service_account.deleted"].exactOptional(),
  "api_key.created": PAYLOADS["api_key.created"].exactOptional(),
  "api_key.deleted": PAYLOADS["api_key.deleted"].exactOptional(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/** Newest events first. */
export const AuditEventPage = pageOf(AuditEvent);

/** Lists come as `name[]=a&name[]=b`; bounds of time as `effective_at[gte]=…`, in seconds. */
export const ListAuditEventsQuery = z.strictObject({
  ...cursor,
  "effective_at[gt]": z.coerce.number().optional(),
  "effective_at[gte]": z.coerce.number().optional(),
  "effective_at[lt]": z.coerce.number().optional(),
  "effective_at[lte]": z.coerce.number().optional(),
  "project_ids[]": z.array(z.string()).optional(),
  "event_types[]": z.array(z.enum(AUDIT_EVENT_TYPES)).optional(),
  "actor_ids[]": z.array(z.string()).optional(),
  "actor_emails[]": z.array(z.string()).optional(),
  "resource_ids[]": z.array(z.string()).optional(),
});
export type ListAuditEventsQuery = z.infer<typeof ListAuditEventsQuery>;
