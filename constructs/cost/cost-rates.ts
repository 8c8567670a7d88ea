import { INSTANCE_TYPE_IDS } from "../../catalog/instance-types.ts";
import { costOf } from "../../catalog/prices/price.ts";
import { instancePrice, regionPrices } from "../../catalog/prices/region-prices.ts";
import type { CostPublisherSettings } from "../../contracts/processes/cost-publisher.ts";
import { type CostEnvironment, hasApiGateway, isPrivate } from "../../domain/cost/cost-environment.ts";
import { itemCost } from "../../domain/cost/cost-item.ts";
import { forecast } from "../../domain/cost/forecast.ts";
import { DEFAULT_USAGE, HOURS_PER_MONTH, volumesOf } from "../../domain/cost/usage.ts";

/**
 * Input of the cost publisher's calculation: today's list prices of the region, and an hour's share of the platform's
 * cost without requests.
 */
export function costRates(environment: CostEnvironment): CostPublisherSettings {
  const prices = regionPrices(environment.region);
  const quiet = { ...DEFAULT_USAGE, requestsPerMonth: 0, siteVisitsPerMonth: 0 };
  const platform = forecast(environment, quiet).items.filter(({ fleet }) => fleet === undefined);
  const oneToken = { ...quiet, requestsPerMonth: 1, promptTokens: 0, completionTokens: 1 };
  const noToken = { ...oneToken, completionTokens: 0 };
  const tokenGb = volumesOf(oneToken).responseGb - volumesOf(noToken).responseGb;
  return {
    environment: environment.name,
    models: Object.keys(environment.pools),
    instanceHour: Object.fromEntries(
      INSTANCE_TYPE_IDS.map((type) => [type, instancePrice(environment.region, type).usd]),
    ),
    platformHour: rounded(platform.reduce((sum, item) => sum + itemCost(item), 0) / HOURS_PER_MONTH),
    request: rounded(
      (hasApiGateway(environment) ? costOf(1, prices.apiRequests) : 0) +
        (isPrivate(environment) ? 0 : costOf(1, prices.firewallRequests)),
    ),
    completionToken: isPrivate(environment) ? 0 : rounded(costOf(tokenGb, prices.dataOutGb)),
  };
}

/** Six significant digits: a sum's last binary digits must not look like a change in a plan. */
function rounded(usd: number): number {
  return Number(usd.toPrecision(6));
}
