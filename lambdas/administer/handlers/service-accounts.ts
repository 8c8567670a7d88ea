import type { NewServiceAccountKey, ServiceAccount } from "../../../contracts/control/project-keys.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { type Change, removeRecord } from "../../../domain/tenancy/changes.ts";
import { newId } from "../../../domain/tenancy/ids.ts";
import { deleteProjectKey, MAX_KEYS_PER_SERVICE_ACCOUNT, newProjectKey } from "../../../domain/tenancy/project-keys.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlCall, type ControlHandler, change, page } from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";
import { removedLimits } from "../call/limited-subject.ts";
import { keysOf } from "../call/project-key-records.ts";
import { refuseArchived } from "./projects.ts";

export const listServiceAccounts: ControlHandler<"listServiceAccounts"> = async ({ caller, query, records, store }) => {
  const { after, limit } = query;
  const found = await store.list(caller.organizationId, {
    kind: "serviceAccount",
    within: [records.project_id.id],
    limit,
    ...(after === undefined ? {} : { after }),
  });
  return { body: page(found.records.map(toServiceAccount), found.hasMore) };
};

/** A service account with its first key, whose secret is in this response alone. */
export const createServiceAccount: ControlHandler<"createServiceAccount"> = async (call) => {
  const { records, body, nowMs } = call;
  const project = records.project_id;
  refuseArchived(project);
  const record: RecordOf<"serviceAccount"> = {
    kind: "serviceAccount",
    version: 1,
    id: newId("serviceAccount", nowMs),
    projectId: project.id,
    name: body.name,
    role: "member",
    createdAt: unixSeconds(nowMs),
  };
  const made = body.create_service_account_only ? undefined : newKey(call, record, body.name, body.expires_in_seconds);
  const event = auditEvent("service_account.created", { id: record.id, data: { role: record.role } }, project);
  const changes: readonly Change[] = [{ action: "create", record }, unchanged(project), ...(made?.changes ?? [])];
  return change(call, event, changes, {
    body: { ...toServiceAccount(record), role: "member", api_key: made?.key ?? null },
    version: 1,
  });
};

export const retrieveServiceAccount: ControlHandler<"retrieveServiceAccount"> = async ({ records }) => ({
  body: toServiceAccount(records.service_account_id),
  version: records.service_account_id.version,
});

export const updateServiceAccount: ControlHandler<"updateServiceAccount"> = async (call) => {
  const { records, body } = call;
  refuseArchived(records.project_id);
  const before = records.service_account_id;
  const { name = before.name, role = before.role } = body;
  const record = { ...before, name, role, version: before.version + 1 };
  const payload = { id: record.id, changes_requested: { role } };
  return change(
    call,
    auditEvent("service_account.updated", payload, records.project_id),
    [{ action: "replace", record, version: before.version }],
    { body: toServiceAccount(record), version: record.version },
  );
};

/** Its keys are refused by every gateway within a second. What limits it and them is taken away. */
export const deleteServiceAccount: ControlHandler<"deleteServiceAccount"> = async (call) => {
  const { service_account_id: account, project_id: project } = call.records;
  const { id } = account;
  const changes = await removedServiceAccount(call, account);
  return change(call, auditEvent("service_account.deleted", { id }, project), changes, {
    body: { object: "organization.project.service_account.deleted", id, deleted: true },
  });
};

/** Removes a service account, its keys, and what limits them. */
export async function removedServiceAccount(
  call: Pick<ControlCall<"deleteServiceAccount">, "caller" | "store" | "nowMs">,
  account: RecordOf<"serviceAccount">,
): Promise<readonly Change[]> {
  const { caller, store, nowMs } = call;
  const keys = await keysOf(store, caller.organizationId, account.projectId, account.id);
  const keyIds = keys.map((key) => key.id);
  return [
    removeRecord(account),
    ...keys.flatMap((key) => deleteProjectKey(key, nowMs)),
    ...(await removedLimits(call, "service_account", [account.id])),
    ...(await removedLimits(call, "key", keyIds)),
  ];
}

/** A further key of a service account; the secret is in this response alone. */
export const createServiceAccountKey: ControlHandler<"createServiceAccountKey"> = async (call) => {
  const { caller, records, body, store } = call;
  const account = records.service_account_id;
  refuseArchived(records.project_id);
  const keys = await keysOf(store, caller.organizationId, account.projectId, account.id);
  if (keys.length >= MAX_KEYS_PER_SERVICE_ACCOUNT)
    throw new ControlError(
      "invalid_request",
      `A service account has at most ${MAX_KEYS_PER_SERVICE_ACCOUNT} keys; delete one, or make another service account.`,
    );
  const made = newKey(call, account, body.name ?? account.name, body.expires_in_seconds);
  const counted = { ...account, version: account.version + 1 }; // so that two requests at once do not exceed the limit
  const changes: readonly Change[] = [
    ...made.changes,
    unchanged(records.project_id),
    { action: "replace", record: counted, version: account.version },
  ];
  const event = auditEvent("api_key.created", { id: made.key.id, data: { scopes: [] } }, records.project_id);
  return change(call, event, changes, { body: made.key });
};

/** The project must be as it was read: an archived one gets no key. */
function unchanged({ id, version }: RecordOf<"project">): Change {
  return { action: "require", key: { kind: "project", ids: [id] }, version };
}

type Making = Pick<ControlCall<"createServiceAccount">, "nowMs" | "keyPlan">;

function newKey(
  { nowMs, keyPlan }: Making,
  account: RecordOf<"serviceAccount">,
  name: string,
  expiresInSeconds: number | null | undefined,
): { readonly key: NewServiceAccountKey; readonly changes: readonly Change[] } {
  const expiry = expiresInSeconds ?? undefined;
  const { secret, record, changes } = newProjectKey({ account, name, plan: keyPlan, expiresInSeconds: expiry, nowMs });
  return {
    changes,
    key: {
      object: "organization.project.service_account.api_key",
      id: record.id,
      name,
      value: secret,
      created_at: record.createdAt,
      expires_at: record.expiresAt ?? null,
    },
  };
}

function toServiceAccount({ id, name, role, createdAt }: RecordOf<"serviceAccount">): ServiceAccount {
  return { object: "organization.project.service_account", id, name, role, created_at: createdAt };
}
