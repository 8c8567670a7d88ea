import type { RecordOf } from "../../contracts/control/records.ts";
import { redacted } from "../keys/admin-key.ts";
import { createKey } from "../keys/key-item.ts";
import { noPrevious } from "../keys/key-updates.ts";
import type { Change } from "./changes.ts";
import { unixSeconds } from "./unix-seconds.ts";

/** So that a service account and all of its keys are deleted in one transaction of DynamoDB, which has at most 100 actions. */
export const MAX_KEYS_PER_SERVICE_ACCOUNT = 20;

export interface ProjectKeyDescription {
  readonly account: RecordOf<"serviceAccount">;
  readonly name: string;
  /** Usage plan. */
  readonly plan: string;
  /** @default - it does not expire */
  readonly expiresInSeconds?: number | undefined;
  readonly nowMs: number;
}

/** A new key for models, in the keys table and in the project. */
export interface NewProjectKey {
  readonly secret: string;
  readonly record: RecordOf<"projectKey">;
  readonly changes: readonly Change[];
}

/** Makes a key for models that belongs to a service account. Nothing is stored. */
export function newProjectKey({ account, name, plan, expiresInSeconds, nowMs }: ProjectKeyDescription): NewProjectKey {
  const createdAt = unixSeconds(nowMs);
  const expiresAt = expiresInSeconds === undefined ? undefined : createdAt + expiresInSeconds;
  const { projectId, id: ownerId } = account;
  const { secret, item } = createKey({
    name,
    plan,
    createdAt: new Date(nowMs),
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt * 1000).toISOString(),
    owner: { type: "service_account", id: ownerId },
    projectId,
  });
  const rotatable = { ...item, previous: noPrevious(new Date(nowMs)) };
  const record: RecordOf<"projectKey"> = {
    kind: "projectKey",
    version: 1,
    id: `key_${item.keyId}`,
    keyId: item.keyId,
    projectId,
    ownerId,
    canRotate: true,
    name,
    redacted: redacted(secret),
    createdAt,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  return {
    secret,
    record,
    changes: [
      { action: "create", record },
      { action: "createKey", item: rotatable },
    ],
  };
}

/** Revokes a key of a project and removes it from the project. */
export function deleteProjectKey(key: RecordOf<"projectKey">, nowMs: number): readonly Change[] {
  const { projectId, id, keyId, version } = key;
  return [
    { action: "remove", key: { kind: "projectKey", ids: [projectId, id] }, version },
    { action: "revokeKey", keyId, at: new Date(nowMs) },
  ];
}
