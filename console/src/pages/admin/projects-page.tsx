import { useState } from "react";
import type { Project } from "../../../../contracts/control/objects.ts";
import { api } from "../../api/queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import type { Column } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { AdminFrame } from "./admin-frame.tsx";
import { AdminList, useChange } from "./admin-list.tsx";
import { MESSAGES as TITLES } from "./messages.ts";
import { MESSAGES } from "./page-messages.ts";
import { ProjectForm, RenameProject } from "./project-form.tsx";

/** All projects, archived ones too: create, rename, archive. */
export function ProjectsPage() {
  return <AdminFrame page="projects">{(isOwner) => <Projects isOwner={isOwner} />}</AdminFrame>;
}

interface OpenDialog {
  readonly kind: "rename" | "archive";
  readonly project: Project;
}

function Projects({ isOwner }: { readonly isOwner: boolean }) {
  const titles = useTexts(TITLES);
  const t = useTexts(MESSAGES);
  const [open, setOpen] = useState<OpenDialog>();
  const columns: readonly Column<Project>[] = [
    {
      id: "name",
      header: t("name"),
      width: "minmax(0, 2fr)",
      cell: ({ name, id }) => (
        <span translate="no">
          <strong>{name}</strong> <code className="quiet">{id}</code>
        </span>
      ),
    },
    { id: "status", header: t("status"), cell: ({ status }) => t(status) },
    { id: "created", header: t("created"), cell: ({ created_at }) => <DateTime seconds={created_at} /> },
    ...(isOwner ? [changes()] : []),
  ];
  function changes(): Column<Project> {
    return {
      id: "actions",
      header: t("actions"),
      width: "minmax(12rem, auto)",
      cell: (project) =>
        project.status === "archived" ? undefined : (
          <span className="row-actions">
            <button
              type="button"
              className="button quiet"
              aria-label={t("renameProject", { name: `${project.name} (${project.id})` })}
              onClick={() => setOpen({ kind: "rename", project })}
            >
              {t("rename")}
            </button>
            <button
              type="button"
              className="button quiet danger"
              aria-label={t("archiveProject", { name: `${project.name} (${project.id})` })}
              onClick={() => setOpen({ kind: "archive", project })}
            >
              {t("archive")}
            </button>
          </span>
        ),
    };
  }
  const close = () => setOpen(undefined);
  return (
    <>
      {isOwner ? <ProjectForm /> : undefined}
      <AdminList
        queryKey={["projects"]}
        read={(query, signal) => api.call("listProjects", { query: { ...query, include_archived: "true" }, signal })}
        label={titles("projects")}
        columns={columns}
        empty={t("noProjects")}
      />
      {open?.kind === "rename" ? <RenameProject project={open.project} onClose={close} /> : undefined}
      {open?.kind === "archive" ? <ArchiveProject project={open.project} onClose={close} /> : undefined}
    </>
  );
}

function ArchiveProject({ project, onClose }: { readonly project: Project; readonly onClose: () => void }) {
  const t = useTexts(MESSAGES);
  const archive = useChange<void>(
    () => api.call("archiveProject", { path: { project_id: project.id } }),
    t("projectArchived"),
    onClose,
  );
  return (
    <ConfirmDialog
      title={t("archiveTitle", { name: project.name })}
      text={t("archiveText")}
      action={t("archive")}
      change={archive}
      onClose={onClose}
    />
  );
}
