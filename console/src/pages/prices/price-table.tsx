import { useQuery } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import type { TokenPriceSettings } from "../../../../contracts/targets/token-prices.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { type Formatter, useFormatter, useTexts } from "../../i18n/translate.ts";
import { pricesQuery, providersQuery, type ShownProvider } from "../routes/route-queries.ts";
import { MESSAGES } from "./messages.ts";

type Change = NonNullable<TokenPriceSettings["priceChanges"]>[number];
type Price = Change | Omit<Change, "from" | "to">;

interface PriceRow {
  readonly id: string;
  readonly target: string;
  readonly price: Price;
}

/** Prices of our own pools and of the providers' models, each with the time in which it holds. */
export function PriceTable() {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const pools = useQuery(pricesQuery(config.apiUrl));
  const providers = useQuery(providersQuery(config.apiUrl));
  const error = pools.error ?? providers.error;
  const rows =
    pools.data === undefined || providers.data === undefined
      ? undefined
      : [
          ...pools.data.flatMap(({ name, settings }) => (settings === null ? [] : rowsOf(name, settings))),
          ...providers.data.flatMap(pricesOf),
        ];
  const retry = () => Promise.all([pools.refetch(), providers.refetch()]);
  const columns = useColumns();
  return (
    <section className="admin-section" aria-labelledby="prices">
      <h2 id="prices">{t("pricesTitle")}</h2>
      <p className="quiet">{t("pricesLead")}</p>
      {rows === undefined && error === null ? <Loading /> : undefined}
      {error === null ? undefined : <Problem error={error} onRetry={() => void retry()} />}
      {rows?.length === 0 ? <p className="quiet">{t("noPrices")}</p> : undefined}
      {rows === undefined || rows.length === 0 ? undefined : (
        <DataTable label={t("pricesTitle")} columns={columns} rows={rows} idOf={({ id }) => id} />
      )}
    </section>
  );
}

/** The price of each model, and then its changes in the order of time. */
function pricesOf({ name, settings }: ShownProvider): readonly PriceRow[] {
  return Object.entries(settings.models).flatMap(([model, prices]) => rowsOf(`${name}/${model}`, prices));
}

function rowsOf(target: string, { priceChanges = [], ...price }: TokenPriceSettings): readonly PriceRow[] {
  return [price, ...priceChanges].map((one, index) => ({ id: `${target} ${index}`, target, price: one }));
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
