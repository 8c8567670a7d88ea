import * as z from "zod";

/** What a role may permit in one project. */
export const ProjectScope = z.enum([
  "projects.read",
  "projects.write",
  "project.users.read",
  "project.users.write",
  "project.groups.read",
  "project.groups.write",
  "project.roles.read",
  "project.roles.write",
  "service_accounts.read",
  "service_accounts.write",
  "api_keys.read",
  "api_keys.write",
  /** Of the user's own keys alone. */
  "own_api_keys.read",
  "own_api_keys.write",
  "limits.read",
  "data_retention.read",
  "history.read",
  "history.write",
]);
export type ProjectScope = z.infer<typeof ProjectScope>;

/** What a role may permit in the control API. `write` of a subject does not include its `read`. */
export const ControlScope = z.enum([
  ...ProjectScope.options,
  "users.read",
  "users.write",
  "invites.read",
  "invites.write",
  "audit_logs.read",
  "admin_keys.read",
  "admin_keys.write",
  /** To operate the gateways themselves: requests in progress, targets, routes and providers. */
  "operator_keys.write",
  /** To see how the gateways, engines and alarms of the service do. */
  "service_health.read",
  /** To read the newest lines of the gateways' log, which are of all tenants. */
  "service_logs.read",
  "groups.read",
  "groups.write",
  "roles.read",
  "roles.write",
  "limits.write",
  "usage.read",
  /** To correct what is counted: adjustments, recounts and events that were lost. */
  "usage.write",
  /** Of the requests with the user's own keys alone. */
  "own_usage.read",
  "data_retention.write",
  "erasures.read",
  "erasures.write",
  "legal_holds.read",
  "legal_holds.write",
]);
export type ControlScope = z.infer<typeof ControlScope>;
