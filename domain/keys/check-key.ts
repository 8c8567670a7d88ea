import { timingSafeEqual } from "node:crypto";
import type { ModelPermissions } from "../../contracts/limits/use-limit.ts";
import { ABSENT_KEY, type ApiKeyItem, type KeyScope, NO_HASH } from "../../contracts/processes/auth.ts";
import { addressRanges } from "../address-ranges.ts";
import { hashApiKey } from "./api-key.ts";
import { hasScope, storedHash } from "./key-item.ts";

/** What a key is used for. Parts that are not known yet, or were checked before, are absent. */
export interface KeyUse {
  readonly scope?: KeyScope | undefined;
  /** Address of the client; empty when it is unknown. */
  readonly address?: string | undefined;
  /** Public name of the model. */
  readonly model?: string | undefined;
}

/** `invalid` stands for an unknown, a wrong, a revoked and an expired key alike: they are not told apart. */
export type KeyRefusal = "invalid" | "address" | "scope" | "model";

/**
 * Whether a presented secret is the key that `item` describes, at this time, and may be used so. The authorizer and the
 * gateway both decide with it. Comparisons take the same time whatever their result.
 * @param item `undefined` when there is no such key
 * @returns why the key is refused, or `undefined` when it is not
 */
export function checkKey(
  secret: string,
  item: ApiKeyItem | undefined,
  use: KeyUse,
  now: number,
): KeyRefusal | undefined {
  const isRight = hasSecret(secret, item ?? ABSENT_KEY, now);
  const isLive = isKeyLive(item ?? ABSENT_KEY, now);
  if (item === undefined || !isRight || !isLive) return "invalid";
  return checkUse(item, use, now);
}

/** The same for a caller that was identified before, whose secret is not at hand. */
export function checkUse(item: ApiKeyItem, { scope, address, model }: KeyUse, now: number): KeyRefusal | undefined {
  if (!isKeyLive(item, now)) return "invalid";
  if (address !== undefined && !allowsAddress(item, address)) return "address";
  if (scope !== undefined && !hasScope(item, scope)) return "scope";
  return model === undefined || allowsModel(item, model) ? undefined : "model";
}

/** The models that a key may use. */
export interface ModelAccess extends Pick<ApiKeyItem, "models"> {
  /** Of the key's project. @default - all models */
  readonly modelPermissions?: ModelPermissions | undefined;
}

/** Whether a key, and its project, may use a model. A caller without a key may use all. */
export function allowsModel(key: ModelAccess | undefined, model: string): boolean {
  if (key?.models !== undefined && !key.models.includes(model)) return false;
  const permissions = key?.modelPermissions;
  return permissions === undefined || permissions.models.includes(model) === (permissions.mode === "allow_list");
}

/** Neither revoked nor expired; a key works until, not at, `expiresAt`. @param now milliseconds since 1970 */
export function isKeyLive({ revokedAt, expiresAt }: Pick<ApiKeyItem, "revokedAt" | "expiresAt">, now: number): boolean {
  const isExpired = expiresAt !== undefined && !(now < Date.parse(expiresAt));
  return revokedAt === undefined && !isExpired;
}

/** Whether it is the present secret, or the one before while that still works. */
function hasSecret(secret: string, item: ApiKeyItem, now: number): boolean {
  const presented = hashApiKey(secret);
  const isPresent = equal(presented, storedHash(item));
  const isPrevious = equal(presented, item.previous?.hash ?? NO_HASH);
  return isPresent || (isPrevious && item.previous !== undefined && now < Date.parse(item.previous.validUntil));
}

function equal(presented: string, stored: string): boolean {
  const [a, b] = [Buffer.from(presented, "latin1"), Buffer.from(stored, "latin1")];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Reading the ranges takes longer than a request may; items are cached for seconds. */
const RANGES = new WeakMap<readonly string[], (address: string) => boolean>();

function allowsAddress({ addresses }: ApiKeyItem, address: string): boolean {
  if (addresses === undefined) return true;
  const isWithin = RANGES.get(addresses) ?? addressRanges(addresses);
  RANGES.set(addresses, isWithin);
  return isWithin(address);
}
