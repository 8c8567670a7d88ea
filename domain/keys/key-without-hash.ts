import { ABSENT_KEY, type ApiKeyItem, NO_HASH, StoredApiKey } from "../../contracts/processes/auth.ts";

/** What decides about the use of a key beside its secret. The control API may read these, and no hash. */
export const USE_ATTRIBUTES = [
  "keyId",
  "kind",
  "projectId",
  "scopes",
  "models",
  "addresses",
  "expiresAt",
  "revokedAt",
  "endedBy",
  "requires",
] as const;

/** Fields that a key has, and that decide nothing. */
const OTHERS = { name: "-", plan: "-", createdAt: ABSENT_KEY.createdAt };

/** A key of the keys table by these attributes. @returns undefined for an item of another kind, and one that gateways can't read */
export function keyWithoutHash(item: Readonly<Record<string, unknown>> | undefined): ApiKeyItem | undefined {
  if (item === undefined || item.kind !== undefined) return undefined;
  return StoredApiKey.safeParse({ ...item, ...OTHERS, hash: NO_HASH, restrictedHash: NO_HASH }).data;
}

/** A new key of a project that nothing restricts. */
export function unrestrictedKey(projectId: string): ApiKeyItem {
  return { ...OTHERS, keyId: ABSENT_KEY.keyId, hash: NO_HASH, projectId };
}
