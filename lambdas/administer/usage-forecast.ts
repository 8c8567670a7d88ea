import type * as z from "zod";
import type { UsageForecast, UsageForecastQuery } from "../../contracts/control/usage.ts";
import { NANO_USD_PER_USD } from "../../domain/limits/nano-usd.ts";
import { unixSeconds } from "../../domain/tenancy/unix-seconds.ts";
import { forecastMonth, HISTORY_DAYS } from "../../domain/usage/forecast.ts";
import type { ControlRequest, ControlResponse, ControlTools } from "./administer.ts";
import { costPages } from "./cost-pages.ts";

const DAY = 86_400;

/** What is charged to the end of this month, from the charges of the last eight weeks. */
export async function usageForecast(
  { project_id: projectId }: z.infer<typeof UsageForecastQuery>,
  request: ControlRequest,
  tools: ControlTools,
): Promise<ControlResponse> {
  const now = unixSeconds(tools.now());
  const today = Math.floor(now / DAY) * DAY;
  const start = today - HISTORY_DAYS * DAY;
  const query = {
    start_time: [String(start)],
    ...(projectId === undefined ? {} : { "project_ids[]": [projectId] }),
  };
  const found = await costPages(request, query, tools);
  if ("refusal" in found) return found.refusal;
  const charged = new Map(
    found.buckets.map(({ start_time: at, results }) => [
      at,
      results.reduce((sum, { amount }) => sum + Math.round(amount.value * NANO_USD_PER_USD), 0),
    ]),
  );
  const history = Array.from({ length: HISTORY_DAYS }, (_, index) => charged.get(start + index * DAY) ?? 0);
  const { spent, total, days } = forecastMonth({ today, now, history, chargedToday: charged.get(today) ?? 0 });
  const body: UsageForecast = {
    object: "usage.forecast",
    month: new Date(now * 1000).toISOString().slice(0, 7),
    spent_usd: spent / NANO_USD_PER_USD,
    forecast_usd: total / NANO_USD_PER_USD,
    days: days.map(({ start: at, nanoUsd }) => ({ start_time: at, amount_usd: nanoUsd / NANO_USD_PER_USD })),
  };
  return { status: 200, headers: {}, body };
}
