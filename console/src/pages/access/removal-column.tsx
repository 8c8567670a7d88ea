import type { Column } from "../../components/data-table.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";

/** The column of a list with a button that removes its row, named for screen readers by the row. */
export function useRemovalColumn<Row>(nameOf: (row: Row) => string, onRemove: (row: Row) => void): Column<Row> {
  const t = useTexts(MESSAGES);
  return {
    id: "actions",
    header: t("actions"),
    cell: (row) => (
      <button
        type="button"
        className="button quiet danger"
        aria-label={t("removeNamed", { name: nameOf(row) })}
        onClick={() => onRemove(row)}
      >
        {t("remove")}
      </button>
    ),
  };
}
