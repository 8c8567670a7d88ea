import type { ProjectApiKey } from "../../../../contracts/control/project-keys.ts";
import type { Column } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { MESSAGES } from "./messages.ts";

type ShownKey = Pick<ProjectApiKey, "name" | "redacted_value" | "last_used_at">;

interface KeyActions<Key> {
  /** Whether a key may have a new secret. */
  readonly canRotate: (key: Key) => boolean;
  readonly onRotate: (key: Key) => void;
  readonly onRevoke: (key: Key) => void;
}

/** What each list of keys shows, whoever they belong to. */
export function useKeyColumns<Key extends ShownKey>() {
  const t = useTexts(MESSAGES);
  return {
    name: (width: string): Column<Key> => ({
      id: "name",
      header: t("name"),
      width,
      cell: ({ name }) => <strong translate="no">{name}</strong>,
    }),
    key: (): Column<Key> => ({
      id: "key",
      header: t("key"),
      // A key is on one line.
      width: "13rem",
      cell: ({ redacted_value }) => <code translate="no">{redacted_value}</code>,
    }),
    lastUsed: (): Column<Key> => ({
      id: "last-used",
      header: t("lastUsed"),
      cell: ({ last_used_at }) => (last_used_at === null ? t("notUsed") : <DateTime seconds={last_used_at} />),
    }),
    actions: ({ canRotate, onRotate, onRevoke }: KeyActions<Key>): Column<Key> => ({
      id: "actions",
      header: t("actions"),
      width: "minmax(12rem, auto)",
      cell: (key) => (
        <span className="row-actions">
          {canRotate(key) ? (
            <button
              type="button"
              className="button quiet"
              aria-label={t("rotateKey", { name: keyLabel(key) })}
              onClick={() => onRotate(key)}
            >
              {t("rotate")}
            </button>
          ) : undefined}
          <button
            type="button"
            className="button quiet danger"
            aria-label={t("revokeKey", { name: keyLabel(key) })}
            onClick={() => onRevoke(key)}
          >
            {t("revoke")}
          </button>
        </span>
      ),
    }),
  };
}

/** How a key is called where the row is not seen: other keys may have its name. */
export function keyLabel({ name, redacted_value: value }: Pick<ShownKey, "name" | "redacted_value">): string {
  return `${name} (${value})`;
}

/** When a key ends or has ended. @param at Unix seconds; `null`: never */
export function Expiry({ at }: { readonly at: number | null }) {
  const t = useTexts(MESSAGES);
  if (at === null) return t("never");
  if (at * 1000 > Date.now()) return <DateTime seconds={at} />;
  return (
    <span className="bad">
      {t("expired")} <DateTime seconds={at} />
    </span>
  );
}
