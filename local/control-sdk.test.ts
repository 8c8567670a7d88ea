import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { CONTROL_OPERATIONS, type ControlOperation, type ControlOperationId } from "../contracts/control/operations.ts";
import type { RecordOf } from "../contracts/control/records.ts";
import { controlServer } from "./test/control-server.ts";

type Organization = OpenAI["admin"]["organization"];

/** Ids of what the calls before have made. */
interface Made {
  project: string;
  user: string;
  invite: string;
  adminKey: string;
  account: string;
  key: string;
}
type Call = (organization: Organization, made: Made) => PromiseLike<unknown>;

/** A call of the SDK for each operation, in an order in which they all succeed; an operation without one does not compile. */
const CALLS: Readonly<Record<ControlOperationId, Call>> = {
  createProject: async ({ projects }, made) => {
    made.project = (await projects.create({ name: "search" })).id;
  },
  listProjects: ({ projects }) => projects.list({ limit: 1, include_archived: true }),
  retrieveProject: ({ projects }, { project }) => projects.retrieve(project),
  updateProject: ({ projects }, { project }) => projects.update(project, { name: "find" }),
  createProjectUser: ({ projects }, { project, user }) =>
    projects.users.create(project, { user_id: user, role: "member" }),
  listProjectUsers: ({ projects }, { project }) => projects.users.list(project),
  retrieveProjectUser: ({ projects }, { project: project_id, user }) => projects.users.retrieve(user, { project_id }),
  updateProjectUser: ({ projects }, { project: project_id, user }) =>
    projects.users.update(user, { project_id, role: "owner" }),
  deleteProjectUser: ({ projects }, { project: project_id, user }) => projects.users.delete(user, { project_id }),
  createServiceAccount: async ({ projects }, made) => {
    const account = await projects.serviceAccounts.create(made.project, { name: "job" });
    made.account = account.id;
    made.key = account.api_key?.id ?? "";
  },
  listServiceAccounts: ({ projects }, { project }) => projects.serviceAccounts.list(project),
  retrieveServiceAccount: ({ projects }, { project: project_id, account }) =>
    projects.serviceAccounts.retrieve(account, { project_id }),
  updateServiceAccount: ({ projects }, { project: project_id, account }) =>
    projects.serviceAccounts.update(account, { project_id, role: "owner" }),
  createServiceAccountKey: ({ projects }, { project: project_id, account }) =>
    projects.serviceAccounts.apiKeys.create(account, { project_id, name: "second", expires_in_seconds: 60 }),
  listProjectApiKeys: ({ projects }, { project }) => projects.apiKeys.list(project, { owner_project_access: "any" }),
  retrieveProjectApiKey: ({ projects }, { project: project_id, key }) => projects.apiKeys.retrieve(key, { project_id }),
  deleteProjectApiKey: ({ projects }, { project: project_id, key }) => projects.apiKeys.delete(key, { project_id }),
  deleteServiceAccount: ({ projects }, { project: project_id, account }) =>
    projects.serviceAccounts.delete(account, { project_id }),
  archiveProject: ({ projects }, { project }) => projects.archive(project),
  listUsers: ({ users }) => users.list({ limit: 1 }),
  retrieveUser: ({ users }, { user }) => users.retrieve(user),
  updateUser: ({ users }, { user }) => users.update(user, { role: "owner" }),
  deleteUser: ({ users }, { user }) => users.delete(user),
  createInvite: async ({ invites }, made) => {
    made.invite = (await invites.create({ email: "new@example.com", role: "reader" })).id;
  },
  listInvites: ({ invites }) => invites.list(),
  retrieveInvite: ({ invites }, { invite }) => invites.retrieve(invite),
  deleteInvite: ({ invites }, { invite }) => invites.delete(invite),
  createAdminApiKey: async ({ adminAPIKeys }, made) => {
    made.adminKey = (await adminAPIKeys.create({ name: "job" })).id;
  },
  listAdminApiKeys: ({ adminAPIKeys }) => adminAPIKeys.list({ order: "desc" }),
  retrieveAdminApiKey: ({ adminAPIKeys }, { adminKey }) => adminAPIKeys.retrieve(adminKey),
  deleteAdminApiKey: ({ adminAPIKeys }, { adminKey }) => adminAPIKeys.delete(adminKey),
  listAuditLogs: ({ auditLogs }) =>
    auditLogs.list({ event_types: ["project.created", "invite.sent"], effective_at: { gte: 1 } }),
};

const MEMBER: RecordOf<"user"> = {
  kind: "user",
  version: 1,
  id: "user-member",
  email: "member@example.com",
  role: "reader",
  addedAt: 1,
};

describe("the official SDK", () => {
  // documented: control-api-sdk
  test("can call every operation of the control API, and each response has its schema, no field more", async () => {
    const { url, owner, store } = await controlServer();
    const adminAPIKey = await owner("org-a");
    await store.write("org-a", [{ action: "create", record: MEMBER }]);
    const responses: { readonly method: string; readonly path: string; readonly body: unknown }[] = [];
    const { organization } = new OpenAI({
      adminAPIKey,
      apiKey: "unused",
      baseURL: url,
      maxRetries: 0,
      fetch: async (address, request) => {
        const response = await fetch(address, request);
        const { pathname } = new URL(String(address));
        responses.push({
          method: request?.method?.toUpperCase() ?? "GET",
          path: pathname,
          body: await response.clone().json(),
        });
        return response;
      },
    }).admin;
    const made: Made = { project: "", user: MEMBER.id, invite: "", adminKey: "", account: "", key: "" };
    const called: string[] = [];
    for (const [id, call] of Object.entries(CALLS)) {
      await call(organization, made);
      const { method, path, response }: ControlOperation = CONTROL_OPERATIONS[id as ControlOperationId];
      const last = responses.at(-1);
      expect(last?.method, id).toBe(method);
      expect(last?.path, id).toMatch(new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`));
      expect(response.safeParse(last?.body).error, id).toBeUndefined();
      called.push(id);
    }
    expect(called.toSorted()).toEqual(Object.keys(CONTROL_OPERATIONS).toSorted());
    expect(responses).toHaveLength(called.length);
  });
});
