import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useRouteContext } from "@tanstack/react-router";
import { useState } from "react";
import type { LiveRequest, LiveRequestList } from "../../../../contracts/live/live-requests.ts";
import { announce } from "../../components/announcer.tsx";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import "../../styles/dashboard.css";
import { gatewayAdmin } from "./gateway-admin.ts";
import { LiveFigures } from "./live-figures.tsx";
import { MESSAGES } from "./messages.ts";
import { OperatorsFrame } from "./operators-frame.tsx";

/** Milliseconds from one list to the request for the next: what is shown is never a second old. */
const EVERY_MS = 500;
const LIVE_KEY = ["live-requests"] as const;

/** The requests in progress, and a button that stops one. */
export function LivePage() {
  return (
    <OperatorsFrame page="live">
      <Live />
    </OperatorsFrame>
  );
}

function Live() {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const [isPaused, setPaused] = useState(false);
  const [stopped, setStopped] = useState<LiveRequest>();
  const list = useQuery({
    queryKey: LIVE_KEY,
    queryFn: ({ signal }) => gatewayAdmin<LiveRequestList>(config.apiUrl, { path: "/requests", signal }),
    refetchInterval: ({ state }) => (isPaused || state.error !== null ? false : EVERY_MS),
    staleTime: 0,
  });
  const columns = useColumns(setStopped);
  return (
    <>
      <div className="row-actions">
        <button type="button" className="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? t("resume") : t("pause")}
        </button>
      </div>
      {list.isPending ? <Loading /> : undefined}
      {list.error === null ? undefined : <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {list.data === undefined ? undefined : <LiveFigures list={list.data} />}
      {list.data === undefined ? undefined : <LiveTable list={list.data} columns={columns} />}
      {stopped === undefined ? undefined : <StopRequest request={stopped} onClose={() => setStopped(undefined)} />}
    </>
  );
}

interface LiveTableProps {
  readonly list: LiveRequestList;
  readonly columns: readonly Column<LiveRequest>[];
}

function LiveTable({ list: { data }, columns }: LiveTableProps) {
  const t = useTexts(MESSAGES);
  if (data.length === 0)
    return (
      <section className="empty">
        <p>{t("nothing")}</p>
      </section>
    );
  return (
    <DataTable label={t("requests")} columns={columns} rows={data} idOf={({ gateway, id }) => `${gateway} ${id}`} />
  );
}

function useColumns(onStop: (request: LiveRequest) => void): readonly Column<LiveRequest>[] {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const seconds = (ms: number) => t("seconds", { seconds: format.number(ms / 1000, { maximumFractionDigits: 1 }) });
  return [
    {
      id: "id",
      header: t("request"),
      width: "minmax(0, 1.5fr)",
      cell: ({ id }) => (
        <Link to="/admin/logs" search={{ request: id }}>
          <code translate="no">{id}</code>
        </Link>
      ),
    },
    { id: "age", header: t("age"), cell: ({ ageMs }) => <span className="number">{seconds(ageMs)}</span> },
    { id: "model", header: t("model"), cell: ({ model }) => <span translate="no">{model}</span> },
    { id: "target", header: t("target"), cell: ({ target }) => <span translate="no">{target}</span> },
    {
      id: "caller",
      header: t("caller"),
      cell: ({ keyId, ownerId, projectId, isBatch }) => (
        <>
          <span translate="no">{[projectId, ownerId ?? keyId].filter((part) => part !== null).join(" · ")}</span>{" "}
          {isBatch ? <span className="chip">{t("batch")}</span> : undefined}
        </>
      ),
    },
    {
      id: "tokens",
      header: t("tokens"),
      cell: ({ completionTokens, firstTokenMs, stream }) => {
        if (!stream) return <span className="quiet">{t("whole")}</span>;
        if (firstTokenMs === null) return <span className="quiet">{t("waiting")}</span>;
        return (
          <span className="number" translate="no">
            {format.number(completionTokens)}
          </span>
        );
      },
    },
    {
      id: "actions",
      header: t("actions"),
      cell: (request) => (
        <button
          type="button"
          className="button quiet danger"
          aria-label={t("stopNamed", { id: request.id })}
          onClick={() => onStop(request)}
        >
          {t("stop")}
        </button>
      ),
    },
  ];
}

function StopRequest({ request: { id }, onClose }: { readonly request: LiveRequest; readonly onClose: () => void }) {
  const t = useTexts(MESSAGES);
  const queries = useQueryClient();
  const { config } = useRouteContext({ from: "__root__" });
  const stop = useMutation<unknown, Error, void>({
    mutationFn: () => gatewayAdmin(config.apiUrl, { method: "POST", path: `/requests/${encodeURIComponent(id)}/stop` }),
    onSuccess: async () => {
      announce(t("stopped"));
      onClose();
      await queries.invalidateQueries({ queryKey: LIVE_KEY });
    },
  });
  return (
    <ConfirmDialog
      title={t("stopTitle", { id })}
      text={t("stopText")}
      action={t("stop")}
      change={stop}
      onClose={onClose}
    />
  );
}
