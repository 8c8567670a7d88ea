import { useQuery } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import type { AdminTarget } from "../../../../contracts/api/admin.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { nanoOf } from "../../lib/money.ts";
import { ConflictNotice } from "./conflict-notice.tsx";
import { MESSAGES } from "./messages.ts";
import { OperatorsFrame } from "./operators-frame.tsx";
import { NO_OVERRIDE, type RouteChange } from "./route-override.ts";
import { TARGET_MESSAGES } from "./target-messages.ts";
import { targetsQuery } from "./targets-query.ts";
import { useOverride } from "./use-override.ts";

/** Health, load and spend of each target; one is first or drained by hand. */
export function TargetsPage() {
  return (
    <OperatorsFrame page="targets">
      <Targets />
    </OperatorsFrame>
  );
}

function Targets() {
  const t = useTexts(MESSAGES);
  const ofTarget = useTexts(TARGET_MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const list = useQuery(targetsQuery(config.apiUrl));
  const targets = list.data?.data ?? [];
  const { change, conflict, dismiss } = useOverride();
  const columns = useColumns((wanted) => {
    const seen = list.data?.overrides?.find(({ name }) => name === wanted.route) ?? NO_OVERRIDE;
    change.mutate({ change: wanted, seen });
  });
  return (
    <>
      {list.isPending ? <Loading /> : undefined}
      {list.error === null ? undefined : <Problem error={list.error} onRetry={() => void list.refetch()} />}
      {change.error === null ? undefined : <Problem error={change.error} />}
      {conflict === undefined ? undefined : (
        <ConflictNotice
          conflict={conflict}
          isPending={change.isPending}
          onRepeat={() => change.mutate({ change: conflict.change, seen: conflict.now })}
          onDismiss={dismiss}
        />
      )}
      {list.isSuccess && targets.length === 0 ? <p className="quiet">{t("noTargets")}</p> : undefined}
      {targets.length === 0 ? undefined : (
        <DataTable label={ofTarget("routes")} columns={columns} rows={targets} idOf={({ id }) => id} />
      )}
    </>
  );
}

function useColumns(onChange: (change: RouteChange) => void): readonly Column<AdminTarget>[] {
  const t = useTexts(MESSAGES);
  const ofTarget = useTexts(TARGET_MESSAGES);
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
      header: ofTarget("state"),
      cell: ({ available, upstreams, healthCheck }) => (
        <span className="row-actions">
          <span className={available ? "chip" : "chip bad"}>
            {available ? ofTarget("available") : ofTarget("unavailable")}
          </span>
          {[...new Set(upstreams.map(({ breaker }) => breaker))].map((breaker) => (
            <span key={breaker} className="quiet">
              {ofTarget(`breaker_${breaker}`)}
            </span>
          ))}
          {healthCheck === undefined ? undefined : <span className="quiet">{ofTarget(`health_${healthCheck}`)}</span>}
        </span>
      ),
    },
    {
      id: "load",
      header: t("load"),
      cell: ({ inFlight, requests, failures, latencyMs, ...limits }) => (
        <ul className="limit-list">
          <li>{t("inFlight", { count: format.number(inFlight) })}</li>
          <TargetLimit of={limits} />
          <li>{t("failures", { failures: format.number(failures), requests: format.number(requests) })}</li>
          {latencyMs === null ? undefined : <li>{t("latency", { milliseconds: format.number(latencyMs) })}</li>}
        </ul>
      ),
    },
    {
      id: "spend",
      header: ofTarget("spend"),
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
      header: ofTarget("routes"),
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

interface TargetLimitProps {
  readonly of: Pick<AdminTarget, "maxInFlight" | "allowedInFlight">;
}

/** How many requests at once a provider gets: fewer after it refused some. Pools have slots instead. */
function TargetLimit({ of: { maxInFlight, allowedInFlight } }: TargetLimitProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  if (maxInFlight === undefined || allowedInFlight === undefined) return undefined;
  const count = format.number(allowedInFlight);
  return (
    <li>
      {allowedInFlight < maxInFlight ? (
        <span className="chip bad">{t("limitLowered", { count, declared: format.number(maxInFlight) })}</span>
      ) : (
        t("limit", { count })
      )}
    </li>
  );
}

interface RouteOfTargetProps {
  readonly route: string;
  readonly target: AdminTarget;
  readonly onChange: (change: RouteChange) => void;
}

function RouteOfTarget({ route, target, onChange }: RouteOfTargetProps) {
  const t = useTexts(MESSAGES);
  const ofTarget = useTexts(TARGET_MESSAGES);
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
      {isForced ? <span className="chip">{ofTarget("isForced")}</span> : undefined}
      {isDrained ? <span className="chip">{ofTarget("isDrained")}</span> : undefined}
      {isForced || isDrained ? button("release", t("release"), t("releaseNamed", names)) : undefined}
      {isForced ? undefined : button("force", t("force"), t("forceNamed", names))}
      {isDrained ? undefined : button("drain", t("drain"), t("drainNamed", names))}
    </span>
  );
}
