import type OpenAI from "openai";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { AUDIT_EVENT_TYPES, AuditEvent } from "./audit-events.ts";
import { CONTROL_OPERATIONS, type ControlOperationId } from "./operations/operations.ts";
import { OWN_OPERATIONS } from "./operations/own-operations.ts";

type Organization = OpenAI["admin"]["organization"];
type Resolved<F> = F extends (...parameters: never[]) => PromiseLike<infer R> ? R : never;
type Item<F> = Resolved<F> extends { data: (infer T)[] } ? { data: T[]; has_more: boolean } : never;
type Groups = Organization["groups"];
type Audit = Organization["auditLogs"];
type Projects = Organization["projects"];

/** What the official SDK declares as the response of each operation. */
interface Published {
  listProjects: Item<Projects["list"]>;
  createProject: Resolved<Projects["create"]>;
  retrieveProject: Resolved<Projects["retrieve"]>;
  updateProject: Resolved<Projects["update"]>;
  archiveProject: Resolved<Projects["archive"]>;
  listProjectUsers: Item<Projects["users"]["list"]>;
  createProjectUser: Resolved<Projects["users"]["create"]>;
  retrieveProjectUser: Resolved<Projects["users"]["retrieve"]>;
  updateProjectUser: Resolved<Projects["users"]["update"]>;
  deleteProjectUser: Resolved<Projects["users"]["delete"]>;
  listServiceAccounts: Item<Projects["serviceAccounts"]["list"]>;
  createServiceAccount: Resolved<Projects["serviceAccounts"]["create"]>;
  retrieveServiceAccount: Resolved<Projects["serviceAccounts"]["retrieve"]>;
  updateServiceAccount: Resolved<Projects["serviceAccounts"]["update"]>;
  deleteServiceAccount: Resolved<Projects["serviceAccounts"]["delete"]>;
  createServiceAccountKey: Resolved<Projects["serviceAccounts"]["apiKeys"]["create"]>;
  listProjectApiKeys: Item<Projects["apiKeys"]["list"]>;
  retrieveProjectApiKey: Resolved<Projects["apiKeys"]["retrieve"]>;
  updateProjectApiKey: Resolved<Projects["apiKeys"]["update"]>;
  deleteProjectApiKey: Resolved<Projects["apiKeys"]["delete"]>;
  listUsers: Item<Organization["users"]["list"]>;
  retrieveUser: Resolved<Organization["users"]["retrieve"]>;
  updateUser: Resolved<Organization["users"]["update"]>;
  deleteUser: Resolved<Organization["users"]["delete"]>;
  listInvites: Item<Organization["invites"]["list"]>;
  createInvite: Resolved<Organization["invites"]["create"]>;
  retrieveInvite: Resolved<Organization["invites"]["retrieve"]>;
  deleteInvite: Resolved<Organization["invites"]["delete"]>;
  listAdminApiKeys: Item<Organization["adminAPIKeys"]["list"]>;
  createAdminApiKey: Resolved<Organization["adminAPIKeys"]["create"]>;
  retrieveAdminApiKey: Resolved<Organization["adminAPIKeys"]["retrieve"]>;
  deleteAdminApiKey: Resolved<Organization["adminAPIKeys"]["delete"]>;
  listAuditLogs: Item<Audit["list"]>;
  listGroups: Item<Groups["list"]>;
  createGroup: Resolved<Groups["create"]>;
  retrieveGroup: Resolved<Groups["retrieve"]>;
  updateGroup: Resolved<Groups["update"]>;
  deleteGroup: Resolved<Groups["delete"]>;
  listGroupUsers: Item<Groups["users"]["list"]>;
  createGroupUser: Resolved<Groups["users"]["create"]>;
  retrieveGroupUser: Resolved<Groups["users"]["retrieve"]>;
  deleteGroupUser: Resolved<Groups["users"]["delete"]>;
  listRoles: Item<Organization["roles"]["list"]>;
  createRole: Resolved<Organization["roles"]["create"]>;
  retrieveRole: Resolved<Organization["roles"]["retrieve"]>;
  updateRole: Resolved<Organization["roles"]["update"]>;
  deleteRole: Resolved<Organization["roles"]["delete"]>;
  listProjectRoles: Item<Projects["roles"]["list"]>;
  createProjectRole: Resolved<Projects["roles"]["create"]>;
  retrieveProjectRole: Resolved<Projects["roles"]["retrieve"]>;
  updateProjectRole: Resolved<Projects["roles"]["update"]>;
  deleteProjectRole: Resolved<Projects["roles"]["delete"]>;
  listUserRoles: Item<Organization["users"]["roles"]["list"]>;
  createUserRole: Resolved<Organization["users"]["roles"]["create"]>;
  retrieveUserRole: Resolved<Organization["users"]["roles"]["retrieve"]>;
  deleteUserRole: Resolved<Organization["users"]["roles"]["delete"]>;
  listGroupRoles: Item<Organization["groups"]["roles"]["list"]>;
  createGroupRole: Resolved<Organization["groups"]["roles"]["create"]>;
  retrieveGroupRole: Resolved<Organization["groups"]["roles"]["retrieve"]>;
  deleteGroupRole: Resolved<Organization["groups"]["roles"]["delete"]>;
  listProjectUserRoles: Item<Projects["users"]["roles"]["list"]>;
  createProjectUserRole: Resolved<Projects["users"]["roles"]["create"]>;
  retrieveProjectUserRole: Resolved<Projects["users"]["roles"]["retrieve"]>;
  deleteProjectUserRole: Resolved<Projects["users"]["roles"]["delete"]>;
  listProjectGroupRoles: Item<Projects["groups"]["roles"]["list"]>;
  createProjectGroupRole: Resolved<Projects["groups"]["roles"]["create"]>;
  retrieveProjectGroupRole: Resolved<Projects["groups"]["roles"]["retrieve"]>;
  deleteProjectGroupRole: Resolved<Projects["groups"]["roles"]["delete"]>;
  listProjectGroups: Item<Projects["groups"]["list"]>;
  createProjectGroup: Resolved<Projects["groups"]["create"]>;
  retrieveProjectGroup: Resolved<Projects["groups"]["retrieve"]>;
  deleteProjectGroup: Resolved<Projects["groups"]["delete"]>;
  listRateLimits: Item<Projects["rateLimits"]["listRateLimits"]>;
  updateRateLimit: Resolved<Projects["rateLimits"]["updateRateLimit"]>;
  retrieveModelPermissions: Resolved<Projects["modelPermissions"]["retrieve"]>;
  updateModelPermissions: Resolved<Projects["modelPermissions"]["update"]>;
  deleteModelPermissions: Resolved<Projects["modelPermissions"]["delete"]>;
  retrieveProjectSpendLimit: Resolved<Projects["spendLimit"]["retrieve"]>;
  updateProjectSpendLimit: Resolved<Projects["spendLimit"]["update"]>;
  deleteProjectSpendLimit: Resolved<Projects["spendLimit"]["delete"]>;
  retrieveSpendLimit: Resolved<Organization["spendLimit"]["retrieve"]>;
  updateSpendLimit: Resolved<Organization["spendLimit"]["update"]>;
  deleteSpendLimit: Resolved<Organization["spendLimit"]["delete"]>;
  listSpendAlerts: Item<Organization["spendAlerts"]["list"]>;
  createSpendAlert: Resolved<Organization["spendAlerts"]["create"]>;
  retrieveSpendAlert: Resolved<Organization["spendAlerts"]["retrieve"]>;
  updateSpendAlert: Resolved<Organization["spendAlerts"]["update"]>;
  deleteSpendAlert: Resolved<Organization["spendAlerts"]["delete"]>;
  listProjectSpendAlerts: Item<Projects["spendAlerts"]["list"]>;
  createProjectSpendAlert: Resolved<Projects["spendAlerts"]["create"]>;
  retrieveProjectSpendAlert: Resolved<Projects["spendAlerts"]["retrieve"]>;
  updateProjectSpendAlert: Resolved<Projects["spendAlerts"]["update"]>;
  deleteProjectSpendAlert: Resolved<Projects["spendAlerts"]["delete"]>;
  retrieveDataRetention: Resolved<Organization["dataRetention"]["retrieve"]>;
  updateDataRetention: Resolved<Organization["dataRetention"]["update"]>;
  retrieveProjectDataRetention: Resolved<Projects["dataRetention"]["retrieve"]>;
  updateProjectDataRetention: Resolved<Projects["dataRetention"]["update"]>;
  listCompletionsUsage: Resolved<Organization["usage"]["completions"]>;
  listModerationsUsage: Resolved<Organization["usage"]["moderations"]>;
  listEmbeddingsUsage: Resolved<Organization["usage"]["embeddings"]>;
  listCosts: Resolved<Organization["usage"]["costs"]>;
}
type PublishedId = Exclude<ControlOperationId, (typeof OWN_OPERATIONS)[number]>;
type Response<Id extends ControlOperationId> = z.infer<(typeof CONTROL_OPERATIONS)[Id]["response"]>;
/** Types of audit events that OpenAI's audit log does not have. */
type OwnEventType =
  | "access.denied"
  | `limits.${"updated" | "deleted"}`
  | `model_permissions.${"updated" | "deleted"}`
  | `spend_limit.${"updated" | "deleted"}`
  | `spend_alert.${"created" | "updated" | "deleted"}`
  | `webhook.${"created" | "secret_rotated" | "tested" | "deleted" | "resent"}`
  | `billing_customer.${"updated" | "deleted"}`
  | `usage.${"adjusted" | "recounted" | "backfilled"}`
  | `credit.${"granted" | "revoked"}`
  | "credits.ended"
  | "data_retention.updated"
  | "retention.updated"
  | `history.${"access.granted" | "read" | "deleted"}`
  | `erasure.${"started" | "completed"}`
  | `legal_hold.${"placed" | "released"}`;
type Events = Response<"listAuditLogs">["data"][number];
type Ours<Id extends PublishedId> = Id extends "listAuditLogs"
  ? { data: (Omit<Events, "type"> & { type: Exclude<Events["type"], OwnEventType> })[]; has_more: boolean }
  : Response<Id>;

/** `true` for each operation whose response is of the published type; the assignment below fails for any other. */
type Matches = {
  readonly [Id in PublishedId]: [Published[Id]] extends [never]
    ? "not found in the SDK"
    : [Ours<Id>] extends [Published[Id]]
      ? true
      : false;
};
const own: ReadonlySet<string> = new Set(OWN_OPERATIONS);
const published = Object.keys(CONTROL_OPERATIONS).filter((id) => !own.has(id));
const MATCHES: { readonly [Id in PublishedId]: Matches[Id] extends true ? true : never } = Object.fromEntries(
  published.map((id) => [id, true]),
) as Record<PublishedId, true>;

describe("the control API's table of operations", () => {
  // documented: control-api-published
  test("has a response of the SDK's type for each operation, as the type checker shows", () => {
    expect(Object.keys(MATCHES)).toEqual(published);
  });

  test("has each method and path once", () => {
    const all = Object.values(CONTROL_OPERATIONS).map(({ method, path }) => `${method} ${path}`);
    expect(new Set(all).size).toBe(all.length);
  });

  test("has an audit event's payload for each of its types", () => {
    const { shape } = AuditEvent;
    for (const type of AUDIT_EVENT_TYPES) expect(shape[type]).toBeInstanceOf(z.ZodType);
  });
});
