import { useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { LogLine } from "../../../../contracts/live/log-lines.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { AdminFrame } from "../admin/admin-frame.tsx";
import { logKeys } from "../service/gateway-keys.ts";
import { usePermitted } from "../service/use-permitted.ts";
import { type CollectedLines, MAX_LINES } from "./collected-lines.ts";
import { LogFilters } from "./log-filters.tsx";
import { LogLineDialog } from "./log-line-dialog.tsx";
import { MESSAGES } from "./messages.ts";
import { useLogLines } from "./use-log-lines.ts";

/** The newest lines of all gateways' logs, as they are written, for whom a role permits it: the service says so. */
export function LogsPage() {
  return <AdminFrame page="logs">{() => <PermittedLogs />}</AdminFrame>;
}

function PermittedLogs() {
  const t = useTexts(MESSAGES);
  const isReader = usePermitted("service_logs.read", logKeys);
  if (isReader.data === true) return <Logs />;
  if (isReader.error !== null) return <Problem error={isReader.error} onRetry={() => void isReader.refetch()} />;
  if (isReader.isPending) return <Loading />;
  return (
    <section className="empty">
      <h2>{t("forbiddenTitle")}</h2>
      <p>{t("forbidden")}</p>
    </section>
  );
}

function Logs() {
  const t = useTexts(MESSAGES);
  const search = useSearch({ from: "/app/admin/logs" });
  const [isPaused, setPaused] = useState(false);
  const [opened, setOpened] = useState<LogLine>();
  const top = useRef<HTMLDivElement>(null);
  const list = useLogLines(search, isPaused);
  useWhenAbove(top, () => setPaused(true));
  const columns = useColumns(setOpened);
  return (
    <>
      <LogFilters search={search} />
      <div className="row-actions" ref={top}>
        <button
          type="button"
          className="button"
          onClick={() => {
            if (isPaused) top.current?.scrollIntoView({ block: "center" });
            setPaused(!isPaused);
          }}
        >
          {isPaused ? t("follow") : t("pause")}
        </button>
      </div>
      {list.isPending ? <Loading /> : undefined}
      {list.error === null ? undefined : <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {list.data === undefined ? undefined : <Lines collected={list.data} columns={columns} />}
      {opened === undefined ? undefined : <LogLineDialog line={opened} onClose={() => setOpened(undefined)} />}
    </>
  );
}

interface LinesProps {
  readonly collected: CollectedLines;
  readonly columns: readonly Column<LogLine>[];
}

function Lines({ collected: { lines, hasGap, isComplete, reach }, columns }: LinesProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const count = lines.length;
  return (
    <>
      {hasGap ? <p className="notice">{t("gap")}</p> : undefined}
      {isComplete ? undefined : <p className="notice">{t("incomplete")}</p>}
      {reach === "this-gateway" ? <p className="quiet">{t("alone")}</p> : undefined}
      {count === 0 ? (
        <section className="empty">
          <p>{t("nothing")}</p>
        </section>
      ) : (
        <>
          <p className="quiet">
            {count < MAX_LINES ? t("count", { count }) : t("most", { count: format.number(count) })}
          </p>
          <DataTable label={t("lines")} columns={columns} rows={lines} idOf={({ id }) => id} />
        </>
      )}
    </>
  );
}

function useColumns(onOpen: (line: LogLine) => void): readonly Column<LogLine>[] {
  const t = useTexts(MESSAGES);
  return [
    {
      id: "time",
      header: t("time"),
      width: "minmax(0, 1.5fr)",
      cell: (line) => (
        <button type="button" className="button quiet" aria-haspopup="dialog" onClick={() => onOpen(line)}>
          <DateTime seconds={Date.parse(line.at) / 1000} isPrecise />
        </button>
      ),
    },
    {
      id: "level",
      header: t("level"),
      width: "5rem",
      cell: ({ level }) => (
        <span className="chip" translate="no">
          {level}
        </span>
      ),
    },
    { id: "message", header: t("message"), cell: ({ message }) => <span translate="no">{message}</span> },
    fieldColumn(t("request"), "requestId", "minmax(0, 1.5fr)"),
    fieldColumn(t("model"), "model", "minmax(0, 1fr)"),
    fieldColumn(t("status"), "status", "4rem"),
  ];
}

function fieldColumn(header: string, name: string, width: string): Column<LogLine> {
  return {
    id: name,
    header,
    width,
    cell: ({ fields: { [name]: value } }) => (
      <span translate="no">{typeof value === "string" || typeof value === "number" ? value : ""}</span>
    ),
  };
}

/** Calls when the element leaves the window at its upper edge: whoever reads further down is not to lose the line under new ones. */
function useWhenAbove(element: { readonly current: HTMLElement | null }, onAbove: () => void): void {
  const call = useRef(onAbove);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry !== undefined && !entry.isIntersecting && entry.boundingClientRect.bottom < 0) call.current();
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
}
