import { type ApiKeyItem, DEFAULT_SCOPES, KEY_SCOPES, KeyScope, NO_HASH } from "../../contracts/processes/auth.ts";
import { type NewApiKey, newApiKey } from "./api-key.ts";

/** What limits a key's use. Absent fields limit nothing; `scopes` are exact. */
export type KeyRestrictions = Pick<ApiKeyItem, "expiresAt" | "models" | "addresses" | "scopes">;

/** What a new key is made of. */
export interface KeyDescription
  extends KeyRestrictions,
    Pick<ApiKeyItem, "name" | "plan" | "maxPriority" | "owner" | "projectId"> {
  readonly createdAt: Date;
}

/** A new key's secret, shown to its owner once, and the item to be stored. */
export interface CreatedKey {
  readonly secret: string;
  readonly item: ApiKeyItem;
}

/** Makes a key. Nothing is stored; fields that are `undefined` are left out. */
export function createKey(description: KeyDescription, key: NewApiKey = newApiKey()): CreatedKey {
  const { createdAt, name, plan, maxPriority, owner, projectId, ...restrictions } = description;
  const item = {
    keyId: key.keyId,
    hash: key.hash,
    name,
    plan,
    createdAt: createdAt.toISOString(),
    ...present({ maxPriority, owner, projectId }),
  };
  return { secret: key.secret, item: restrict(item, restrictions) };
}

/**
 * The item with these restrictions instead of its own. A key that has any is restricted: its hash is in a field that
 * releases without restrictions do not read. One that loses its last restriction stays restricted.
 */
export function restrict(item: ApiKeyItem, restrictions: KeyRestrictions): ApiKeyItem {
  const { expiresAt, models, addresses, scopes } = restrictions;
  const { expiresAt: _e, models: _m, addresses: _a, scopes: _s, ...rest } = item;
  const limits = present({ expiresAt, models, addresses, scopes });
  if (item.restrictedHash === undefined && Object.keys(limits).length === 0) return rest;
  return { ...rest, ...limits, ...hashFields(storedHash(item), true) };
}

/**
 * The item with a new secret. The one before works until `validUntil`; an earlier one that still worked ends now.
 * @param hash of the new secret
 */
export function rotate(item: ApiKeyItem, hash: string, validUntil: Date): ApiKeyItem {
  const isRestricted = item.restrictedHash !== undefined;
  const previous = { hash: storedHash(item), validUntil: validUntil.toISOString() };
  return { ...item, ...hashFields(hash, isRestricted), previous };
}

/** SHA-256 of the key's present secret. */
export function storedHash({ hash, restrictedHash }: ApiKeyItem): string {
  return restrictedHash ?? hash;
}

/** The scopes that were given to a key. One that was made before scopes were exact has `generate` beside them. */
export function scopesOf({ scopes, restrictedHash }: ApiKeyItem): readonly KeyScope[] {
  if (scopes === undefined) return DEFAULT_SCOPES;
  return restrictedHash === undefined ? [...DEFAULT_SCOPES, ...scopes] : scopes;
}

/** Whether a key may do what `scope` is for. */
export function hasScope(item: ApiKeyItem, scope: KeyScope): boolean {
  return scopeThatAllows(item, scope) !== undefined;
}

/** The item with those of its rights that some scopes have too. */
export function narrowed<T extends ApiKeyItem>(item: T, scopes: readonly KeyScope[]): T {
  const own = KeyScope.options.filter(
    (scope) => hasScope(item, scope) && scopes.some((each) => each === scope || contains(each, scope)),
  );
  return { ...item, scopes: own };
}

/** The scope of a key that is `scope` or contains it; `undefined` where it has none. */
export function scopeThatAllows(item: ApiKeyItem, scope: KeyScope): KeyScope | undefined {
  return scopesOf(item).find((own) => own === scope || contains(own, scope));
}

function contains(own: KeyScope, scope: KeyScope): boolean {
  const contained: readonly KeyScope[] = KEY_SCOPES[own];
  return contained.includes(scope);
}

function hashFields(hash: string, isRestricted: boolean): Pick<ApiKeyItem, "hash" | "restrictedHash"> {
  return isRestricted ? { hash: NO_HASH, restrictedHash: hash } : { hash };
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(fields: T): Present<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<T>;
}
