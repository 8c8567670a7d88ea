import type { Limit } from "../../contracts/control/limits.ts";
import { utcWindowStart } from "../../lib/utc-window-start.ts";
import type { AdminClient } from "../admin/admin-client.ts";
import { costsOf } from "./usage-pages.ts";

/**
 * Nano-dollars that were charged in the budget's window.
 * @returns undefined where the sums, which have days in UTC, do not say it
 */
export async function spentOf(
  client: AdminClient,
  scope: string,
  id: string,
  { window, model, time_zone: zone = "UTC" }: Limit,
  nowMs: number,
): Promise<number | undefined> {
  const start = utcWindowStart(window, nowMs);
  if (start === undefined || model !== undefined || zone !== "UTC") return undefined;
  if (scope === "organization") return sum(await costsOf(client, { start }));
  if (scope === "project")
    return sum(await costsOf(client, { start, filter: `project_ids[]=${encodeURIComponent(id)}` }));
  if (scope === "key") return sum(await costsOf(client, { start, filter: `api_key_ids[]=${encodeURIComponent(id)}` }));
  if (scope !== "user") return undefined;
  return sum((await costsOf(client, { start, groupBy: ["user_id"] })).filter(({ groups }) => groups[0] === id));
}

function sum(rows: Awaited<ReturnType<typeof costsOf>>): number {
  return rows.reduce((total, { nanoUsd }) => total + nanoUsd, 0);
}
