import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { dailyCharges, seriesOf } from "./daily-charges.ts";
import type { DayRange } from "./dashboard-search.ts";
import { MESSAGES } from "./messages.ts";
import type { UsageReport } from "./usage-report.ts";

interface PrintedChargesProps {
  readonly report: UsageReport;
  readonly range: DayRange;
  readonly nameOf: (id: string) => string;
}

/** The figures of the chart as text, for a page that is printed before the chart is drawn. Days without charges are left out. */
export function PrintedCharges({ report, range, nameOf }: PrintedChargesProps) {
  const t = useTexts(MESSAGES);
  const money = useMoney();
  const format = useFormatter();
  const series = seriesOf(report, { nameOf, others: t("others") });
  const days = dailyCharges(report, range).filter(({ nano }) => Object.keys(nano).length > 0);
  return (
    <table className="printed-charges" translate="no">
      <thead>
        <tr>
          <th scope="col">{t("day")}</th>
          {series.map(({ key, name }) => (
            <th key={key} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {days.map(({ day, nano }) => (
          <tr key={day}>
            <th scope="row">{format.dateTime(new Date(day), { dateStyle: "medium", timeZone: "UTC" })}</th>
            {series.map(({ key }) => (
              <td key={key}>{money(nano[key] ?? 0n)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
