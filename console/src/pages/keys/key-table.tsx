import type { ProjectApiKey } from "../../../../contracts/control/project-keys.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { useTexts } from "../../i18n/translate.ts";
import type { ConsoleProject } from "../../projects/projects.ts";
import { Expiry, useKeyColumns } from "./key-columns.tsx";
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
  const shared = useKeyColumns<ProjectApiKey>();
  const canRotate = ({ owner }: ProjectApiKey) => owner.type === "service_account";
  const columns: readonly Column<ProjectApiKey>[] = [
    shared.name("minmax(0, 1.6fr)"),
    shared.key(),
    { id: "created", header: t("created"), cell: ({ created_at }) => <DateTime seconds={created_at} /> },
    shared.lastUsed(),
    { id: "expires", header: t("expires"), cell: ({ expires_at }) => <Expiry at={expires_at} /> },
    ...(project.isOwner ? [shared.actions({ canRotate, onRotate, onRevoke })] : []),
  ];
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
