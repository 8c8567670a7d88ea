import { useQuery } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { type Formatter, useFormatter, useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";
import { providersQuery, type ShownProvider } from "./route-queries.ts";

type Model = ShownProvider["settings"]["models"][string];
type Change = NonNullable<Model["priceChanges"]>[number];
type Price = Change | Omit<Change, "from" | "to">;

interface PriceRow {
  readonly id: string;
  readonly target: string;
  readonly price: Price;
}

/** Prices of the providers' models, each with the time in which it holds. */
export function PriceTable() {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const providers = useQuery(providersQuery(config.apiUrl));
  const columns = useColumns();
  return (
    <section className="admin-section" aria-labelledby="prices">
      <h2 id="prices">{t("pricesTitle")}</h2>
      <p className="quiet">{t("pricesLead")}</p>
      {providers.isPending ? <Loading /> : undefined}
      {providers.error === null ? undefined : (
        <Problem error={providers.error} onRetry={() => void providers.refetch()} />
      )}
      {providers.data?.length === 0 ? <p className="quiet">{t("noPrices")}</p> : undefined}
      {providers.data === undefined || providers.data.length === 0 ? undefined : (
        <DataTable
          label={t("pricesTitle")}
          columns={columns}
          rows={providers.data.flatMap(pricesOf)}
          idOf={({ id }) => id}
        />
      )}
    </section>
  );
}

/** The price of each model, and then its changes in the order of time. */
function pricesOf({ name, settings }: ShownProvider): readonly PriceRow[] {
  return Object.entries(settings.models).flatMap(([model, { priceChanges = [], ...price }]) => {
    const target = `${name}/${model}`;
    return [price, ...priceChanges].map((one, index) => ({ id: `${target} ${index}`, target, price: one }));
  });
}

function useColumns(): readonly Column<PriceRow>[] {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const amount = (id: string, header: string, of: (price: Price) => number | undefined): Column<PriceRow> => ({
    id,
    header,
    cell: ({ price }) => (
      <span className="number" translate="no">
        {dollars(format, of(price))}
      </span>
    ),
  });
  const day = (iso: string) =>
    format.dateTime(new Date(iso), { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  const validity = (price: Price) => {
    if (!("from" in price)) return t("always");
    const from = `${day(price.from)} UTC`;
    return price.to === undefined ? t("from", { from }) : t("fromTo", { from, to: `${day(price.to)} UTC` });
  };
  return [
    {
      id: "model",
      header: t("model"),
      width: "minmax(0, 2fr)",
      cell: ({ target }) => <strong translate="no">{target}</strong>,
    },
    { id: "valid", header: t("valid"), width: "minmax(0, 1.5fr)", cell: ({ price }) => validity(price) },
    amount("input", t("input"), ({ inputUsdPerMillion }) => inputUsdPerMillion),
    amount("output", t("output"), ({ outputUsdPerMillion }) => outputUsdPerMillion),
    amount("cached", t("cached"), (price) => price.cachedInputUsdPerMillion ?? price.inputUsdPerMillion),
    amount("written", t("written"), (price) => price.cacheWriteUsdPerMillion ?? price.inputUsdPerMillion),
    amount("reasoning", t("reasoning"), (price) => price.reasoningUsdPerMillion ?? price.outputUsdPerMillion),
  ];
}

function dollars(format: Formatter, value: number | undefined): string {
  return format.number(value ?? 0, { style: "currency", currency: "USD", maximumFractionDigits: 6 });
}
