import type { PatchOperation } from "../../contracts/scim/resources.ts";
import { SCIM } from "../../contracts/scim/schemas.ts";
import { isRecord } from "../../lib/is-record.ts";
import { shownValue } from "../issue-rules.ts";
import { parsePath, valueWithoutPath } from "./patch-path.ts";
import { ScimError } from "./scim-error.ts";

/** A user's attributes, before they are checked. */
export interface UserAttributes {
  readonly userName: unknown;
  readonly externalId?: unknown;
  readonly displayName?: unknown;
  readonly active: unknown;
  readonly name?: unknown;
}

/** Attributes by their names in small letters; those that are not here are not stored. */
const ATTRIBUTES = {
  username: "userName",
  externalid: "externalId",
  displayname: "displayName",
  active: "active",
} as const;
const NAME_PARTS = {
  "name.formatted": "formatted",
  "name.givenname": "givenName",
  "name.familyname": "familyName",
} as const;

/**
 * A user's attributes after the operations, in their order. They are checked by the schema of a user afterwards.
 * @throws {ScimError} for a path that is none, or the removal of an attribute that every user has
 */
export function patchedUser(before: UserAttributes, operations: readonly PatchOperation[]): UserAttributes {
  return operations.reduce((user, { op, path, value }) => {
    if (path !== undefined && path !== "") return withAttribute(user, path, op === "remove" ? undefined : value);
    if (op === "remove") throw new ScimError(400, "An operation that removes has a path.", "noTarget");
    if (!isRecord(value)) throw valueWithoutPath(value);
    return Object.entries(value).reduce((one, [name, part]) => withAttribute(one, name, part), user);
  }, before);
}

function withAttribute(user: UserAttributes, path: string, value: unknown): UserAttributes {
  const attribute = parsePath(path, SCIM.user)?.attribute;
  if (attribute === undefined) return user;
  if (attribute === "name") {
    if (value !== undefined && value !== null && !isRecord(value))
      throw new ScimError(400, `name must be an object, got ${shownValue(value)}; send one.`, "invalidValue");
    return { ...user, name: isRecord(value) ? { ...nameOf(user), ...value } : undefined };
  }
  if (isKey(NAME_PARTS, attribute)) return { ...user, name: { ...nameOf(user), [NAME_PARTS[attribute]]: value } };
  if (!isKey(ATTRIBUTES, attribute)) return user;
  const name = ATTRIBUTES[attribute];
  if (value === undefined && (name === "userName" || name === "active"))
    throw new ScimError(400, `Every user has ${name}: replace it instead.`, "mutability");
  return { ...user, [name]: value };
}

function nameOf({ name }: UserAttributes): Readonly<Record<string, unknown>> {
  return isRecord(name) ? name : {};
}

function isKey<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key);
}
