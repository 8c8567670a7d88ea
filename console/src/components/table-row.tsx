import type { CSSProperties, ReactNode, Ref } from "react";

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** A width of CSS grid. @default - an equal share */
  readonly width?: string;
}

/** The rows of a table, and how it goes on. */
export interface RowsProps<Row> {
  readonly columns: readonly Column<Row>[];
  /** What was read so far of a list that the service pages. */
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** Whether the service has further rows. @default false */
  readonly hasMore?: boolean;
  /** @default false */
  readonly isLoadingMore?: boolean;
  /** @default - there is no more */
  readonly loadMore?: () => void;
}

type ColumnStyle = CSSProperties & Readonly<Record<"--columns", string>>;

export function columnStyle<Row>(columns: readonly Column<Row>[]): ColumnStyle {
  return { "--columns": columns.map(({ width = "minmax(0, 1fr)" }) => width).join(" ") };
}

interface TableRowProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly style: CSSProperties;
  readonly ref?: Ref<HTMLDivElement>;
}

export function TableRow<Row>({ row, index, columns, style, ref }: TableRowProps<Row>) {
  return (
    // biome-ignore-start lint/a11y/useFocusableInteractive: a table to read; its buttons are focused
    // biome-ignore-start lint/a11y/useSemanticElements: rows that are positioned one by one are no rows of an HTML table
    <div ref={ref} data-index={index} role="row" className="table-row" style={style} aria-rowindex={index + 2}>
      {columns.map(({ id, header, cell }) => (
        <div key={id} role="cell" data-column={id}>
          <span className="cell-name" aria-hidden="true">
            {header}
          </span>
          {cell(row)}
        </div>
      ))}
    </div>
    // biome-ignore-end lint/a11y/useSemanticElements: as above
    // biome-ignore-end lint/a11y/useFocusableInteractive: as above
  );
}
