import { useQuery } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { gatewayAdmin } from "./gateway-admin.ts";
import { MESSAGES } from "./messages.ts";

interface ItemConflictProps<Item> {
  /** Of the item, below `/admin`. */
  readonly path: string;
  /** The item as the form began with it. */
  readonly seen: Item;
  /** Names and values of what is shown of an item. */
  readonly valuesOf: (item: Item) => Readonly<Record<string, string>>;
  /** Begins the form anew with the item as it is now. */
  readonly onTakeOver: (now: Item) => void;
}

/** Says that an item was changed since the form was opened, what was, and lets the form begin with that. */
export function ItemConflict<Item extends { readonly version: number }>(props: ItemConflictProps<Item>) {
  const { path, seen, valuesOf, onTakeOver } = props;
  const t = useTexts(MESSAGES);
  const { config } = useRouteContext({ from: "__root__" });
  const now = useQuery({
    queryKey: ["admin-item", path, seen.version],
    queryFn: ({ signal }) => gatewayAdmin<Item>(config.apiUrl, { path, signal }),
    gcTime: 0,
  });
  if (now.isPending) return <Loading />;
  if (now.error !== null) return <Problem error={now.error} onRetry={() => void now.refetch()} />;
  const [before, after] = [valuesOf(seen), valuesOf(now.data)];
  const others = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
  return (
    <div className="problem" role="alert">
      <p>{t("changedMeanwhile")}</p>
      {others.length === 0 ? <p>{t("changedElsewhere")}</p> : undefined}
      <ul translate="no">
        {others.map((name) => (
          <li key={name}>
            {name}: {before[name] ?? "–"} → {after[name] ?? "–"}
          </li>
        ))}
      </ul>
      <button type="button" className="button" onClick={() => onTakeOver(now.data)}>
        {t("takeOver")}
      </button>
    </div>
  );
}
