import { queryOptions } from "@tanstack/react-query";
import type { USAGE_FORECAST, UsageForecast } from "../../../../contracts/control/usage.ts";
import { api } from "../../api/queries.ts";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { nanoOf } from "../../lib/money.ts";
import { MESSAGES } from "./messages.ts";

const PATH: typeof USAGE_FORECAST = "/api/usage/forecast";

/** @param projectId the project; `undefined` for all */
export function forecastQuery(projectId: string | undefined) {
  return queryOptions({
    queryKey: ["forecast", projectId ?? ""],
    queryFn: async ({ signal }) => {
      const { body } = await api.send({ method: "GET", path: PATH, query: { project_id: projectId }, signal });
      return body as UsageForecast;
    },
  });
}

/** What this month was charged, and what it will be at its end. Nothing where the service can't say it. */
export function Forecast({ forecast }: { readonly forecast: UsageForecast | undefined }) {
  const t = useTexts(MESSAGES);
  const money = useMoney();
  const format = useFormatter();
  if (forecast === undefined) return;
  const { month, spent_usd: spent, forecast_usd: expected } = forecast;
  const monthName = format.dateTime(new Date(`${month}-01T00:00:00Z`), {
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
  const figures = [
    { name: t("spent"), dollars: spent },
    { name: t("expected", { month: monthName }), dollars: expected },
  ];
  return (
    <section aria-labelledby="forecast">
      <h2 id="forecast">{t("forecast")}</h2>
      <dl className="totals">
        {figures.map(({ name, dollars }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd translate="no">{money(nanoOf(dollars))}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">{t("forecastHint")}</p>
    </section>
  );
}
