import * as z from "zod";
import { SCIM_PATH } from "../control/outer-paths.ts";
import type { ControlScope } from "../control/scopes.ts";
import { ScimGroupBody, ScimListQuery, ScimPatchBody, ScimUserBody } from "./resources.ts";

/** One method on one path of provisioning. An operation without a scope does not compile. */
export interface ScimOperation {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `{id}` is one segment. */
  readonly path: `${typeof SCIM_PATH}${string}`;
  readonly scope: ControlScope;
  readonly query: z.ZodType;
  /** The JSON body; it is not read where the schema is `NoBody`. */
  readonly body: z.ZodType;
}

const NoBody = z.unknown();
const USERS = `${SCIM_PATH}Users` as const;
const USER = `${USERS}/{id}` as const;
const GROUPS = `${SCIM_PATH}Groups` as const;
const GROUP = `${GROUPS}/{id}` as const;
const read = { method: "GET", query: ScimListQuery, body: NoBody } as const;
const post = { method: "POST", query: ScimListQuery } as const;
const put = { method: "PUT", query: ScimListQuery } as const;
const patch = { method: "PATCH", query: ScimListQuery, body: ScimPatchBody } as const;
const remove = { method: "DELETE", query: z.unknown(), body: NoBody } as const;

/** All operations of provisioning, by id: the source of its routing, its checks and its permissions. */
export const SCIM_OPERATIONS = {
  listUsers: { ...read, path: USERS, scope: "users.read" },
  createUser: { ...post, path: USERS, scope: "users.write", body: ScimUserBody },
  retrieveUser: { ...read, path: USER, scope: "users.read" },
  replaceUser: { ...put, path: USER, scope: "users.write", body: ScimUserBody },
  patchUser: { ...patch, path: USER, scope: "users.write" },
  deleteUser: { ...remove, path: USER, scope: "users.write" },
  listGroups: { ...read, path: GROUPS, scope: "groups.read" },
  createGroup: { ...post, path: GROUPS, scope: "groups.write", body: ScimGroupBody },
  retrieveGroup: { ...read, path: GROUP, scope: "groups.read" },
  replaceGroup: { ...put, path: GROUP, scope: "groups.write", body: ScimGroupBody },
  patchGroup: { ...patch, path: GROUP, scope: "groups.write" },
  deleteGroup: { ...remove, path: GROUP, scope: "groups.write" },
  serviceProviderConfig: { ...read, path: `${SCIM_PATH}ServiceProviderConfig`, scope: "users.read" },
  resourceTypes: { ...read, path: `${SCIM_PATH}ResourceTypes`, scope: "users.read" },
  resourceType: { ...read, path: `${SCIM_PATH}ResourceTypes/{id}`, scope: "users.read" },
  schemas: { ...read, path: `${SCIM_PATH}Schemas`, scope: "users.read" },
  schema: { ...read, path: `${SCIM_PATH}Schemas/{id}`, scope: "users.read" },
} as const satisfies Readonly<Record<string, ScimOperation>>;

export type ScimOperationId = keyof typeof SCIM_OPERATIONS;
