import { type Column, DataTable } from "../../components/data-table.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import type { Grouping } from "./dashboard-search.ts";
import { MESSAGES } from "./messages.ts";
import type { Figures, GroupFigures, Timed, UsageReport } from "./usage-report.ts";

/** The sums of the range, each as the ledger has it. */
export function Totals({ total }: { readonly total: Figures }) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const money = useMoney();
  const { mean, failures } = useOutcomeTexts();
  const figures = [
    { name: "charged", value: money(total.nano) },
    { name: "requests", value: format.number(total.requests) },
    { name: "failed", value: failures(total) },
    { name: "duration", value: mean(total.duration) },
    { name: "firstToken", value: mean(total.firstToken) },
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
  const { mean, failures } = useOutcomeTexts();
  const columns: readonly Column<GroupFigures>[] = [
    {
      id: "name",
      header: t(by),
      width: "minmax(0, 2fr)",
      cell: ({ id }) => (id === "" ? t("none") : <GroupName id={id} name={nameOf(id)} />),
    },
    number("requests", t("requests"), ({ requests }) => format.number(requests)),
    number("failed", t("failed"), failures),
    number("duration", t("duration"), ({ duration }) => mean(duration)),
    number("firstToken", t("firstToken"), ({ firstToken }) => mean(firstToken)),
    number("input", t("inputTokens"), ({ inputTokens }) => format.number(inputTokens)),
    number("output", t("outputTokens"), ({ outputTokens }) => format.number(outputTokens)),
    number("charged", t("charged"), ({ nano }) => money(nano)),
  ];
  return (
    <DataTable
      label={t("table")}
      columns={columns}
      rows={report.groups}
      idOf={({ id }) => id}
      hasMore={false}
      isLoadingMore={false}
      loadMore={nothing}
    />
  );
}

/** Means in seconds, and how many requests failed with their share. */
function useOutcomeTexts() {
  const format = useFormatter();
  const seconds = (value: number) =>
    format.number(value, { style: "unit", unit: "second", minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return {
    mean: ({ count, ms }: Timed) => (count === 0 ? NO_VALUE : seconds(ms / count / 1000)),
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

function nothing(): void {
  // All rows are there.
}
