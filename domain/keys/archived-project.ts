import { type ApiKeyItem, NO_HASH } from "../../contracts/processes/auth.ts";
import type { KeyUpdate } from "./key-updates.ts";
import { recordId } from "./record-id.ts";

const KIND = "archived-project";

/** Id of the item of the keys table that exists once a project is archived. */
export function archivedProjectId(projectId: string): string {
  return recordId(KIND, projectId);
}

/**
 * Ends all keys of a project, those of its workloads too: gateways refuse a key whose project has this item. It has the
 * form of a revoked key, for readers that take every item for one. A second update does not change the date.
 */
export function archiveUpdate(projectId: string, at: Date): KeyUpdate {
  const fields = {
    hash: NO_HASH,
    kind: KIND,
    name: "(archived project)",
    plan: "none",
    createdAt: at.toISOString(),
    revokedAt: at.toISOString(),
    projectId,
  };
  const set = Object.keys(fields).map((field) => `#${field} = if_not_exists(#${field}, :${field})`);
  return {
    Key: { keyId: archivedProjectId(projectId) },
    UpdateExpression: `SET ${set.join(", ")}`,
    ExpressionAttributeNames: Object.fromEntries(Object.keys(fields).map((field) => [`#${field}`, field])),
    ExpressionAttributeValues: Object.fromEntries(Object.entries(fields).map(([field, value]) => [`:${field}`, value])),
  };
}

/** Reads the date from the item of an archived project. @returns undefined where there is none */
export function archivedAt(item: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (item === undefined) return undefined;
  return typeof item.revokedAt === "string" ? item.revokedAt : new Date(0).toISOString();
}

/** The key as it counts: revoked from the time on at which its project was archived. @param at undefined for a project in use */
export function endedWithProject(key: ApiKeyItem, at: string | undefined): ApiKeyItem {
  return at === undefined || key.revokedAt !== undefined ? key : { ...key, revokedAt: at };
}
