import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { lazy } from "react";
import { ApiError, isRefusedByKey } from "../../api/api-error.ts";
import { Loading } from "../../components/loading.tsx";
import { PageTitle } from "../../components/page-title.tsx";
import { Problem } from "../../components/problem.tsx";
import { WhenNear } from "../../components/when-near.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { saveFile } from "../../lib/save-file.ts";
import { useProjects } from "../../projects/projects.ts";
import { usePermission } from "../../session/permissions.ts";
import "../../styles/dashboard.css";
import { RangeTooLarge } from "./all-pages.ts";
import { BUDGETS_QUERY } from "./budget-queries.ts";
import { Budgets } from "./budgets.tsx";
import { type DayRange, type Grouping, isZoned, lateStart, rangeOf } from "./dashboard-search.ts";
import { Forecast, forecastQuery } from "./forecast.tsx";
import { useGroupNames } from "./group-names.ts";
import { MESSAGES } from "./messages.ts";
import { PrintedCharges } from "./printed-charges.tsx";
import { RangeForm } from "./range-form.tsx";
import { usageCsv } from "./usage-csv.ts";
import { usageQuery } from "./usage-queries.ts";
import type { UsageReport } from "./usage-report.ts";
import { Totals, UsageTable } from "./usage-table.tsx";

// The library of charts is larger than the rest of the page.
const UsageChart = lazy(() => import("./usage-chart.tsx"));

/** Usage and costs of a range, and budgets. Every figure is a sum of what the usage and costs operations sent. */
export function DashboardPage() {
  const t = useTexts(MESSAGES);
  const { current, isLoading } = useProjects();
  const search = useSearch({ from: "/app/dashboard" });
  const by = search.by ?? "model";
  const range = rangeOf(search, Date.now());
  const zone = search.zone !== undefined && isZoned(range, search.zone, Date.now()) ? search.zone : undefined;
  const late = zone === undefined ? undefined : lateStart(range, zone);
  const isOfProject = search.of === "project";
  const projectId = isOfProject ? current?.id : undefined;
  const enabled = !isOfProject || current !== undefined;
  const report = useQuery({ ...usageQuery(range, by, projectId, zone), enabled });
  // At once, though they are shown below the report.
  const forecast = useQuery({ ...forecastQuery(projectId), enabled });
  const mayReadBudgets = usePermission("limits.read") ?? true;
  const budgets = useQuery({ ...BUDGETS_QUERY, enabled: mayReadBudgets });
  const nameOf = useGroupNames(by);
  const hasDays = report.data !== undefined && report.data.days.length > 0;
  const save = () => {
    if (report.data === undefined) return;
    const csv = usageCsv(by, report.data.days, nameOf, zone);
    saveFile(`usage-${range.from}-${range.to}.csv`, new Blob([csv], { type: "text/csv;charset=utf-8" }));
  };
  return (
    <>
      <PageTitle title={t("title")} lead={t("lead", { zone: zone ?? "UTC" })}>
        <button type="button" className={hasDays ? "button" : "button unseen"} onClick={save}>
          {t("export")}
        </button>
      </PageTitle>
      <RangeForm range={range} search={search} project={current} />
      {search.zone === zone ? undefined : <p className="notice">{t("noZone", { zone: search.zone ?? "" })}</p>}
      {late === undefined ? undefined : <p className="notice">{t("lateStart", { zone: zone ?? "", time: late })}</p>}
      {report.isPending && (isLoading || report.isFetching) ? <Loading /> : undefined}
      {report.error === null ? undefined : <UsageProblem error={report.error} retry={() => void report.refetch()} />}
      {report.data === undefined ? undefined : <Report report={report.data} range={range} by={by} nameOf={nameOf} />}
      {report.data === undefined ? undefined : <Forecast forecast={forecast.data} />}
      {report.data === undefined || !mayReadBudgets ? undefined : <Budgets budgets={budgets} />}
    </>
  );
}

interface ReportProps {
  readonly report: UsageReport;
  readonly range: DayRange;
  readonly by: Grouping;
  readonly nameOf: (id: string) => string;
}

function Report({ report, range, by, nameOf }: ReportProps) {
  const t = useTexts(MESSAGES);
  if (report.groups.length === 0) return <Empty title={t("emptyTitle")} text={t("empty")} />;
  const named = (id: string) => (id === "" ? t("none") : nameOf(id));
  return (
    <>
      <Totals total={report.total} />
      <figure className="chart-figure">
        <figcaption>{t("chart")}</figcaption>
        <WhenNear className="chart" printed={<PrintedCharges report={report} range={range} nameOf={named} />}>
          <UsageChart report={report} range={range} nameOf={named} others={t("others")} />
        </WhenNear>
      </figure>
      <UsageTable by={by} report={report} nameOf={nameOf} />
    </>
  );
}

/** Roles and settings under which there is nothing to see are no faults. */
function UsageProblem({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  const t = useTexts(MESSAGES);
  if (error instanceof RangeTooLarge) return <Empty title={t("largeTitle")} text={t("large")} />;
  const kind = error instanceof ApiError ? error.kind : undefined;
  if (kind === "forbidden")
    return <Empty title={t("forbiddenTitle")} text={t(isRefusedByKey(error) ? "forbiddenByKey" : "forbidden")} />;
  if (kind === "missing") return <Empty title={t("offTitle")} text={t("off")} />;
  return <Problem error={error} onRetry={retry} />;
}

function Empty({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section className="empty">
      <h2>{title}</h2>
      <p>{text}</p>
    </section>
  );
}
