import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { columnStyle, type RowsProps, TableRow } from "./table-row.tsx";

/** A first guess of a row's height in pixels; each is measured. */
const ROW_HEIGHT = 57;
/** Rows that are rendered above and below the window. */
const OVERSCAN = 8;
/** Rows before the end at which the next page is read. */
const AHEAD = 10;

/** The rows in the window; further pages are read as they come into view. */
export default function VirtualRows<Row>({ columns, rows, idOf, hasMore, isLoadingMore, loadMore }: RowsProps<Row>) {
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
  const isNearEnd = hasMore === true && isLoadingMore !== true && last >= rows.length - AHEAD;
  useEffect(() => {
    if (isNearEnd) loadMore?.();
  }, [isNearEnd, loadMore]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows that are positioned one by one are no rows of an HTML table
    <div role="rowgroup" className="table-body" ref={body} style={{ height: virtualizer.getTotalSize() }}>
      {items.map(({ key, index, start }) => {
        const row = rows[index];
        if (row === undefined) return undefined;
        const style = { ...columnStyle(columns), transform: `translateY(${start - top}px)` };
        return (
          <TableRow
            key={String(key)}
            ref={virtualizer.measureElement}
            row={row}
            index={index}
            columns={columns}
            style={style}
          />
        );
      })}
    </div>
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
