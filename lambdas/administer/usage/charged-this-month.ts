import { unixSeconds } from "../../../domain/tenancy/unix-seconds.ts";
import { requestedUsage, type UsageTools } from "./requested-usage.ts";

/**
 * What was charged since the month began, in UTC, in nano-dollars, by the stored sums.
 * @param projectId `undefined` for the organisation
 */
export async function chargedThisMonth(tools: UsageTools, projectId: string | undefined): Promise<number> {
  const now = new Date(tools.nowMs);
  const { buckets } = await requestedUsage(tools, {
    width: "1d",
    startTime: unixSeconds(Date.UTC(now.getUTCFullYear(), now.getUTCMonth())),
    endTime: undefined,
    page: undefined,
    limit: 31,
    groupBy: [],
    filters: { projectId: projectId === undefined ? undefined : [projectId] },
    ownUserId: undefined,
  });
  return buckets.flatMap(({ groups }) => groups).reduce((sum, { sums }) => sum + sums.chargeNanoUsd, 0);
}
