import type { ChargeLine } from "../../domain/usage/charge-line.ts";
import type { AdminClient } from "../admin/admin-client.ts";
import { costsOf } from "../control/usage-pages.ts";

const GROUPS = ["project_id", "user_id", "api_key_id", "line_item"] as const;

/** All charges that began in a span of time, by the day, in the order of time. @param span Unix seconds, end exclusive */
export async function chargeLines(
  client: AdminClient,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<readonly ChargeLine[]> {
  const rows = await costsOf(client, { start, groupBy: GROUPS, filter: `end_time=${end}` });
  return rows.map(({ start: at, groups: [projectId, userId, apiKeyId, lineItem = ""], tokens, nanoUsd }) => {
    // A model's name may have a comma itself.
    const comma = lineItem.lastIndexOf(", ");
    return {
      start: at,
      projectId: projectId || undefined,
      userId: userId || undefined,
      apiKeyId: apiKeyId || undefined,
      model: lineItem.slice(0, Math.max(0, comma)),
      item: lineItem.slice(comma + 2),
      tokens,
      nanoUsd,
    };
  });
}

/** The days of a calendar month, UTC. @param month e.g. `2026-11` */
export function monthSpan(month: string): { readonly start: number; readonly end: number } {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return { start: Date.UTC(year, number - 1) / 1000, end: Date.UTC(year, number) / 1000 };
}
