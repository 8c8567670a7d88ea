import type OpenAI from "openai";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { AUDIT_EVENT_TYPES, AuditEvent } from "./audit-events.ts";
import { CONTROL_OPERATIONS, type ControlOperationId } from "./operations.ts";

type Organization = OpenAI["admin"]["organization"];
type Resolved<F> = F extends (...parameters: never[]) => PromiseLike<infer R> ? R : never;
type Item<F> = Resolved<F> extends { data: (infer T)[] } ? { data: T[]; has_more: boolean } : never;
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
}
type Ours<Id extends ControlOperationId> = z.infer<(typeof CONTROL_OPERATIONS)[Id]["response"]>;

/** `true` for each operation whose response is of the published type; the assignment below fails for any other. */
type Matches = {
  readonly [Id in ControlOperationId]: [Published[Id]] extends [never]
    ? "not found in the SDK"
    : [Ours<Id>] extends [Published[Id]]
      ? true
      : false;
};
const MATCHES: { readonly [Id in ControlOperationId]: Matches[Id] extends true ? true : never } = Object.fromEntries(
  Object.keys(CONTROL_OPERATIONS).map((id) => [id, true]),
) as Record<ControlOperationId, true>;

describe("the control API's table of operations", () => {
  // documented: control-api-published
  test("has a response of the SDK's type for each operation, as the type checker shows", () => {
    expect(Object.keys(MATCHES)).toEqual(Object.keys(CONTROL_OPERATIONS));
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
