import type { RecordOf } from "../../contracts/control/records.ts";
import type { ControlScope } from "../../contracts/control/scopes.ts";
import { redacted } from "../keys/admin-key.ts";
import type { NewApiKey } from "../keys/api-key.ts";
import type { Change, RecordKey } from "./changes.ts";
import { newId } from "./ids.ts";
import { unixSeconds } from "./unix-seconds.ts";

export interface AdminKeyDescription {
  readonly name: string;
  /** The user whose roles it has. */
  readonly ownerId: string;
  /** @default - it does not expire */
  readonly expiresInSeconds?: number | undefined;
  /** What it permits at most. @default - all that its owner may do at each request */
  readonly scopes?: readonly ControlScope[] | undefined;
  readonly nowMs: number;
}

/** The record of a new admin key. The secret is not in it. */
export function adminKeyRecord(
  { secret, keyId, hash }: NewApiKey,
  { name, ownerId, expiresInSeconds, scopes, nowMs }: AdminKeyDescription,
): RecordOf<"adminKey"> {
  const createdAt = unixSeconds(nowMs);
  return {
    kind: "adminKey",
    version: 1,
    id: newId("key", nowMs),
    keyId,
    hash,
    name,
    redacted: redacted(secret),
    ownerId,
    createdAt,
    ...(expiresInSeconds === undefined ? {} : { expiresAt: createdAt + expiresInSeconds }),
    ...(scopes === undefined ? {} : { scopes: [...new Set(scopes)] }),
  };
}

/** Whether an admin key works for its owner: one from before the user was deactivated does not, once the user is active again. */
export function worksFor(key: { readonly createdAt: number }, owner: Pick<RecordOf<"user">, "reactivatedAt">): boolean {
  return owner.reactivatedAt === undefined || key.createdAt >= owner.reactivatedAt;
}

/** Stores an admin key where its secret's public part finds it. */
export function createAdminKey(organizationId: string, record: RecordOf<"adminKey">): readonly Change[] {
  const { id, keyId } = record;
  return [
    { action: "create", record },
    { action: "create", record: { kind: indexKind(record), version: 1, keyId, organizationId, id } },
  ];
}

/** The record by which an admin key is found, as it is removed with the key. */
export function adminKeyIndexKey(record: RecordOf<"adminKey">): RecordKey<"adminKeyIndex" | "scopedAdminKeyIndex"> {
  return { kind: indexKind(record), ids: [record.keyId] };
}

function indexKind({ scopes }: RecordOf<"adminKey">) {
  return scopes === undefined ? "adminKeyIndex" : "scopedAdminKeyIndex";
}
