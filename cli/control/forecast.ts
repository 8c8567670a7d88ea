import { UsageForecast } from "../../contracts/control/usage.ts";
import { NANO_USD_PER_USD } from "../../domain/limits/nano-usd.ts";
import { exhaustedOn, type MonthForecast } from "../../domain/usage/forecast.ts";
import type { AdminClient } from "../admin/admin-client.ts";
import { textTable } from "../terminal/text-table.ts";
import { type ControlOptions, type ControlTools, controlClient } from "./control-endpoint.ts";
import { dollars } from "./limit-text.ts";
import { storedLimits } from "./stored-limits.ts";

/** `sluice costs --forecast`: the organisation's charges at the month's end, and when monthly budgets are used up. */
export async function printForecast(options: ControlOptions, tools: ControlTools): Promise<void> {
  const client = controlClient(options, tools);
  const budgets = (await storedLimits(client)).flatMap(({ scope, subject_id: id, limits }) =>
    scope === "organization" || scope === "project"
      ? limits
          .filter(({ metric, window, model, time_zone: zone = "UTC" }) => {
            return metric === "nano_usd" && window === "month" && model === undefined && zone === "UTC";
          })
          .map(({ max }) => ({ id, projectId: scope === "project" ? id : undefined, max }))
      : [],
  );
  const whole = await forecastOf(client, undefined);
  const rows = [{ subject: "organization", budget: undefined as number | undefined, forecast: whole }];
  for (const { id, projectId, max } of budgets)
    rows.push({
      subject: id,
      budget: max,
      forecast: projectId === undefined ? whole : await forecastOf(client, projectId),
    });
  const shown = rows.map(({ subject, budget, forecast }) => ({
    subject_id: subject,
    spent_nano_usd: forecast.spent,
    forecast_nano_usd: forecast.total,
    budget_nano_usd: budget ?? null,
    exhausted_on: budget === undefined ? null : dayOf(forecast, budget),
  }));
  if (options.json === true) return tools.print(JSON.stringify(shown, null, 2));
  tools.print(
    textTable([
      ["SUBJECT", "SPENT", "AT THE MONTH'S END", "BUDGET", "USED UP ON"],
      ...shown.map((row) => [
        row.subject_id,
        dollars(row.spent_nano_usd),
        dollars(row.forecast_nano_usd),
        row.budget_nano_usd === null ? "-" : dollars(row.budget_nano_usd),
        row.exhausted_on ?? "-",
      ]),
    ]),
  );
}

async function forecastOf(client: AdminClient, projectId: string | undefined): Promise<MonthForecast> {
  const query = projectId === undefined ? "" : `?project_id=${encodeURIComponent(projectId)}`;
  const found = await client.call({ method: "GET", path: `/api/usage/forecast${query}` }, UsageForecast);
  return {
    spent: nanoUsd(found.spent_usd),
    total: nanoUsd(found.forecast_usd),
    days: found.days.map((day) => ({ start: day.start_time, nanoUsd: nanoUsd(day.amount_usd) })),
  };
}

function nanoUsd(usd: number): number {
  return Math.round(usd * NANO_USD_PER_USD);
}

/** @returns a date; null where the month ends before */
function dayOf(forecast: MonthForecast, budget: number): string | null {
  const day = exhaustedOn(forecast, budget);
  return day === undefined ? null : new Date(day * 1000).toISOString().slice(0, 10);
}
