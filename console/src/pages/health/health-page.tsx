import { useQuery } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import type { ServiceHealth } from "../../../../contracts/live/service-health.ts";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { AdminFrame } from "../admin/admin-frame.tsx";
import { gatewayAdmin } from "../service/gateway-admin.ts";
import { observerKeys } from "../service/gateway-keys.ts";
import "../../styles/dashboard.css";
import { Alarms, useAreAlarmsComing } from "./alarms.tsx";
import { GatewayTable } from "./gateway-table.tsx";
import { MESSAGES } from "./messages.ts";
import { ModelCard } from "./model-card.tsx";

/** Milliseconds from one state to the request for the next. */
const EVERY_MS = 3000;

/** How models, engines, gateways and alarms do. Whoever may see the pages of administration may see it. */
export function HealthPage() {
  return (
    <AdminFrame page="health">
      {() => (
        <>
          <Alarms />
          <Health />
        </>
      )}
    </AdminFrame>
  );
}

function Health() {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const health = useQuery({
    queryKey: ["service-health"],
    queryFn: ({ signal }) =>
      gatewayAdmin<ServiceHealth>(config.apiUrl, { path: "/health", keys: observerKeys, signal }),
    refetchInterval: ({ state }) => (state.error === null ? EVERY_MS : false),
    staleTime: 0,
  });
  const { data } = health;
  if (useAreAlarmsComing()) return undefined;
  return (
    <>
      {health.isPending ? <Loading /> : undefined}
      {health.error === null ? undefined : <Problem error={health.error} onRetry={() => void health.refetch()} />}
      {data === undefined ? undefined : (
        <>
          <Totals health={data} />
          {data.isComplete ? undefined : <p className="notice">{t("incomplete")}</p>}
          {data.reach === "this-gateway" ? <p className="quiet">{t("alone")}</p> : undefined}
          <section className="admin-section" aria-label={t("models")}>
            <h2>{t("models")}</h2>
            {data.models.length === 0 ? <p className="quiet">{t("noModels")}</p> : undefined}
            {data.models.map((model) => (
              <ModelCard key={model.model} health={model} minutes={data.windowSeconds / 60} />
            ))}
          </section>
          <Breakers targets={data.targets} />
          <GatewayTable gateways={data.gateways} />
        </>
      )}
    </>
  );
}

/** The figures of the whole service. */
function Totals({ health: { gateways, models } }: { readonly health: ServiceHealth }) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const sum = <Item,>(items: readonly Item[], numberOf: (item: Item) => number) =>
    items.reduce((total, item) => total + numberOf(item), 0);
  const engines = models.flatMap((model) => model.engines);
  const ready = engines.filter(({ state }) => state === "ready").length;
  const figures = [
    ["inProgress", sum(gateways, ({ inProgress }) => inProgress)],
    ["queued", sum(models, ({ queued }) => queued)],
    ["failures", sum(models, ({ failures }) => failures)],
  ] as const;
  return (
    <dl className="totals">
      {figures.map(([name, count]) => (
        <div key={name}>
          <dt>{t(name)}</dt>
          <dd translate="no">{format.number(count)}</dd>
        </div>
      ))}
      <div>
        <dt>{t("enginesReady")}</dt>
        <dd>{t("ofAll", { part: format.number(ready), all: format.number(engines.length) })}</dd>
      </div>
    </dl>
  );
}

/** Targets that are not called as usual; the rest is one sentence. */
function Breakers({ targets }: { readonly targets: ServiceHealth["targets"] }) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const open = targets.filter(({ breaker }) => breaker !== "closed");
  return (
    <section className="admin-section" aria-label={t("breakers")}>
      <h2>{t("breakers")}</h2>
      {open.length === 0 ? <p className="quiet">{t("allClosed", { count: targets.length })}</p> : undefined}
      <ul className="limit-list health-breakers">
        {open.map(({ id, breaker, requests, failures }) => (
          <li key={id} className="row-actions">
            <strong translate="no">{id}</strong>
            <span className="chip bad">{t(`breaker_${breaker}`)}</span>
            <span>{t("ofRequests", { failures: format.number(failures), requests: format.number(requests) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
