import type { ProjectApiKey } from "../../../../contracts/control/project-keys.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { useTexts } from "../../i18n/translate.ts";
import type { ConsoleProject } from "../../projects/projects.ts";
import { MESSAGES } from "./messages.ts";

interface KeyTableProps {
  readonly project: ConsoleProject;
  readonly keys: readonly ProjectApiKey[];
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
  readonly onRotate: (key: ProjectApiKey) => void;
  readonly onRevoke: (key: ProjectApiKey) => void;
}

export function KeyTable({ project, keys, onRotate, onRevoke, ...paging }: KeyTableProps) {
  const t = useTexts(MESSAGES);
  const columns: readonly Column<ProjectApiKey>[] = [
    {
      id: "name",
      header: t("name"),
      width: "minmax(0, 1.6fr)",
      cell: ({ name }) => <strong translate="no">{name}</strong>,
    },
    { id: "key", header: t("key"), cell: ({ redacted_value }) => <code translate="no">{redacted_value}</code> },
    { id: "created", header: t("created"), cell: ({ created_at }) => <DateTime seconds={created_at} /> },
    {
      id: "last-used",
      header: t("lastUsed"),
      cell: ({ last_used_at }) => (last_used_at === null ? t("notUsed") : <DateTime seconds={last_used_at} />),
    },
    { id: "expires", header: t("expires"), cell: ({ expires_at }) => <Expiry at={expires_at} /> },
    ...(project.isOwner ? [actions()] : []),
  ];
  function actions(): Column<ProjectApiKey> {
    return {
      id: "actions",
      header: t("actions"),
      width: "minmax(12rem, auto)",
      cell: (key) => (
        <span className="row-actions">
          {key.owner.type === "service_account" ? (
            <button
              type="button"
              className="button quiet"
              aria-label={t("rotateKey", { name: key.name })}
              onClick={() => onRotate(key)}
            >
              {t("rotate")}
            </button>
          ) : undefined}
          <button
            type="button"
            className="button quiet danger"
            aria-label={t("revokeKey", { name: key.name })}
            onClick={() => onRevoke(key)}
          >
            {t("revoke")}
          </button>
        </span>
      ),
    };
  }
  return (
    <DataTable
      label={t("list", { project: project.name })}
      columns={columns}
      rows={keys}
      idOf={({ id }) => id}
      {...paging}
    />
  );
}

function Expiry({ at }: { readonly at: number | null }) {
  const t = useTexts(MESSAGES);
  if (at === null) return t("never");
  if (at * 1000 > Date.now()) return <DateTime seconds={at} />;
  return (
    <span className="bad">
      {t("expired")} <DateTime seconds={at} />
    </span>
  );
}
