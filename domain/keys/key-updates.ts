import { type ApiKeyItem, KEY_CHANGES_ID, type KeyScope, NO_HASH } from "../../contracts/processes/auth.ts";
import { storedHash } from "./key-item.ts";

/** An update of one item of the keys table, in the document client's form, without the table's name. */
export interface KeyUpdate {
  readonly Key: { readonly keyId: string };
  readonly UpdateExpression: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

/** Revokes a key; fails its condition when there is none. A second one does not change the date. */
export function revokeUpdate(keyId: string, at: Date): KeyUpdate {
  return {
    Key: { keyId },
    UpdateExpression: "SET revokedAt = if_not_exists(revokedAt, :at)",
    ConditionExpression: "attribute_exists(keyId)",
    ExpressionAttributeValues: { ":at": at.toISOString() },
  };
}

/** Restrictions that replace a key's own of the same names; those that are absent stay. */
export interface NewRestrictions {
  /** ISO 8601. */
  readonly expiresAt?: string | undefined;
  /** Empty for those of a key that was made without any. */
  readonly scopes?: readonly KeyScope[] | undefined;
}

/**
 * Restricts a key by its id, without reading its hash. The key is a restricted one from then on. Fails its condition for a revoked
 * key, and where there is none.
 */
export function restrictUpdate(keyId: string, { expiresAt, scopes }: NewRestrictions): KeyUpdate {
  const set = {
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(scopes === undefined || scopes.length === 0 ? {} : { scopes: [...scopes] }),
  };
  const assignments = Object.keys(set).map((field) => `${field} = :${field}`);
  // A right side is what the item had before the update.
  const hashes = ["restrictedHash = if_not_exists(restrictedHash, #hash)", "#hash = :none"];
  return {
    Key: { keyId },
    UpdateExpression: `SET ${[...hashes, ...assignments].join(", ")}${scopes?.length === 0 ? " REMOVE scopes" : ""}`,
    ConditionExpression: "attribute_exists(keyId) AND attribute_not_exists(revokedAt)",
    ExpressionAttributeNames: { "#hash": "hash" },
    ExpressionAttributeValues: {
      ":none": NO_HASH,
      ...Object.fromEntries(Object.entries(set).map(([field, value]) => [`:${field}`, value])),
    },
  };
}

/** A secret before the first rotation: none. A key that has it can be rotated without reading its hash. */
export function noPrevious(at: Date): NonNullable<ApiKeyItem["previous"]> {
  return { hash: NO_HASH, validUntil: at.toISOString() };
}

/**
 * Replaces the secret of a key by its id, without reading its hash; the one before works until `validUntil`. Fails its condition for a
 * revoked key, where there is none, and for one that was made without `noPrevious`.
 * @param hash of the new secret
 */
export function replaceSecretUpdate(keyId: string, hash: string, validUntil: Date): KeyUpdate {
  // A right side is what the item had before the update.
  const set = [
    "previous.#hash = if_not_exists(restrictedHash, #hash)",
    "previous.validUntil = :until",
    "restrictedHash = :next",
    "#hash = :none",
  ];
  return {
    Key: { keyId },
    UpdateExpression: `SET ${set.join(", ")}`,
    ConditionExpression: "attribute_exists(previous) AND attribute_not_exists(revokedAt)",
    ExpressionAttributeNames: { "#hash": "hash" },
    ExpressionAttributeValues: { ":until": validUntil.toISOString(), ":next": hash, ":none": NO_HASH },
  };
}

/** Stores when a key was last used. Fails its condition where a later use is stored, and where there is no such key. */
export function lastUsedUpdate(keyId: string, at: Date): KeyUpdate {
  return {
    Key: { keyId },
    UpdateExpression: "SET lastUsedAt = :at",
    ConditionExpression: "attribute_exists(keyId) AND (attribute_not_exists(lastUsedAt) OR lastUsedAt < :at)",
    ExpressionAttributeValues: { ":at": at.toISOString() },
  };
}

/**
 * Stores the secret of a rotated key; other fields stay as they are. Fails its condition when the key was revoked, or
 * rotated by another one, since `before` was read.
 */
export function rotateUpdate(before: ApiKeyItem, { hash, restrictedHash, previous }: ApiKeyItem): KeyUpdate {
  const isRestricted = restrictedHash !== undefined;
  return {
    Key: { keyId: before.keyId },
    UpdateExpression: `SET ${isRestricted ? "restrictedHash" : "#hash"} = :next, previous = :previous`,
    ConditionExpression: `${isRestricted ? "restrictedHash" : "#hash"} = :before AND attribute_not_exists(revokedAt)`,
    ...(isRestricted ? {} : { ExpressionAttributeNames: { "#hash": "hash" } }),
    ExpressionAttributeValues: {
      ":next": restrictedHash ?? hash,
      ":before": storedHash(before),
      ":previous": previous,
    },
  };
}

/**
 * A change of a key and its count, to be written in one transaction: gateways never miss a change that was made, however
 * its writer ended. The key's own update is the first.
 */
export function countedChange(update: KeyUpdate, at: Date): readonly KeyUpdate[] {
  return [update, countChangeUpdate(at)];
}

/**
 * Counts a change of any key: gateways that see another count drop their cached keys. The item has the form of a
 * revoked key, for releases that take every item for one.
 */
export function countChangeUpdate(at: Date): KeyUpdate {
  const fields = {
    hash: NO_HASH,
    kind: "changes",
    name: "(count of key changes)",
    plan: "none",
    createdAt: at.toISOString(),
    revokedAt: at.toISOString(),
  };
  const set = Object.keys(fields).map((field) => `#${field} = if_not_exists(#${field}, :${field})`);
  return {
    Key: { keyId: KEY_CHANGES_ID },
    UpdateExpression: `ADD changes :one SET ${set.join(", ")}`,
    ExpressionAttributeNames: Object.fromEntries(Object.keys(fields).map((field) => [`#${field}`, field])),
    ExpressionAttributeValues: {
      ":one": 1,
      ...Object.fromEntries(Object.entries(fields).map(([field, value]) => [`:${field}`, value])),
    },
  };
}
