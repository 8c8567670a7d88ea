import { type Column, DataTable } from "../../components/data-table.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import type { Grouping } from "./dashboard-search.ts";
import { countOf, percentilesOf } from "./latency.ts";
import { MESSAGES } from "./messages.ts";
import type { Figures, GroupFigures, Timed, UsageReport } from "./usage-report.ts";

/** The sums of the range, each as the ledger has it. */
export function Totals({ total }: { readonly total: Figures }) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const money = useMoney();
  const { mean, percentiles, failures } = useOutcomeTexts();
  const known = countOf(total.duration.times);
  const figures = [
    { name: "charged", value: money(total.nano) },
    { name: "requests", value: format.number(total.requests) },
    { name: "failed", value: failures(total) },
    { name: "duration", value: mean(total.duration) },
    { name: "durationPercentiles", value: percentiles(total.duration) },
    { name: "firstToken", value: mean(total.firstToken) },
    { name: "firstTokenPercentiles", value: percentiles(total.firstToken) },
    { name: "inputTokens", value: format.number(total.inputTokens) },
    { name: "outputTokens", value: format.number(total.outputTokens) },
  ] as const;
  return (
    <section aria-label={t("totals")}>
      <dl className="totals">
        {figures.map(({ name, value }) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd translate="no">{value}</dd>
          </div>
        ))}
      </dl>
      {known > 0 && known < total.duration.count ? (
        <p className="quiet">
          {t("percentilesOf", { known: format.number(known), all: format.number(total.duration.count) })}
        </p>
      ) : undefined}
    </section>
  );
}

/** Where there is nothing of which a mean could be. */
const NO_VALUE = "–";

interface UsageTableProps {
  readonly by: Grouping;
  readonly report: UsageReport;
  readonly nameOf: (id: string) => string;
}

/** A row for each model, key, user or project. */
export function UsageTable({ by, report, nameOf }: UsageTableProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const money = useMoney();
  const { mean, p95, failures } = useOutcomeTexts();
  const times = (id: string, header: string, timedOf: (row: GroupFigures) => Timed): Column<GroupFigures> => ({
    id,
    header,
    cell: (row) => (
      <>
        <span className="number" translate="no">
          {mean(timedOf(row))}
        </span>{" "}
        <small className="number-below quiet" translate="no">
          {p95(timedOf(row))}
        </small>
      </>
    ),
  });
  const columns: readonly Column<GroupFigures>[] = [
    {
      id: "name",
      header: t(by),
      width: "minmax(0, 2fr)",
      cell: ({ id }) => (id === "" ? t("none") : <GroupName id={id} name={nameOf(id)} />),
    },
    number("requests", t("requests"), ({ requests }) => format.number(requests)),
    number("failed", t("failed"), failures),
    times("duration", t("duration"), ({ duration }) => duration),
    times("firstToken", t("firstToken"), ({ firstToken }) => firstToken),
    number("input", t("inputTokens"), ({ inputTokens }) => format.number(inputTokens)),
    number("output", t("outputTokens"), ({ outputTokens }) => format.number(outputTokens)),
    number("charged", t("charged"), ({ nano }) => money(nano)),
  ];
  return <DataTable label={t("table")} columns={columns} rows={report.groups} idOf={({ id }) => id} />;
}

/** Means and percentiles in seconds, and how many requests failed with their share. */
function useOutcomeTexts() {
  const format = useFormatter();
  const seconds = (value: number) =>
    format.number(value, { style: "unit", unit: "second", minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return {
    mean: ({ count, ms }: Timed) => (count === 0 ? NO_VALUE : seconds(ms / count / 1000)),
    percentiles: ({ times }: Timed) =>
      percentilesOf(times)
        ?.map((ms) => seconds(ms / 1000))
        .join(" · ") ?? NO_VALUE,
    p95: ({ times }: Timed) => {
      const [, ms] = percentilesOf(times) ?? [];
      return `p95 ${ms === undefined ? NO_VALUE : seconds(ms / 1000)}`;
    },
    failures: ({ failed, requests }: Figures) => {
      const share = requests === 0 ? 0 : failed / requests;
      return `${format.number(failed)} (${format.number(share, { style: "percent", maximumFractionDigits: 1 })})`;
    },
  };
}

function GroupName({ id, name }: { readonly id: string; readonly name: string }) {
  return (
    <span translate="no">
      <strong>{name}</strong>
      {name === id ? undefined : (
        <>
          {" "}
          <code className="quiet">{id}</code>
        </>
      )}
    </span>
  );
}

function number(id: string, header: string, textOf: (row: GroupFigures) => string): Column<GroupFigures> {
  return {
    id,
    header,
    cell: (row) => (
      <span className="number" translate="no">
        {textOf(row)}
      </span>
    ),
  };
}
