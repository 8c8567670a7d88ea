import { useQuery } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { PriceTable } from "../prices/price-table.tsx";
import { providersQuery, routesQuery, type ShownRoute } from "../service/item-queries.ts";
import { OperatorsFrame } from "../service/operators-frame.tsx";
import { MESSAGES } from "./messages.ts";
import { targetName } from "./route-settings.ts";

const dialogs = () => import("./route-dialogs.tsx");
const WeightsDialog = lazy(async () => ({ default: (await dialogs()).WeightsDialog }));
const RestoreDialog = lazy(async () => ({ default: (await dialogs()).RestoreDialog }));

interface OpenDialog {
  readonly kind: "weights" | "restore";
  readonly route: ShownRoute;
}

/** Public names with their targets, whose weights are changed here, and what providers' models cost. */
export function RoutesPage() {
  return (
    <OperatorsFrame page="routes">
      <RoutesAndPrices />
    </OperatorsFrame>
  );
}

/** The prices are read with the routes, and come below them once those are there. */
function RoutesAndPrices() {
  const { config } = useRouteContext({ from: "__root__" });
  const routes = useQuery(routesQuery(config.apiUrl));
  useQuery(providersQuery(config.apiUrl));
  return (
    <>
      <Routes />
      {routes.isPending ? undefined : <PriceTable />}
    </>
  );
}

function Routes() {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const routes = useQuery(routesQuery(config.apiUrl));
  const [open, setOpen] = useState<OpenDialog>();
  const columns = useColumns(setOpen);
  const close = () => setOpen(undefined);
  return (
    <section className="admin-section" aria-labelledby="routes">
      <h2 id="routes">{t("routesTitle")}</h2>
      {routes.isPending ? <Loading /> : undefined}
      {routes.error === null ? undefined : <Problem error={routes.error} onRetry={() => void routes.refetch()} />}
      {routes.data?.length === 0 ? <p className="quiet">{t("noRoutes")}</p> : undefined}
      {routes.data === undefined || routes.data.length === 0 ? undefined : (
        <DataTable label={t("routesTitle")} columns={columns} rows={routes.data} idOf={({ name }) => name} />
      )}
      <Suspense fallback={null}>
        {open?.kind === "weights" ? <WeightsDialog route={open.route} onClose={close} /> : undefined}
        {open?.kind === "restore" ? <RestoreDialog route={open.route} onClose={close} /> : undefined}
      </Suspense>
    </section>
  );
}

function useColumns(onOpen: (dialog: OpenDialog) => void): readonly Column<ShownRoute>[] {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const changed = (at: string | null) =>
    at === null
      ? t("declared")
      : t("changed", { when: format.dateTime(new Date(at), { dateStyle: "medium", timeStyle: "short" }) });
  return [
    {
      id: "route",
      header: t("route"),
      width: "minmax(0, 1.5fr)",
      cell: ({ name, updatedAt }) => (
        <>
          <strong translate="no">{name}</strong> <span className="quiet">{changed(updatedAt)}</span>
        </>
      ),
    },
    { id: "policy", header: t("policy"), cell: ({ settings }) => <span translate="no">{settings.policy}</span> },
    {
      id: "targets",
      header: t("targets"),
      width: "minmax(0, 2fr)",
      cell: ({ settings }) => (
        <ul className="limit-list">
          {settings.targets.map((target) => (
            <li key={targetName(target)}>
              {t("weight", { target: targetName(target), weight: format.number(target.weight) })}
            </li>
          ))}
          {settings.fallbacks.map((target) => (
            <li key={`then ${targetName(target)}`} className="quiet">
              {t("fallbacks")} <span translate="no">{targetName(target)}</span>
            </li>
          ))}
        </ul>
      ),
    },
    {
      id: "actions",
      header: t("actions"),
      cell: (route) => (
        <span className="row-actions">
          <button
            type="button"
            className="button quiet"
            aria-label={t("editNamed", { name: route.name })}
            onClick={() => onOpen({ kind: "weights", route })}
          >
            {t("edit")}
          </button>
          {route.source === "declared" ? undefined : (
            <button
              type="button"
              className="button quiet"
              aria-label={t("restoreNamed", { name: route.name })}
              onClick={() => onOpen({ kind: "restore", route })}
            >
              {t("restore")}
            </button>
          )}
        </span>
      ),
    },
  ];
}
