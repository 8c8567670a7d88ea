import { lazy, Suspense, useId, useState } from "react";
import type { AdminTarget } from "../../../../contracts/api/admin.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Loading } from "../../components/loading.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useMoney } from "../../i18n/use-money.ts";
import { nanoOf } from "../../lib/money.ts";
import type { ShownProvider } from "../service/item-queries.ts";
import { TARGET_MESSAGES } from "../service/target-messages.ts";
import { MESSAGES } from "./messages.ts";
import type { OpenProvider } from "./providers-page.tsx";
import { useSettingTexts } from "./setting-texts.ts";

const ConnectionTest = lazy(async () => ({ default: (await import("./connection-test.tsx")).ConnectionTest }));

interface ProviderCardProps {
  readonly provider: ShownProvider;
  /** Its models, as the gateway that responds sees them; `undefined` while that is not known. */
  readonly targets: readonly AdminTarget[] | undefined;
  readonly onOpen: (dialog: OpenProvider) => void;
}

interface ModelRow {
  readonly name: string;
  readonly settings: ShownProvider["settings"]["models"][string];
  /** `undefined` where no route has the model, `unknown` where the targets could not be read. */
  readonly target: AdminTarget | "unknown" | undefined;
}

/** One provider: its settings and their origin, what it has spent, and its models. */
export function ProviderCard({ provider, targets, onOpen }: ProviderCardProps) {
  const t = useTexts(MESSAGES);
  const ofTargets = useTexts(TARGET_MESSAGES);
  const format = useFormatter();
  const money = useMoney();
  const titleId = useId();
  const textsOf = useSettingTexts();
  const columns = useColumns();
  const { name, source, updatedAt, settings } = provider;
  const [tests, setTests] = useState(0);
  const first = targets?.[0];
  const rows = Object.entries(settings.models).map(([model, known]) => ({
    name: model,
    settings: known,
    target: targets === undefined ? ("unknown" as const) : targets.find(({ id }) => id === `${name}/${model}`),
  }));
  return (
    <article className="health-card" aria-labelledby={titleId}>
      <h2 id={titleId} translate="no">
        {name}
      </h2>
      <p className="row-actions">
        <span className="chip">
          {updatedAt === null
            ? t("declared")
            : t("changed", { when: format.dateTime(new Date(updatedAt), { dateStyle: "medium", timeStyle: "short" }) })}
        </span>
        {settings.emergencyOnly ? <span className="chip">{t("emergency")}</span> : undefined}
        {first?.healthCheck === undefined ? undefined : (
          <span className={first.healthCheck === "failed" ? "chip bad" : "chip"}>
            {ofTargets(`health_${first.healthCheck}`)}
          </span>
        )}
      </p>
      <dl className="health-figures">
        {Object.entries(textsOf(settings)).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd translate="no">{value}</dd>
          </div>
        ))}
        {first?.allowedInFlight === undefined ? undefined : (
          <div>
            <dt>{t("now")}</dt>
            <dd>
              {t("inFlightOf", {
                count: format.number(first.inFlight),
                limit: format.number(first.allowedInFlight),
              })}
            </dd>
          </div>
        )}
        {first?.spendUsd === undefined ? undefined : (
          <div>
            <dt>{ofTargets("spend")}</dt>
            <dd translate="no">{money(nanoOf(first.spendUsd))}</dd>
          </div>
        )}
      </dl>
      <DataTable label={t("modelsOf", { name })} columns={columns} rows={rows} idOf={(row) => row.name} />
      <div className="row-actions">
        <button
          type="button"
          className="button quiet"
          aria-label={t("changeNamed", { name })}
          onClick={() => onOpen({ kind: "change", provider })}
        >
          {t("change")}
        </button>
        {source === "declared" ? undefined : (
          <button
            type="button"
            className="button quiet"
            aria-label={t("restoreNamed", { name })}
            onClick={() => onOpen({ kind: "restore", provider })}
          >
            {t("restore")}
          </button>
        )}
        <button
          type="button"
          className="button quiet"
          aria-label={t("testNamed", { name })}
          onClick={() => setTests(tests + 1)}
        >
          {t("test")}
        </button>
      </div>
      <div role="status">
        {tests === 0 ? undefined : (
          <Suspense fallback={<Loading />}>
            <ConnectionTest name={name} number={tests} />
          </Suspense>
        )}
      </div>
    </article>
  );
}

function useColumns(): readonly Column<ModelRow>[] {
  const t = useTexts(MESSAGES);
  const ofTargets = useTexts(TARGET_MESSAGES);
  const format = useFormatter();
  return [
    {
      id: "model",
      header: t("model"),
      width: "minmax(0, 1.5fr)",
      cell: ({ name }) => <strong translate="no">{name}</strong>,
    },
    {
      id: "state",
      header: ofTargets("state"),
      cell: ({ target }) =>
        target === undefined || target === "unknown" ? (
          t(target === undefined ? "unused" : "unknown")
        ) : (
          <span className="row-actions">
            <span className={target.available ? "chip" : "chip bad"}>
              {target.available ? ofTargets("available") : ofTargets("unavailable")}
            </span>
            {target.upstreams.map(({ id, breaker }) => (
              <span key={id} className="quiet">
                {ofTargets(`breaker_${breaker}`)}
              </span>
            ))}
          </span>
        ),
    },
    {
      id: "context",
      header: t("context"),
      cell: ({ settings }) => t("tokens", { count: format.number(settings.contextTokens) }),
    },
    {
      id: "capabilities",
      header: t("capabilities"),
      cell: ({ settings }) => <span translate="no">{settings.capabilities.join(", ")}</span>,
    },
    {
      id: "routes",
      header: ofTargets("routes"),
      cell: ({ target }) =>
        target === undefined || target === "unknown" ? undefined : (
          <ul className="limit-list">
            {target.routes.map((route) => (
              <li key={route} className="row-actions">
                <span translate="no">{route}</span>
                {target.forced.includes(route) ? <span className="chip">{ofTargets("isForced")}</span> : undefined}
                {target.drained.includes(route) ? <span className="chip">{ofTargets("isDrained")}</span> : undefined}
              </li>
            ))}
          </ul>
        ),
    },
  ];
}
