import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useFormatter } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { type DailyCharges, dailyCharges, seriesOf } from "./daily-charges.ts";
import type { DayRange } from "./dashboard-search.ts";
import type { UsageReport } from "./usage-report.ts";

interface UsageChartProps {
  readonly report: UsageReport;
  readonly range: DayRange;
  readonly nameOf: (id: string) => string;
  readonly others: string;
}

const HEIGHT = 260;

/** A bar has no need of the exact nano-dollars. */
const dollarsOf = (nano: bigint) => Number(nano) / 1e9;

/** Charges of each day as stacked bars. Its figures are in the table below, for screen readers too. */
export default function UsageChart({ report, range, nameOf, others }: UsageChartProps) {
  const money = useMoney();
  const format = useFormatter();
  const series = seriesOf(report, { nameOf, others });
  const dayText = (day: string) => format.dateTime(new Date(day), { month: "short", day: "numeric", timeZone: "UTC" });
  const inDollars = (value: unknown) => money(BigInt(Math.round(Number(value) * 1e9)));
  return (
    <div className="chart" aria-hidden="true" translate="no">
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <BarChart data={dailyCharges(report, range)} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis dataKey="day" tickFormatter={dayText} stroke="var(--ink-soft)" minTickGap={24} fontSize={12} />
          <YAxis tickFormatter={inDollars} stroke="var(--ink-soft)" width={84} fontSize={12} />
          <Tooltip
            formatter={inDollars}
            labelFormatter={(day) => dayText(String(day))}
            contentStyle={{ background: "var(--surface)", border: "1px solid var(--line)", color: "var(--ink)" }}
            cursor={{ fill: "var(--sunken)" }}
            isAnimationActive={false}
          />
          <Legend formatter={(name: string) => <span className="legend-name">{name}</span>} />
          {series.map(({ key, name }, index) => (
            <Bar
              key={key}
              dataKey={({ nano }: DailyCharges) => dollarsOf(nano[key] ?? 0n)}
              name={name}
              stackId="charges"
              fill={`var(--series-${index + 1})`}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}
