import type { ControlRecord, RecordOf } from "../../../contracts/control/records.ts";
import { newAdminKey } from "../../../domain/keys/admin-key.ts";
import { adminKeyRecord, createAdminKey } from "../../../domain/tenancy/admin-key-record.ts";
import type { Change } from "../../../domain/tenancy/changes.ts";
import { newProjectKey } from "../../../domain/tenancy/project-keys.ts";
import { NOTHING_ERASED } from "../../../lambdas/administer/erasure/continue-erasure.ts";
import { FOREIGN, type ObjectIds, OWN } from "./object-ids.ts";

type User = RecordOf<"user">;
export const user = (id: string, role: User["role"]): User => ({
  kind: "user",
  version: 1,
  id,
  email: `${id}@example.com`,
  role,
  addedAt: 1,
});
export const member = (projectId: string, userId: string, role: "owner" | "member"): RecordOf<"membership"> => ({
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
function accountWithKey({ project_id: projectId, service_account_id: id, api_key_id: keyId }: ObjectIds): Change[] {
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
function groupAndRoles({ group_id: groupId, user_id: userId, project_id: projectId, role_id }: ObjectIds): Change[] {
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
const credit = ({ credit_id: id, subject_id: subjectId }: ObjectIds): RecordOf<"credit"> => ({
  kind: "credit",
  version: 1,
  id,
  scope: "project",
  subjectId,
  amount: 5,
  createdAt: 1,
});
const spendAlert = ({ spend_alert_id: id, project_id: subjectId }: ObjectIds): RecordOf<"spendAlert"> => ({
  kind: "spendAlert",
  version: 1,
  id,
  scope: "project",
  subjectId,
  thresholdCents: 5,
  recipients: ["oncall@example.com"],
  createdAt: 1,
});
const webhook = ({ webhook_id: id }: ObjectIds): RecordOf<"webhook"> => ({
  kind: "webhook",
  version: 1,
  id,
  url: "https://hooks.example.com",
  secrets: [{ secret: "whsec_AAAA" }],
  createdAt: 1,
});
const billingCustomer = ({ project_id: id }: ObjectIds): RecordOf<"billingCustomer"> => ({
  kind: "billingCustomer",
  version: 1,
  id,
  periods: [{ customerId: "cus_1", from: 0 }],
  updatedAt: 1,
});
const delivery = ({ webhook_id: webhookId, delivery_id: id }: ObjectIds): RecordOf<"webhookDelivery"> => ({
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

export const create = <R extends ControlRecord>(record: R) => ({ action: "create" as const, record });

/** One object of each kind, with the ids of `OWN`, and users and roles that a call can add. */
export function ownObjects(callerRole: User["role"]): readonly Change[] {
  return [
    ...[user("user-caller", callerRole), user("user-target", "reader"), user("user-new", "reader")].map(create),
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
    create(billingCustomer(OWN)),
    create({ ...spendAlert(OWN), scope: "organization", subjectId: "organization" }),
    create(limits("organization", "organization")),
    create({ kind: "group", version: 1, id: "group_new", name: "new", createdAt: 1 } as const),
    ...["organization", OWN.project_id].map((resourceId) => create(role(resourceId, "role_new"))),
    create(historyAccess(OWN.project_id, "user-caller")),
    create(erasure(OWN.erasure_id)),
    create(held(OWN.legal_hold_id)),
  ];
}

/** One object of each kind in another organisation, with the ids of `FOREIGN`. */
export function foreignObjects(): readonly Change[] {
  return [
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
    create(billingCustomer(FOREIGN)),
    create({ ...spendAlert(FOREIGN), scope: "organization", subjectId: "organization" }),
  ];
}
