import { type ApiKeyItem, NO_HASH } from "../../contracts/processes/auth.ts";
import { archivedAt, archivedProjectId, endedWithProject } from "./archived-project.ts";
import type { KeyUpdate } from "./key-updates.ts";
import { recordId } from "./record-id.ts";

const KIND = "ended-access";

/** Id of the item of the keys table that exists once an access is ended. @param access what gave keys to people, as one text */
export function endedAccessId(access: string): string {
  return recordId(KIND, access);
}

/**
 * Ends all keys that were issued by an access: gateways refuse a key once an item of its `endedBy` exists. It has the form of a
 * revoked key, for readers that take every item for one. A second update does not change the date.
 */
export function endAccessUpdate(access: string, at: Date): KeyUpdate {
  const fields = {
    hash: NO_HASH,
    kind: KIND,
    name: "(ended access)",
    plan: "none",
    createdAt: at.toISOString(),
    revokedAt: at.toISOString(),
    access,
  };
  const set = Object.keys(fields).map((field) => `#${field} = if_not_exists(#${field}, :${field})`);
  return {
    Key: { keyId: endedAccessId(access) },
    UpdateExpression: `SET ${set.join(", ")}`,
    ExpressionAttributeNames: Object.fromEntries(Object.keys(fields).map((field) => [`#${field}`, field])),
    ExpressionAttributeValues: Object.fromEntries(Object.entries(fields).map(([field, value]) => [`:${field}`, value])),
  };
}

/** Ids of the items of the keys table of which each ends the key once it exists. */
export function endingIds({ projectId, endedBy = [] }: Pick<ApiKeyItem, "projectId" | "endedBy">): readonly string[] {
  return [...(projectId === undefined ? [] : [archivedProjectId(projectId)]), ...endedBy];
}

/** The key as it counts: revoked where one of these items exists. @param itemOf the item of an id, where there is one */
export function withEndings(
  key: ApiKeyItem,
  itemOf: (id: string) => Readonly<Record<string, unknown>> | undefined,
): ApiKeyItem {
  return endingIds(key).reduce((ended, id) => endedWithProject(ended, archivedAt(itemOf(id))), key);
}
