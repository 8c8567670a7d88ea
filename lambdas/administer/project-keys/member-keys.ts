import { ERRORS } from "../../../contracts/api/errors.ts";
import type { MemberKeys, OwnApiKey } from "../../../contracts/control/project-keys.ts";
import type { RecordOf } from "../../../contracts/control/records.ts";
import { redacted } from "../../../domain/keys/admin-key.ts";
import { newApiKey } from "../../../domain/keys/api-key.ts";
import { newMemberKey } from "../../../domain/people/member-key.ts";
import { lastingKeys } from "../../../domain/people/person-key.ts";
import { requireUnchanged } from "../../../domain/tenancy/changes.ts";
import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { auditEvent, type ControlCall, type ControlHandler, change } from "../call/control-call.ts";
import { ControlError, notFound } from "../call/control-error.ts";
import { lastingRecords } from "../call/person-keys.ts";
import { refuseArchived } from "../handlers/projects.ts";
import { refuseLongerLife, refuseLongerSecret, remainingSeconds } from "../keys/key-life.ts";
import { projectAccess } from "./project-access.ts";
import { shownKey } from "./shown-key.ts";

const SECONDS_PER_DAY = 86_400;

/** A key of the caller's own, whose secret is in this response alone. */
export const createProjectApiKey: ControlHandler<"createProjectApiKey"> = async (call) => {
  const { caller, records, body, store, keyPlan, receivedMs, nowMs } = call;
  const { organizationId, user } = caller;
  const project = records.project_id;
  const bounds = boundsOf(call);
  refuseArchived(project);
  const access = await projectAccess(store, organizationId, user.id, project.id, nowMs);
  if (access === undefined)
    throw new ControlError(
      "invalid_request",
      `You are not a member of the project '${project.id}'; join it first, or make a service account.`,
      { param: "project_id" },
    );
  const longest = bounds.maxDays * SECONDS_PER_DAY;
  const expiresInSeconds = body.expires_in_seconds ?? Math.min(longest, Math.max(1, remainingSeconds(call) ?? longest));
  refuseLongLife(expiresInSeconds, bounds);
  refuseLongerLife(call, expiresInSeconds);
  const stored = await store.get(organizationId, { kind: "personKeys", ids: [user.id] });
  const found = await lastingRecords(store, organizationId, stored);
  if (found.length >= bounds.perPerson)
    throw new ControlError(
      "invalid_request",
      `You have ${found.length} keys of your own, and this environment permits ${bounds.perPerson}; delete one that you no longer use.`,
    );
  const existing = new Set(found.map(({ keyId }) => keyId));
  const gone = new Set(lastingKeys(stored).flatMap(({ keyId }) => (existing.has(keyId) ? [] : [keyId])));
  const scopes = body.scopes?.length === 1 ? (["read"] as const) : (["generate", "read"] as const);
  const { secret, record, changes } = newMemberKey({
    user,
    projectId: project.id,
    name: body.name,
    plan: keyPlan,
    scopes,
    expiresInSeconds,
    stored,
    gone,
    byGroup: access.byGroup,
    nowMs: receivedMs,
  });
  const event = auditEvent("api_key.created", { id: record.id, data: { scopes: [...(body.scopes ?? [])] } }, project);
  const shown = await shownOrNotFound(call, record);
  return change(call, event, [...changes, requireUnchanged(project), ...access.requires], {
    body: { ...shown, value: secret },
    version: record.version,
  });
};

/** All keys of the caller's own, in all projects, newest first. */
export const listOwnApiKeys: ControlHandler<"listOwnApiKeys"> = async ({ caller, store }) => {
  const { organizationId, user } = caller;
  const stored = await store.get(organizationId, { kind: "personKeys", ids: [user.id] });
  const records = await lastingRecords(store, organizationId, stored);
  const shown = await Promise.all(
    records.map(async (record): Promise<readonly OwnApiKey[]> => {
      const key = await shownKey(store, organizationId, record);
      return key ? [{ ...key, project_id: record.projectId }] : [];
    }),
  );
  return { body: { object: "list", data: shown.flat().toSorted((a, b) => b.created_at - a.created_at) } };
};

/**
 * A new secret for a key, which keeps its id, its limits and its uses. Of a person's key it is for that person alone, since
 * requests with it are the person's.
 */
export const rotateProjectApiKey: ControlHandler<"rotateProjectApiKey"> = async (call) => {
  const { caller, records, body, nowMs } = call;
  const { project_id: project, api_key_id: before } = records;
  const overlap = body?.overlap_seconds ?? 0;
  refuseArchived(project);
  if (before.ownerType === "user" && before.ownerId !== caller.user.id)
    throw new ControlError(
      "invalid_request",
      `The key '${before.id}' belongs to a user, who alone can get its secret; delete it, or ask the user to rotate it.`,
    );
  if (before.canRotate !== true)
    throw new ControlError(
      "invalid_request",
      `The key '${before.id}' was made by an earlier release and can't be rotated; make another key, and delete it.`,
    );
  refuseExpired(before, nowMs);
  if (before.ownerType === "user") refuseLongerSecret(call, before.expiresAt);
  const { secret, hash } = newApiKey(undefined, before.keyId);
  const until = unixSeconds(nowMs) + overlap;
  const record = { ...before, redacted: redacted(secret), version: before.version + 1 };
  const shown = await shownOrNotFound(call, record);
  const payload = { id: record.id, changes_requested: { overlap_seconds: overlap } };
  return change(
    call,
    auditEvent("api_key.updated", payload, project),
    [
      { action: "replace", record, version: before.version },
      {
        action: "replaceSecret",
        keyId: before.keyId,
        hash,
        validUntil: new Date(nowMs + 1000 * overlap),
        at: new Date(nowMs),
      },
    ],
    { body: { ...shown, value: secret, previous_valid_until: until }, version: record.version },
  );
};

/** @throws {ControlError} where the environment permits no keys of members */
export function boundsOf({ memberKeys }: Pick<ControlCall<"createProjectApiKey">, "memberKeys">): MemberKeys {
  if (memberKeys !== undefined) return memberKeys;
  throw new ControlError(
    "not_found",
    `${ERRORS.not_found.message} Members make no keys for themselves here: \`api.memberKeys\` is null in the environment file, which the operator can change.`,
    { rule: "no-member-keys" },
  );
}

/** @throws {ControlError} */
export function refuseLongLife(seconds: number, { maxDays }: MemberKeys): void {
  if (seconds <= maxDays * SECONDS_PER_DAY) return;
  throw new ControlError(
    "invalid_request",
    `expires_in_seconds must be at most ${maxDays * SECONDS_PER_DAY} (${maxDays} days) for a key of your own, got ${seconds}; send less.`,
    { param: "expires_in_seconds" },
  );
}

/** @throws {ControlError} */
export function refuseExpired({ id, expiresAt }: RecordOf<"projectKey">, nowMs: number): void {
  if (expiresAt === undefined || expiresAt > unixSeconds(nowMs)) return;
  throw new ControlError("invalid_request", `The key '${id}' has expired and can't be changed; make another.`);
}

async function shownOrNotFound(
  { caller, store }: Pick<ControlCall<"createProjectApiKey">, "caller" | "store">,
  record: RecordOf<"projectKey">,
) {
  const shown = await shownKey(store, caller.organizationId, record);
  if (shown === undefined) throw notFound("API key", record.id);
  return shown;
}
