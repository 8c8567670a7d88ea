import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import type { AdminTarget } from "../../../../contracts/api/admin.ts";
import { announce } from "../../components/announcer.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { nanoOf } from "../../lib/money.ts";
import { AdminFrame } from "../admin/admin-frame.tsx";
import { gatewayAdmin } from "./gateway-admin.ts";
import { MESSAGES } from "./messages.ts";
import { OperatorsOnly } from "./operators-only.tsx";
import { overrideOf, type RouteChange } from "./route-override.ts";

const EVERY_MS = 5000;
const TARGETS_KEY = ["targets"] as const;

interface TargetList {
  readonly data: readonly AdminTarget[];
}

/** Health, load and spend of each target; one is first or drained by hand. */
export function TargetsPage() {
  return <AdminFrame page="targets">{(isOwner) => (isOwner ? <Targets /> : <OperatorsOnly />)}</AdminFrame>;
}

function Targets() {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const list = useQuery({
    queryKey: TARGETS_KEY,
    queryFn: ({ signal }) => gatewayAdmin<TargetList>(config.apiUrl, { path: "/targets", signal }),
    refetchInterval: ({ state }) => (state.error === null ? EVERY_MS : false),
    staleTime: 0,
  });
  const targets = list.data?.data ?? [];
  const change = useOverride(targets);
  const columns = useColumns((wanted) => change.mutate(wanted));
  return (
    <>
      {list.isPending ? <Loading /> : undefined}
      {list.error === null ? undefined : <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {change.error === null ? undefined : <Problem error={change.error} />}
      {list.isSuccess && targets.length === 0 ? <p className="quiet">{t("noTargets")}</p> : undefined}
      {targets.length === 0 ? undefined : (
        <DataTable
          label={t("routes")}
          columns={columns}
          rows={targets}
          idOf={({ id }) => id}
          hasMore={false}
          isLoadingMore={false}
          loadMore={() => undefined}
        />
      )}
    </>
  );
}

/** Changes or takes back what was set by hand for a route. */
function useOverride(targets: readonly AdminTarget[]) {
  const t = useTexts(MESSAGES);
  const queries = useQueryClient();
  const { config } = useRouteContext({ from: "__root__" });
  return useMutation<unknown, Error, RouteChange>({
    mutationFn: (change) => {
      const path = `/routes/${encodeURIComponent(change.route)}/override`;
      const body = overrideOf(targets, change);
      return gatewayAdmin(
        config.apiUrl,
        body === undefined ? { method: "DELETE", path } : { method: "POST", path, body },
      );
    },
    onSuccess: async () => {
      announce(t("overridden"));
      await queries.invalidateQueries({ queryKey: TARGETS_KEY });
    },
  });
}

function useColumns(onChange: (change: RouteChange) => void): readonly Column<AdminTarget>[] {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const money = useMoney();
  return [
    {
      id: "target",
      header: t("target"),
      width: "minmax(0, 1.5fr)",
      cell: ({ id }) => <strong translate="no">{id}</strong>,
    },
    {
      id: "state",
      header: t("state"),
      cell: ({ available, upstreams, healthCheck }) => (
        <span className="row-actions">
          <span className={available ? "chip" : "chip bad"}>{available ? t("available") : t("unavailable")}</span>
          {[...new Set(upstreams.map(({ breaker }) => breaker))].map((breaker) => (
            <span key={breaker} className="quiet">
              {t(`breaker_${breaker}`)}
            </span>
          ))}
          {healthCheck === undefined ? undefined : <span className="quiet">{t(`health_${healthCheck}`)}</span>}
        </span>
      ),
    },
    {
      id: "load",
      header: t("load"),
      cell: ({ inFlight, requests, failures, latencyMs }) => (
        <ul className="limit-list">
          <li>{t("inFlight", { count: format.number(inFlight) })}</li>
          <li>{t("failures", { failures: format.number(failures), requests: format.number(requests) })}</li>
          {latencyMs === null ? undefined : <li>{t("latency", { milliseconds: format.number(latencyMs) })}</li>}
        </ul>
      ),
    },
    {
      id: "spend",
      header: t("spend"),
      cell: ({ spendUsd, monthlyCapUsd }) => {
        if (spendUsd === undefined) return undefined;
        const spent = money(nanoOf(spendUsd));
        const isCapped = monthlyCapUsd !== undefined && monthlyCapUsd !== null;
        return isCapped ? (
          t("ofCap", { spent, cap: money(nanoOf(monthlyCapUsd)) })
        ) : (
          <span translate="no">{spent}</span>
        );
      },
    },
    {
      id: "routes",
      header: t("routes"),
      width: "minmax(0, 2fr)",
      cell: (target) => (
        <ul className="limit-list">
          {target.routes.map((route) => (
            <li key={route}>
              <RouteOfTarget route={route} target={target} onChange={onChange} />
            </li>
          ))}
        </ul>
      ),
    },
  ];
}

interface RouteOfTargetProps {
  readonly route: string;
  readonly target: AdminTarget;
  readonly onChange: (change: RouteChange) => void;
}

function RouteOfTarget({ route, target, onChange }: RouteOfTargetProps) {
  const t = useTexts(MESSAGES);
  const [isForced, isDrained] = [target.forced.includes(route), target.drained.includes(route)];
  const names = { route, target: target.id };
  const button = (kind: RouteChange["kind"], text: string, label: string) => (
    <button
      type="button"
      className="button quiet"
      aria-label={label}
      onClick={() => onChange({ kind, route, target: target.id })}
    >
      {text}
    </button>
  );
  return (
    <span className="row-actions">
      <span translate="no">{route}</span>
      {isForced ? <span className="chip">{t("isForced")}</span> : undefined}
      {isDrained ? <span className="chip">{t("isDrained")}</span> : undefined}
      {isForced || isDrained ? button("release", t("release"), t("releaseNamed", names)) : undefined}
      {isForced ? undefined : button("force", t("force"), t("forceNamed", names))}
      {isDrained ? undefined : button("drain", t("drain"), t("drainNamed", names))}
    </span>
  );
}
