import { lazy, Suspense } from "react";
import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";
import { Loading } from "./loading.tsx";
import { columnStyle, type RowsProps, TableRow } from "./table-row.tsx";

export type { Column } from "./table-row.tsx";

interface DataTableProps<Row> extends RowsProps<Row> {
  /** Says what the rows are, for screen readers. */
  readonly label: string;
}

const MESSAGES = defineMessages({ more: "Show more" }, { more: "Mehr anzeigen" });

/** Rows up to which a list that ends is rendered as it is. */
const FEW = 50;
// The library that positions rows is needed by long lists alone. `lazy` forgets that the component is generic.
const VirtualRows = lazy(() => import("./virtual-rows.tsx")) as unknown as typeof import("./virtual-rows.tsx").default;

/**
 * A list of any length: of a long one only the rows in the window are in the document, and further pages are read as they come into
 * view. On a narrow screen each row becomes a card with the names of its columns.
 */
export function DataTable<Row>({ label, ...table }: DataTableProps<Row>) {
  const t = useTexts(MESSAGES);
  const { columns, rows, hasMore = false, isLoadingMore = false, loadMore } = table;
  return (
    // biome-ignore-start lint/a11y/useFocusableInteractive: a table to read; its buttons are focused
    // biome-ignore-start lint/a11y/useSemanticElements: rows that are positioned one by one are no rows of an HTML table
    <>
      <div className="table" role="table" aria-label={label} aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <div role="rowgroup" className="table-head">
          <div role="row" className="table-row" style={columnStyle(columns)} aria-rowindex={1}>
            {columns.map(({ id, header }) => (
              <span key={id} role="columnheader">
                {header}
              </span>
            ))}
          </div>
        </div>
        {hasMore || rows.length > FEW ? (
          <Suspense fallback={<PlainRows {...table} />}>
            <VirtualRows {...table} />
          </Suspense>
        ) : (
          <PlainRows {...table} />
        )}
      </div>
      {isLoadingMore ? <Loading /> : undefined}
      {hasMore && !isLoadingMore ? (
        <button type="button" className="button quiet" onClick={loadMore}>
          {t("more")}
        </button>
      ) : undefined}
    </>
    // biome-ignore-end lint/a11y/useSemanticElements: as above
    // biome-ignore-end lint/a11y/useFocusableInteractive: as above
  );
}

/** The first rows, one below the other. */
function PlainRows<Row>({ columns, rows, idOf }: RowsProps<Row>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as above
    <div role="rowgroup" className="table-body plain">
      {rows.slice(0, FEW).map((row, index) => (
        <TableRow key={idOf(row)} row={row} index={index} columns={columns} style={columnStyle(columns)} />
      ))}
    </div>
  );
}
