import { useQuery } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { pricesQuery, providersQuery } from "../service/item-queries.ts";
import { MESSAGES } from "./messages.ts";
import type { PriceEdit } from "./price-form.ts";
import { amountOf, dollars, useValidity } from "./price-texts.ts";
import {
  AMOUNT_NAMES,
  entriesOf,
  type PriceChange,
  type PricedTarget,
  type PriceEntry,
  pricedModels,
  pricedPool,
} from "./priced-targets.ts";

const dialogs = () => import("./price-dialogs.tsx");
const PriceDialog = lazy(async () => ({ default: (await dialogs()).PriceDialog }));
const RemoveChange = lazy(async () => ({ default: (await dialogs()).RemoveChange }));
const RestorePrice = lazy(async () => ({ default: (await dialogs()).RestorePrice }));

interface PriceRow {
  readonly id: string;
  readonly target: PricedTarget;
  readonly entry: PriceEntry | PriceChange;
}

type OpenDialog = { readonly target: PricedTarget } & (
  | { readonly kind: "edit"; readonly edit: PriceEdit }
  | { readonly kind: "remove"; readonly change: PriceChange }
  | { readonly kind: "restore" }
);

/** Prices of our own pools and of the providers' models, each with the time in which it holds; they are changed here. */
export function PriceTable() {
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const pools = useQuery(pricesQuery(config.apiUrl));
  const providers = useQuery(providersQuery(config.apiUrl));
  const error = pools.error ?? providers.error;
  const rows =
    pools.data === undefined || providers.data === undefined
      ? undefined
      : [...pools.data.map(pricedPool), ...providers.data.flatMap(pricedModels)].flatMap(rowsOf);
  const retry = () => Promise.all([pools.refetch(), providers.refetch()]);
  const [open, setOpen] = useState<OpenDialog>();
  const close = () => setOpen(undefined);
  const columns = useColumns(setOpen);
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
      <Suspense fallback={null}>
        {open?.kind === "edit" ? <PriceDialog {...open} onClose={close} /> : undefined}
        {open?.kind === "remove" ? <RemoveChange {...open} onClose={close} /> : undefined}
        {open?.kind === "restore" ? <RestorePrice target={open.target} onClose={close} /> : undefined}
      </Suspense>
    </section>
  );
}

/** The price of each target, and then its changes in the order of time. */
function rowsOf(target: PricedTarget): readonly PriceRow[] {
  return entriesOf(target.prices).map((entry, index) => ({ id: `${target.target} ${index}`, target, entry }));
}

function useColumns(onOpen: (dialog: OpenDialog) => void): readonly Column<PriceRow>[] {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const validity = useValidity();
  return [
    {
      id: "model",
      header: t("model"),
      width: "minmax(0, 2fr)",
      cell: ({ target }) => <strong translate="no">{target.target}</strong>,
    },
    {
      id: "valid",
      header: t("valid"),
      width: "minmax(0, 1.5fr)",
      cell: ({ target, entry }) => (target.prices === null ? t("free") : validity(entry)),
    },
    ...AMOUNT_NAMES.map((amount) => ({
      id: amount,
      header: t(amount),
      cell: ({ entry }: PriceRow) => (
        <span className="number" translate="no">
          {dollars(format, amountOf(entry, amount))}
        </span>
      ),
    })),
    {
      id: "actions",
      header: t("actions"),
      width: "minmax(0, 1.5fr)",
      cell: (row) => <PriceActions {...row} onOpen={onOpen} />,
    },
  ];
}

interface PriceActionsProps extends Omit<PriceRow, "id"> {
  readonly onOpen: (dialog: OpenDialog) => void;
}

function PriceActions({ target, entry, onOpen }: PriceActionsProps) {
  const t = useTexts(MESSAGES);
  const validity = useValidity();
  const name = target.target;
  const edit = (changed: PriceEdit) => () => onOpen({ kind: "edit", target, edit: changed });
  if ("from" in entry && entry.from !== undefined) {
    const change: PriceChange = { ...entry, from: entry.from };
    const when = validity(change);
    return (
      <span className="row-actions">
        <ActionButton
          label={t("changeDated", { name, when })}
          text={t("change")}
          onClick={edit({ isDated: true, start: change, replaces: change })}
        />
        <ActionButton
          label={t("removeDated", { name, when })}
          text={t("remove")}
          onClick={() => onOpen({ kind: "remove", target, change })}
        />
      </span>
    );
  }
  return (
    <span className="row-actions">
      <ActionButton
        label={t("changeNamed", { name })}
        text={t("change")}
        onClick={edit({ isDated: false, start: entry })}
      />
      <ActionButton label={t("addNamed", { name })} text={t("add")} onClick={edit({ isDated: true, start: entry })} />
      {target.kind === "price" && target.item.source !== "declared" ? (
        <ActionButton
          label={t("restoreNamed", { name })}
          text={t("restore")}
          onClick={() => onOpen({ kind: "restore", target })}
        />
      ) : undefined}
    </span>
  );
}

interface ActionButtonProps {
  /** Its name for screen readers. */
  readonly label: string;
  readonly text: string;
  readonly onClick: () => void;
}

function ActionButton({ label, text, onClick }: ActionButtonProps) {
  return (
    <button type="button" className="button quiet" aria-label={label} onClick={onClick}>
      {text}
    </button>
  );
}
