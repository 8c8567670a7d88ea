import OpenAI from "openai";
import type { AuditLogListParams } from "openai/resources/admin/organization/audit-logs";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ControlOperation } from "../contracts/control/operation.ts";
import { CONTROL_OPERATIONS } from "../contracts/control/operations.ts";
import type { ControlRecord, RecordOf } from "../contracts/control/records.ts";
import { newAdminKey } from "../domain/keys/admin-key.ts";
import { adminKeyRecord, createAdminKey } from "../domain/tenancy/admin-key-record.ts";
import type { Change } from "../domain/tenancy/changes.ts";
import { newProjectKey } from "../domain/tenancy/project-keys.ts";
import { ORGANIZATION_ROLES, PROJECT_ROLES } from "../domain/tenancy/roles.ts";
import { administer, type ControlRequest, type ControlResponse } from "../lambdas/administer/administer.ts";
import { OlderArchives } from "../lambdas/administer/call/older-archives.ts";
import { NOTHING_ERASED } from "../lambdas/administer/erasure/erasure-handlers.ts";
import { RefusalStore, refusalRecorder } from "../lambdas/refusal-store.ts";
import { bind } from "./http/server.ts";
import { controlTable } from "./test/control-table.ts";
import { storeChat } from "./test/stored-chat.ts";

type User = RecordOf<"user">;
const user = (id: string, role: User["role"]): User => ({
  kind: "user",
  version: 1,
  id,
  email: `${id}@example.com`,
  role,
  addedAt: 1,
});
const member = (projectId: string, userId: string, role: "owner" | "member"): RecordOf<"membership"> => ({
  kind: "membership",
  version: 1,
  projectId,
  userId,
  role,
  addedAt: 1,
});
const project = (id: string): RecordOf<"project"> => ({ kind: "project", version: 1, id, name: id, createdAt: 1 });
const invite = (id: string): RecordOf<"invite"> => ({
  kind: "invite",
  version: 1,
  id,
  email: `${id}@example.com`,
  role: "reader",
  projects: [],
  createdAt: 1,
  expiresAt: 4_000_000_000,
});

/** A user may read the content of a project's history. */
const historyAccess = (projectId: string, userId: string): RecordOf<"historyAccess"> => ({
  kind: "historyAccess",
  version: 1,
  projectId,
  userId,
  reason: "a support case",
  expiresAt: 4_000_000_000,
});

const adminKey = (id: string, ownerId: string): RecordOf<"adminKey"> => ({
  ...adminKeyRecord(newAdminKey(), { name: id, ownerId, nowMs: 1 }),
  id,
});

/** A service account with a key. */
function accountWithKey({ project_id: projectId, service_account_id: id, api_key_id: keyId }: typeof OWN): Change[] {
  const account = { kind: "serviceAccount", version: 1, id, projectId, name: "job", role: "member" } as const;
  const record: RecordOf<"serviceAccount"> = { ...account, createdAt: 1 };
  const { changes } = newProjectKey({ account: record, name: "job", plan: "standard", nowMs: 1 });
  const renamed = changes.map((change): Change => {
    if (change.action === "createKey") return { ...change, item: { ...change.item, keyId: keyId.slice(4) } };
    if (change.action !== "create" || change.record.kind !== "projectKey") return change;
    return { ...change, record: { ...change.record, id: keyId, keyId: keyId.slice(4) } };
  });
  return [create(record), ...renamed];
}

/** A group with a user, in the organisation and in a project; both have a role in each. */
function groupAndRoles({ group_id: groupId, user_id: userId, project_id: projectId, role_id }: typeof OWN): Change[] {
  const link = { version: 1, groupId, userId } as const;
  const inProject = { version: 1, groupId, projectId } as const;
  return [
    create({ kind: "group", version: 1, id: groupId, name: "team", createdAt: 1 }),
    create({ kind: "groupUser", ...link, addedAt: 1 }),
    create({ kind: "userGroup", ...link }),
    create({ kind: "projectGroup", ...inProject, addedAt: 1 }),
    create({ kind: "groupProject", ...inProject }),
    ...["organization", projectId].flatMap((resourceId) => [
      create(role(resourceId, role_id)),
      ...[groupId, userId].map((principalId) =>
        create({ kind: "roleAssignment", version: 1, resourceId, principalId, roleId: role_id, createdAt: 1 } as const),
      ),
    ]),
  ];
}

/** A project may use one model alone, and spend a dollar a month; so may the organisation. */
const credit = ({ credit_id: id, subject_id: subjectId }: typeof OWN): RecordOf<"credit"> => ({
  kind: "credit",
  version: 1,
  id,
  scope: "project",
  subjectId,
  amount: 5,
  createdAt: 1,
});
const spendAlert = ({ spend_alert_id: id, project_id: subjectId }: typeof OWN): RecordOf<"spendAlert"> => ({
  kind: "spendAlert",
  version: 1,
  id,
  scope: "project",
  subjectId,
  thresholdCents: 5,
  recipients: ["oncall@example.com"],
  createdAt: 1,
});
const webhook = ({ webhook_id: id }: typeof OWN): RecordOf<"webhook"> => ({
  kind: "webhook",
  version: 1,
  id,
  url: "https://hooks.example.com",
  secrets: [{ secret: "whsec_AAAA" }],
  createdAt: 1,
});
const delivery = ({ webhook_id: webhookId, delivery_id: id }: typeof OWN): RecordOf<"webhookDelivery"> => ({
  kind: "webhookDelivery",
  version: 1,
  id,
  webhookId,
  noticeId: "evt_1",
  type: "key.revoked",
  status: "failed",
  attempts: 9,
  createdAt: 1,
  triedUntil: 2,
  nextAttemptAt: 2,
  updatedAt: 2,
  expiresAt: 2_000_000_000,
});
const limits = (scope: "project" | "organization", subjectId: string): RecordOf<"limits"> => ({
  kind: "limits",
  version: 1,
  scope,
  subjectId,
  limits: [{ metric: "nano_usd", window: "month", max: 1_000_000_000 }],
  models: { mode: "allow_list", models: ["tiny"] },
  updatedAt: 1,
});

const erasure = (id: string): RecordOf<"erasure"> => ({
  kind: "erasure",
  version: 1,
  id,
  subjectType: "service_account",
  requestedBy: "user-owner",
  startedAt: 1,
  counts: NOTHING_ERASED,
});

const held = (id: string): RecordOf<"legalHolds"> => ({
  kind: "legalHolds",
  version: 1,
  id: "all",
  holds: [{ id, subjectType: "service_account", reason: "a case", placedBy: "user-owner", placedAt: 1 }],
});

/** A role that permits nothing but reading projects. */
const role = (resourceId: string, id: string): RecordOf<"role"> => ({
  kind: "role",
  version: 1,
  resourceId,
  id,
  name: id,
  permissions: ["projects.read"],
  createdAt: 1,
  createdBy: "user-owner",
});

/** The control API behind a socket, with its table in the local DynamoDB; the credential is `organisation/user`. */
async function started() {
  const { store, document, name, keys, usage, history, historyTables, erasable } = await controlTable();
  const fail = (line: unknown) => {
    throw new Error(JSON.stringify(line));
  };
  const clock = { ms: 1_790_000_000_000 };
  const send = (
    request: Omit<ControlRequest, "caller" | "query" | "origin"> & { readonly query?: ControlRequest["query"] },
    organizationId: string,
    userId: string,
  ) =>
    administer(
      {
        query: {},
        ...request,
        origin: { address: "192.0.2.1", requestId: "req-1" },
        caller: { organizationId, userId, keyId: `key_${userId}` },
      },
      {
        store,
        olderArchives: new OlderArchives(),
        keyPlan: "standard",
        memberKeys: { perPerson: 5, maxDays: 90 },
        models: ["tiny"],
        mailReceivers: ["oncall@example.com"],
        usage,
        history,
        erasable,
        organization: "org-a",
        now: () => clock.ms++,
        log: () => undefined,
        recordRefusal: refusalRecorder(new RefusalStore(document, { control: name, keys }), fail),
      },
    );
  const api = await bind(0, "", async (request, response) => {
    const url = new URL(request.url ?? "", "http://api");
    const [organizationId = "", userId = ""] = String(request.headers.authorization).replace("Bearer ", "").split("/");
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const query = Object.fromEntries([...url.searchParams.keys()].map((name) => [name, url.searchParams.getAll(name)]));
    const result = await send(
      { method: request.method ?? "", path: url.pathname, query, body },
      organizationId,
      userId,
    );
    response.writeHead(result.status, { ...result.headers, "content-type": "application/json" });
    response.end(JSON.stringify(result.body));
  });
  onTestFinished(() => api.close());
  const seed = (organizationId: string, ...records: Parameters<typeof store.write>[1][number][]) =>
    store.write(organizationId, records);
  const sdk = (organizationId: string, userId: string) =>
    new OpenAI({
      adminAPIKey: `${organizationId}/${userId}`,
      apiKey: "unused",
      baseURL: `http://127.0.0.1:${api.port}/v1`,
      maxRetries: 0,
    }).admin.organization;
  return { store, send, seed, sdk, clock, document, historyTables };
}

const create = <R extends ControlRecord>(record: R) => ({ action: "create" as const, record });

/** An organisation with an owner and a reader, whose addresses are taken. */
async function seeded() {
  const twin = await started();
  const users = [user("user-owner", "owner"), user("user-reader", "reader")];
  for (const organization of ["org-a", "org-b"])
    await twin.seed(
      organization,
      ...users.map(create),
      ...users.map(({ id, email }) => create({ kind: "email", version: 1, email, ownerId: id } as const)),
    );
  return { ...twin, organization: twin.sdk("org-a", "user-owner") };
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

describe("the control API, called by the official SDK", () => {
  test("creates, lists in pages, renames and archives projects", async () => {
    const { organization, sdk } = await seeded();
    const made = [];
    for (const name of ["one", "two", "three", "four", "five"]) made.push(await organization.projects.create({ name }));
    const [first] = made;
    expect((await organization.projects.update(first!.id, { name: "uno" })).name).toBe("uno");
    expect((await organization.projects.archive(made[1]!.id)).status).toBe("archived");
    const active = await all(organization.projects.list({ limit: 2 }));
    expect(active.map(({ name }) => name)).toEqual(["uno", "three", "four", "five"]);
    expect(await all(organization.projects.list({ limit: 2, include_archived: true }))).toHaveLength(5);
    expect(await organization.projects.retrieve(first!.id)).toEqual({ ...first, name: "uno" });
    await expect(organization.projects.update(made[1]!.id, { name: "dos" })).rejects.toThrow(/is archived/);
    await expect(sdk("org-b", "user-owner").projects.retrieve(first!.id)).rejects.toMatchObject({ status: 404 });
  });

  test("adds users to a project by id and by address, changes their role and removes them", async () => {
    const { organization } = await seeded();
    const { id: project_id } = await organization.projects.create({ name: "one" });
    const { users } = organization.projects;
    await users.create(project_id, { email: "user-reader@example.com", role: "member" });
    await users.create(project_id, { user_id: "user-owner", role: "owner" });
    await expect(users.create(project_id, { user_id: "user-owner", role: "owner" })).rejects.toThrow(/already/);
    expect((await users.update("user-reader", { project_id, role: "owner" })).role).toBe("owner");
    expect((await users.retrieve("user-reader", { project_id })).email).toBe("user-reader@example.com");
    expect((await all(users.list(project_id, { limit: 1 }))).map(({ id }) => id)).toEqual([
      "user-owner",
      "user-reader",
    ]);
    expect(await users.delete("user-reader", { project_id })).toMatchObject({ deleted: true });
    await expect(users.retrieve("user-reader", { project_id })).rejects.toMatchObject({ status: 404 });
  });

  test("lists, changes and removes users, but not the caller", async () => {
    const { organization } = await seeded();
    expect((await organization.users.update("user-reader", { role: "owner" })).role).toBe("owner");
    await expect(organization.users.delete("user-owner")).rejects.toThrow(/another owner/);
    expect((await organization.users.retrieve("user-reader")).role).toBe("owner");
    await organization.users.delete("user-reader");
    expect((await all(organization.users.list())).map(({ id }) => id)).toEqual(["user-owner"]);
  });

  test("sends one invitation to an address, and can delete it", async () => {
    const { organization } = await seeded();
    const sent = await organization.invites.create({ email: "New@example.com", role: "reader" });
    expect(sent).toMatchObject({ email: "new@example.com", status: "pending" });
    await expect(organization.invites.create({ email: "new@example.com", role: "owner" })).rejects.toThrow(/already/);
    expect(await organization.invites.retrieve(sent.id)).toEqual(sent);
    await organization.invites.delete(sent.id);
    expect(await all(organization.invites.list())).toEqual([]);
    await organization.invites.create({ email: "new@example.com", role: "owner" });
  });

  test("has one audit event of each change, newest first, found by type, project and actor", async () => {
    const { organization } = await seeded();
    const { id } = await organization.projects.create({ name: "one" });
    await organization.projects.update(id, { name: "two" });
    await organization.projects.users.create(id, { user_id: "user-reader", role: "member" });
    await organization.users.update("user-reader", { role: "owner" });
    const events = await all(organization.auditLogs.list({ limit: 1 }));
    expect(events.map(({ type }) => type)).toEqual([
      "user.updated",
      "user.added",
      "project.updated",
      "project.created",
    ]);
    expect(events[2]).toMatchObject({
      project: { id, name: "two" },
      "project.updated": { id, changes_requested: { title: "two" } },
      actor: { api_key: { id: "key_user-owner", user: { id: "user-owner" } } },
    });
    const of = async (query: AuditLogListParams) =>
      (await all(organization.auditLogs.list(query))).map(({ type }) => type);
    expect(await of({ event_types: ["user.added"] })).toEqual(["user.added"]);
    expect(await of({ project_ids: [id], limit: 2 })).toEqual(["user.added", "project.updated", "project.created"]);
    expect(await of({ actor_ids: ["user-reader"] })).toEqual([]);
    expect(await of({ effective_at: { lt: 1 } })).toEqual([]);
  });
});

describe("the control API", () => {
  test("refuses a change of a version that is no longer the object's", async () => {
    const { send } = await seeded();
    const made = await send(
      { method: "POST", path: "/v1/organization/projects", body: '{"name":"one"}' },
      "org-a",
      "user-owner",
    );
    const path = `/v1/organization/projects/${(made.body as { id: string }).id}`;
    const rename = (ifMatch: string) =>
      send({ method: "POST", path, body: '{"name":"two"}', ifMatch }, "org-a", "user-owner");
    expect(made.headers.etag).toBe('"1"');
    expect(await rename('"1"')).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(await rename('"1"')).toMatchObject({ status: 412, body: { error: { code: "version_conflict" } } });
  });

  test("answers a change that other changes overtake each time with 429 and a time to wait", async () => {
    const { send, store } = await seeded();
    store.write = async () => false;
    const change = { method: "POST", path: "/v1/organization/projects", body: '{"name":"one"}' };
    expect(await send(change, "org-a", "user-owner")).toMatchObject({
      status: 429,
      headers: { "retry-after": "1" },
      body: { error: { code: "rate_limit_exceeded" } },
    });
  });

  test("leaves one owner when two owners demote each other at once", async () => {
    const { send, seed, store } = await seeded();
    await seed("org-a", create(user("user-second", "owner")));
    const demote = (who: string, by: string) =>
      send({ method: "POST", path: `/v1/organization/users/${who}`, body: '{"role":"reader"}' }, "org-a", by);
    for (let round = 0; round < 5; round++) {
      const results = await Promise.all([demote("user-second", "user-owner"), demote("user-owner", "user-second")]);
      expect(results.map(({ status }) => status).sort()).toEqual([200, 403]);
      const { records } = await store.list("org-a", { kind: "user", limit: 10 });
      const owners = records.filter(({ role }) => role === "owner");
      expect(owners).toHaveLength(1);
      const demoted = records.find(({ id, role }) => role === "reader" && id !== "user-reader")!;
      const restore = { method: "POST", path: `/v1/organization/users/${demoted.id}`, body: '{"role":"owner"}' };
      expect((await send(restore, "org-a", owners[0]!.id)).status).toBe(200);
    }
  });

  test("makes as many audit events as changes, whatever races there are", async () => {
    const { send, store } = await seeded();
    const made = await send(
      { method: "POST", path: "/v1/organization/projects", body: '{"name":"0"}' },
      "org-a",
      "user-owner",
    );
    const path = `/v1/organization/projects/${(made.body as { id: string }).id}`;
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        send({ method: "POST", path, body: `{"name":"${n}"}` }, "org-a", "user-owner"),
      ),
    );
    const changes = results.filter(({ status }) => status === 200).length;
    expect(changes).toBeGreaterThan(0);
    expect((await store.list("org-a", { kind: "event", limit: 100 })).records).toHaveLength(1 + changes);
    const id = path.split("/").at(-1)!;
    expect((await store.get("org-a", { kind: "project", ids: [id] }))?.version).toBe(1 + changes);
  });

  test.each([
    ["POST", "/v1/organization/projects", "{", 400, "invalid_json"],
    ["POST", "/v1/organization/projects", '{"name":""}', 400, "invalid_request"],
    ["POST", "/v1/organization/projects", '{"name":"a","residency":"GLOBAL"}', 400, "invalid_request"],
    ["GET", "/v1/organization/projects/a%23b", "", 404, "not_found"],
    ["GET", "/v1/organization/nothing", "", 404, "not_found"],
    ["DELETE", "/v1/organization/projects", "", 405, "method_not_allowed"],
  ])("responds to %s %s with the body %j with %i %s", async (method, path, body, status, code) => {
    const { send } = await seeded();
    expect(await send({ method, path, body }, "org-a", "user-owner")).toMatchObject({
      status,
      body: { error: { code } },
    });
  });
});

const OWN = {
  project_id: "proj_own",
  user_id: "user-target",
  invite_id: "invite-own",
  admin_key_id: "key_own",
  service_account_id: "svc_acct_own",
  api_key_id: "key_aaaaaaaaaaaa",
  group_id: "group_own",
  role_id: "role_own",
  limit_scope: "project",
  subject_id: "proj_own",
  credit_id: "credit_own",
  spend_alert_id: "alert_own",
  webhook_id: "webhook_own",
  delivery_id: "delivery_own",
  rate_limit_id: "rl-tiny",
  chat_id: "gen_own",
  erasure_id: "svc_acct_erased",
  legal_hold_id: "svc_acct_held",
};
const FOREIGN = {
  project_id: "proj_foreign",
  user_id: "user-foreign",
  invite_id: "invite-foreign",
  admin_key_id: "key_foreign",
  service_account_id: "svc_acct_foreign",
  api_key_id: "key_ffffffffffff",
  group_id: "group_foreign",
  role_id: "role_foreign",
  limit_scope: "planet",
  subject_id: "proj_foreign",
  credit_id: "credit_foreign",
  spend_alert_id: "alert_foreign",
  webhook_id: "webhook_foreign",
  delivery_id: "delivery_foreign",
  rate_limit_id: "rl-foreign",
  chat_id: "gen_foreign",
  erasure_id: "svc_acct_erased_foreign",
  legal_hold_id: "svc_acct_held_foreign",
};
const BODIES: Readonly<Record<string, unknown>> = {
  createProject: { name: "a" },
  updateProject: { name: "b" },
  createProjectUser: { user_id: "user-new", role: "member" },
  updateProjectUser: { role: "owner" },
  updateUser: { role: "owner" },
  createInvite: { email: "someone@example.com", role: "reader" },
  createAdminApiKey: { name: "job" },
  createServiceAccount: { name: "job" },
  updateServiceAccount: { role: "owner" },
  createServiceAccountKey: {},
  createProjectApiKey: { name: "laptop" },
  rotateProjectApiKey: { overlap_seconds: 60 },
  updateProjectApiKey: { scopes: ["api.all.read"], expires_in_seconds: 600 },
  createGroup: { name: "team" },
  updateGroup: { name: "crew" },
  createGroupUser: { user_id: "user-new" },
  createProjectGroup: { group_id: "group_new", role: "member" },
  createRole: { role_name: "support", permissions: ["users.read"] },
  createProjectRole: { role_name: "support", permissions: ["api_keys.write"] },
  updateRole: { description: "helps" },
  updateProjectRole: { description: "helps" },
  createUserRole: { role_id: "role_new" },
  createGroupRole: { role_id: "role_new" },
  createProjectUserRole: { role_id: "role_new" },
  createProjectGroupRole: { role_id: "role_new" },
  grantCredit: { amount_nano_usd: 5 },
  createWebhook: { url: "https://hooks.example.com" },
  rotateWebhookSecret: {},
  updateLimits: { limits: [{ metric: "requests", window: "minute", max: 60 }] },
  updateRateLimit: { max_requests_per_1_minute: 60 },
  updateSpendLimit: { currency: "USD", interval: "month", threshold_amount: 5000 },
  updateProjectSpendLimit: { currency: "USD", interval: "month", threshold_amount: 5000 },
  ...Object.fromEntries(
    ["createSpendAlert", "updateSpendAlert", "createProjectSpendAlert", "updateProjectSpendAlert"].map((id) => [
      id,
      {
        currency: "USD",
        interval: "month",
        threshold_amount: 5000,
        notification_channel: { type: "email", recipients: ["oncall@example.com"] },
      },
    ]),
  ),
  updateDataRetention: { retention_type: "zero_data_retention" },
  updateProjectDataRetention: { retention_type: "none" },
  createHistoryAccess: { reason: "a support case", expires_in_seconds: 900 },
  createErasure: { subject_id: "user-target" },
  createLegalHold: { subject_id: "user-target", reason: "a case in court" },
  updateModelPermissions: { mode: "deny_list", model_ids: ["chat"] },
};
const CALLERS = {
  owner: { scopes: ORGANIZATION_ROLES.owner.scopes, inProject: undefined },
  reader: { scopes: ORGANIZATION_ROLES.reader.scopes, inProject: undefined },
  member: { scopes: ORGANIZATION_ROLES.member.scopes, inProject: undefined },
  "member-in-project": { scopes: ORGANIZATION_ROLES.member.scopes, inProject: "member" },
  "project-owner": { scopes: ORGANIZATION_ROLES.reader.scopes, inProject: "owner" },
  "project-member": { scopes: ORGANIZATION_ROLES.reader.scopes, inProject: "member" },
} as const;

describe("who may do what in the control API", () => {
  const cases = Object.entries<ControlOperation>(CONTROL_OPERATIONS).flatMap(([id, operation]) =>
    Object.entries(CALLERS).map(([name, caller]) => ({ id, operation, name, caller })),
  );

  // documented: control-api-roles
  test.each(cases)(
    "$id is for $name what the roles say, and foreign ids are not found",
    async ({ id, operation, name, caller }) => {
      const { seed, send, ...tables } = await started();
      const owns = name === "owner" ? "owner" : name.startsWith("member") ? "member" : "reader";
      // A key of one's own needs a membership beside the scope.
      const inProject = caller.inProject ?? (id === "createProjectApiKey" && owns === "owner" ? "member" : undefined);
      await seed(
        "org-a",
        ...[user("user-caller", owns), user("user-target", "reader"), user("user-new", "reader")].map(create),
        create(project(OWN.project_id)),
        create(member(OWN.project_id, OWN.user_id, "member")),
        create(invite(OWN.invite_id)),
        ...createAdminKey("org-a", adminKey(OWN.admin_key_id, OWN.user_id)),
        ...accountWithKey(OWN),
        ...groupAndRoles(OWN),
        create(limits("project", OWN.project_id)),
        create(credit(OWN)),
        create(spendAlert(OWN)),
        create(webhook(OWN)),
        create(delivery(OWN)),
        create({ ...spendAlert(OWN), scope: "organization", subjectId: "organization" }),
        create(limits("organization", "organization")),
        create({ kind: "group", version: 1, id: "group_new", name: "new", createdAt: 1 } as const),
        ...["organization", OWN.project_id].map((resourceId) => create(role(resourceId, "role_new"))),
        create(historyAccess(OWN.project_id, "user-caller")),
        create(erasure(OWN.erasure_id)),
        create(held(OWN.legal_hold_id)),
        ...(inProject ? [create(member(OWN.project_id, "user-caller", inProject))] : []),
      );
      await seed(
        "org-b",
        create(project(FOREIGN.project_id)),
        create(user(FOREIGN.user_id, "owner")),
        create(member(FOREIGN.project_id, FOREIGN.user_id, "member")),
        create(invite(FOREIGN.invite_id)),
        ...createAdminKey("org-b", adminKey(FOREIGN.admin_key_id, FOREIGN.user_id)),
        ...accountWithKey(FOREIGN),
        ...groupAndRoles(FOREIGN),
        create(credit(FOREIGN)),
        create(erasure(FOREIGN.erasure_id)),
        create(held(FOREIGN.legal_hold_id)),
        create(spendAlert(FOREIGN)),
        create(webhook(FOREIGN)),
        create(delivery(FOREIGN)),
        create({ ...spendAlert(FOREIGN), scope: "organization", subjectId: "organization" }),
      );
      if (operation.path.includes("/chats"))
        for (const { chat_id: chatId, project_id: projectId } of [OWN, FOREIGN])
          await storeChat(tables, { id: chatId, projectId });
      const parameters = [...operation.path.matchAll(/\{(\w+)\}/g)].map(
        ([, parameter]) => parameter as keyof typeof OWN,
      );
      const sendWith = (ids: typeof OWN): Promise<ControlResponse> => {
        const path = parameters.reduce((text, one) => text.replace(`{${one}}`, ids[one]), operation.path as string);
        const body = BODIES[id] === undefined ? "" : JSON.stringify(BODIES[id]);
        const query: ControlRequest["query"] = operation.scope === "usage.read" ? { start_time: ["1"] } : {};
        return send({ method: operation.method, path, query, body }, "org-a", "user-caller");
      };
      for (const parameter of parameters)
        expect(await sendWith({ ...OWN, [parameter]: FOREIGN[parameter] })).toMatchObject({
          status: 404,
          body: { error: { code: "not_found" } },
        });
      const isOfProject = parameters.includes("project_id");
      const permits = (scope: string) =>
        (caller.scopes as ReadonlySet<string>).has(scope) ||
        (isOfProject &&
          caller.inProject !== undefined &&
          (PROJECT_ROLES[caller.inProject].scopes as ReadonlySet<string>).has(scope));
      const isHidden = isOfProject && !permits("projects.read");
      const isOwnOnly = !permits(operation.scope) && permits(operation.ownScope ?? "");
      const result = await sendWith(OWN);
      if (isHidden || (isOwnOnly && parameters.includes("api_key_id"))) {
        // The key is another's.
        expect(result).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
      } else if (permits(operation.scope) || isOwnOnly) {
        expect(result.status).toBe(200);
        expect(operation.response.safeParse(result.body).error).toBeUndefined();
      } else {
        const message = expect.stringContaining(`no-role-permits:${operation.scope}`);
        const decision_id = expect.stringMatching(/^dec_/);
        expect(result).toMatchObject({
          status: 403,
          body: { error: { code: "permission_denied", message, decision_id } },
        });
      }
    },
  );
});
