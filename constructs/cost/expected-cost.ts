import type { CostEnvironment } from "../../domain/cost/cost-environment.ts";
import { forecast } from "../../domain/cost/forecast.ts";
import { DEFAULT_USAGE, HOURS_PER_MONTH } from "../../domain/cost/usage.ts";

/** Dollars that an hour of the forecast's expected month costs. */
export function expectedUsdPerHour(environment: CostEnvironment): number {
  return forecast(environment, DEFAULT_USAGE).total.expected / HOURS_PER_MONTH;
}
