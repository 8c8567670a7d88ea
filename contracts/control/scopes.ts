import * as z from "zod";

/** What a role may permit in the control API. `write` of a subject does not include its `read`. */
export const ControlScope = z.enum([
  "projects.read",
  "projects.write",
  "project.users.read",
  "project.users.write",
  "users.read",
  "users.write",
  "invites.read",
  "invites.write",
  "audit_logs.read",
  "service_accounts.read",
  "service_accounts.write",
  "api_keys.read",
  "api_keys.write",
  "admin_keys.read",
  "admin_keys.write",
]);
export type ControlScope = z.infer<typeof ControlScope>;
