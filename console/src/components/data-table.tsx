import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";
import { Loading } from "./loading.tsx";

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** A width of CSS grid. @default - an equal share */
  readonly width?: string;
}

interface DataTableProps<Row> {
  /** Says what the rows are, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** What was read so far of a list that the service pages. */
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
}

const MESSAGES = defineMessages({ more: "Show more" }, { more: "Mehr anzeigen" });

/** A first guess of a row's height in pixels; each is measured. */
const ROW_HEIGHT = 57;
/** Rows that are rendered above and below the window. */
const OVERSCAN = 8;
/** Rows before the end at which the next page is read. */
const AHEAD = 10;

/**
 * A list of any length: only the rows in the window are in the document, and further pages are read as they come into view. On a
 * narrow screen each row becomes a card with the names of its columns.
 */
export function DataTable<Row>({ label, columns, rows, idOf, hasMore, isLoadingMore, loadMore }: DataTableProps<Row>) {
  const t = useTexts(MESSAGES);
  const body = useRef<HTMLDivElement>(null);
  const top = useTopOf(body);
  const virtualizer = useWindowVirtualizer<HTMLDivElement>({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollMargin: top,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : idOf(row);
    },
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const isNearEnd = hasMore && !isLoadingMore && last >= rows.length - AHEAD;
  useEffect(() => {
    if (isNearEnd) loadMore();
  }, [isNearEnd, loadMore]);
  const grid: CSSProperties & Readonly<Record<"--columns", string>> = {
    "--columns": columns.map(({ width = "minmax(0, 1fr)" }) => width).join(" "),
  };
  return (
    // biome-ignore-start lint/a11y/useFocusableInteractive: a table to read; its buttons are focused
    // biome-ignore-start lint/a11y/useSemanticElements: rows that are positioned one by one are no rows of an HTML table
    <>
      <div className="table" role="table" aria-label={label} aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <div role="rowgroup" className="table-head">
          <div role="row" className="table-row" style={grid} aria-rowindex={1}>
            {columns.map(({ id, header }) => (
              <span key={id} role="columnheader">
                {header}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="table-body" ref={body} style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ key, index, start }) => {
            const row = rows[index];
            if (row === undefined) return undefined;
            const style = { ...grid, transform: `translateY(${start - top}px)` };
            return (
              <div
                key={String(key)}
                ref={virtualizer.measureElement}
                data-index={index}
                role="row"
                className="table-row"
                style={style}
                aria-rowindex={index + 2}
              >
                {columns.map(({ id, header, cell }) => (
                  <div key={id} role="cell" data-column={id}>
                    <span className="cell-name" aria-hidden="true">
                      {header}
                    </span>
                    {cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
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

/** Where an element begins in the document, in pixels. */
function useTopOf(element: { readonly current: HTMLElement | null }): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setTop(element.current?.offsetTop ?? 0);
    measure();
    // What stands above the table may still grow.
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}
