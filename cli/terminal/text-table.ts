import { printableLine } from "./printable.ts";

/** Aligns rows in columns, without trailing spaces. A cell is one line, whatever is in it. */
export function textTable(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(printableLine));
  const columns = Math.max(0, ...rows.map((cells) => cells.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? "").length + 2)),
  );
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("");
  return rows.map((cells) => line(cells).trimEnd()).join("\n");
}
