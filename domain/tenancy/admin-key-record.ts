import type { RecordOf } from "../../contracts/control/records.ts";
import { redacted } from "../keys/admin-key.ts";
import type { NewApiKey } from "../keys/api-key.ts";
import type { Change } from "./changes.ts";
import { newId } from "./ids.ts";
import { unixSeconds } from "./unix-seconds.ts";

export interface AdminKeyDescription {
  readonly name: string;
  /** The user whose roles it has. */
  readonly ownerId: string;
  /** @default - it does not expire */
  readonly expiresInSeconds?: number | undefined;
  readonly nowMs: number;
}

/** The record of a new admin key. The secret is not in it. */
export function adminKeyRecord(
  { secret, keyId, hash }: NewApiKey,
  { name, ownerId, expiresInSeconds, nowMs }: AdminKeyDescription,
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
  };
}

/** Stores an admin key where its secret's public part finds it. */
export function createAdminKey(organizationId: string, record: RecordOf<"adminKey">): readonly Change[] {
  const { id, keyId } = record;
  return [
    { action: "create", record },
    { action: "create", record: { kind: "adminKeyIndex", version: 1, keyId, organizationId, id } },
  ];
}
