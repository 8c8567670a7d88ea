import type { SubjectType } from "../../contracts/erasure/erasure.ts";

const PREFIXES: readonly (readonly [string, SubjectType])[] = [
  ["user-", "user"],
  ["svc_acct_", "service_account"],
  ["proj_", "project"],
];

/** What an id names. @returns undefined for an id of something else */
export function subjectTypeOf(id: string): SubjectType | undefined {
  return PREFIXES.find(([prefix]) => id.startsWith(prefix))?.[1];
}

/** Where the data of a subject is. */
export interface SubjectData {
  readonly id: string;
  /** Of the service account; those of a project; of a user in the organisation's projects. */
  readonly tenants: readonly string[];
  /** Keys whose files and batches they are, as far as the control API knows them. */
  readonly keyIds: readonly string[];
}

/**
 * Partition of the tenants whose stored responses are held for a subject, in the table of responses: users that are deleted during a hold
 * are found by it at the release. No tenant has this name.
 */
export function heldTenantsPartition(subject: string): string {
  return `held#${subject}`;
}

/** The tenant under which gateways store responses of a service account. */
export function accountTenant(serviceAccountId: string): string {
  return `account:${serviceAccountId}`;
}

/** The same of a user in a project. */
export function userTenant(projectId: string | undefined, userId: string): string {
  return `user:${projectId ?? ""}:${userId}`;
}

/** The same of a key that nobody owns, and of the requests of batches. */
export function keyTenant(keyId: string): string {
  return `key:${keyId}`;
}
