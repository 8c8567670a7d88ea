import { useEffect, useState } from "react";
import type { LiveRequestList } from "../../../../contracts/live/live-requests.ts";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";
import { RateChart } from "./rate-chart.tsx";
import { NO_RATES, withList } from "./token-rates.ts";

/** How much is in progress, how fast, and what the list lacks. */
export function LiveFigures({ list }: { readonly list: LiveRequestList }) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const [rates, setRates] = useState(NO_RATES);
  useEffect(() => setRates((before) => withList(before, list)), [list]);
  const { gateways, data, reach, isComplete } = list;
  const inProgress = gateways.reduce((sum, gateway) => sum + gateway.inProgress, 0);
  const rate = rates.points.at(-1)?.perSecond ?? 0;
  return (
    <section className="admin-section">
      <p className="row-actions">
        <strong>{t("count", { count: inProgress })}</strong>
        <span className="chip">{t("ofGateways", { count: gateways.length })}</span>
        <span className="number">{t("rate", { rate: format.number(rate, { maximumFractionDigits: 0 }) })}</span>
      </p>
      <RateChart points={rates.points} label={t("rateChart")} />
      {isComplete ? undefined : <p className="notice">{t("incomplete")}</p>}
      {reach === "this-gateway" ? <p className="quiet">{t("alone")}</p> : undefined}
      {inProgress > data.length ? <p className="quiet">{t("left", { count: inProgress - data.length })}</p> : undefined}
    </section>
  );
}
