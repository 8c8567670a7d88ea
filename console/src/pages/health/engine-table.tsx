import type { EngineHealth } from "../../../../contracts/live/service-health.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";

interface EngineTableProps {
  readonly model: string;
  readonly engines: readonly EngineHealth[];
}

/** The engines of a model: what gateways see of each, and what it says of itself. */
export function EngineTable({ model, engines }: EngineTableProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const columns: readonly Column<EngineHealth>[] = [
    { id: "id", header: t("engine"), cell: ({ id }) => <code translate="no">{id}</code> },
    {
      id: "state",
      header: t("state"),
      cell: ({ state, breaker }) => (
        <span className="row-actions">
          <span className={state === "failed" ? "chip bad" : "chip"}>{t(`state_${state}`)}</span>
          {breaker === "closed" ? undefined : <span className="chip bad">{t(`breaker_${breaker}`)}</span>}
        </span>
      ),
    },
    {
      id: "load",
      header: t("load"),
      cell: ({ slotsUsed, slots, running, waiting }) => (
        <ul className="limit-list">
          <li>
            {slots === null
              ? t("slotsUsed", { part: format.number(slotsUsed) })
              : t("slotsUsedOf", { part: format.number(slotsUsed), all: format.number(slots) })}
          </li>
          {running === null ? undefined : (
            <li>{t("running", { running: format.number(running), waiting: format.number(waiting ?? 0) })}</li>
          )}
        </ul>
      ),
    },
    {
      id: "cache",
      header: t("kvCache"),
      cell: ({ kvCacheUsage }) =>
        kvCacheUsage === null ? (
          <span className="quiet">{t("unknown")}</span>
        ) : (
          <span className="number" translate="no">
            {format.number(kvCacheUsage, { style: "percent", maximumFractionDigits: 0 })}
          </span>
        ),
    },
    {
      id: "version",
      header: t("runs"),
      cell: ({ weights, version }) => (
        <ul className="limit-list">
          <li translate={weights === null ? undefined : "no"}>{weights ?? t("unknown")}</li>
          {version === null ? undefined : <li translate="no">{version}</li>}
        </ul>
      ),
    },
  ];
  return <DataTable label={t("enginesNamed", { model })} columns={columns} rows={engines} idOf={({ id }) => id} />;
}
