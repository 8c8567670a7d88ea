import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useFormatter } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import type { DayRange } from "./dashboard-search.ts";
import type { UsageReport } from "./usage-report.ts";

interface UsageChartProps {
  readonly report: UsageReport;
  readonly range: DayRange;
  readonly nameOf: (id: string) => string;
  readonly others: string;
}

/** Groups with a colour of their own; the others are one. */
const OWN_COLOURS = 5;
const HEIGHT = 260;
const DAY_MS = 86_400_000;
const OTHERS = "others";

/** Dollars of each series on a day. */
interface DayBar {
  readonly day: string;
  readonly dollars: Readonly<Record<string, number>>;
}

/** No id can be taken for the others. */
const keyOf = (id: string) => `group ${id}`;

/** Charges of each day as stacked bars. Its figures are in the table below, for screen readers too. */
export default function UsageChart({ report, range, nameOf, others }: UsageChartProps) {
  const money = useMoney();
  const format = useFormatter();
  const shown = report.groups.slice(0, OWN_COLOURS);
  const series: readonly { readonly key: string; readonly name: string }[] = [
    ...shown.map(({ id }) => ({ key: keyOf(id), name: nameOf(id) })),
    ...(report.groups.length > OWN_COLOURS ? [{ key: OTHERS, name: others }] : []),
  ];
  const dayText = (day: string) => format.dateTime(new Date(day), { month: "short", day: "numeric", timeZone: "UTC" });
  const inDollars = (value: unknown) => money(BigInt(Math.round(Number(value) * 1e9)));
  return (
    <div className="chart" aria-hidden="true" translate="no">
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <BarChart data={barsOf(report, range, new Set(shown.map(({ id }) => id)))} accessibilityLayer={false}>
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
              dataKey={(bar: DayBar) => bar.dollars[key] ?? 0}
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

/** A row for each day of the range, with dollars: a chart has no need of the exact nano-dollars. */
function barsOf({ days }: UsageReport, { from, to }: DayRange, shown: ReadonlySet<string>): readonly DayBar[] {
  const bars = new Map<string, { readonly day: string; readonly dollars: Record<string, number> }>();
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += DAY_MS) {
    const day = new Date(ms).toISOString().slice(0, 10);
    bars.set(day, { day, dollars: {} });
  }
  for (const { day, id, nano } of days) {
    const bar = bars.get(day);
    const key = shown.has(id) ? keyOf(id) : OTHERS;
    if (bar !== undefined) bar.dollars[key] = (bar.dollars[key] ?? 0) + Number(nano) / 1e9;
  }
  return [...bars.values()];
}
