import { type FormEvent, useState } from "react";
import type { ProjectGroup } from "../../../../contracts/control/groups.ts";
import { api } from "../../api/queries.ts";
import { MoreChoices } from "../../components/choices.tsx";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import type { Column } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import type { ConsoleProject } from "../../projects/projects.ts";
import { useOrganizationRole } from "../../session/organization-role.ts";
import { AdminList, useChange } from "../admin/admin-list.tsx";
import { byNext } from "./by-next.ts";
import { MESSAGES } from "./messages.ts";
import { useRemovalColumn } from "./removal-column.tsx";
import { useGroupChoices } from "./user-choices.ts";

interface ProjectGroupsProps {
  readonly project: ConsoleProject;
  /** Whether changes are offered. */
  readonly isOwner: boolean;
}

/** The groups of a project. Only whoever may read the organisation's groups can add one. */
export function ProjectGroups({ project, isOwner }: ProjectGroupsProps) {
  const t = useTexts(MESSAGES);
  const organizationRole = useOrganizationRole();
  const [removed, setRemoved] = useState<ProjectGroup>();
  const removal = useRemovalColumn<ProjectGroup>(({ group_name }) => group_name, setRemoved);
  const columns: readonly Column<ProjectGroup & { readonly id: string }>[] = [
    {
      id: "name",
      header: t("name"),
      width: "minmax(0, 2fr)",
      cell: ({ group_name }) => <strong translate="no">{group_name}</strong>,
    },
    { id: "added", header: t("added"), cell: ({ created_at }) => <DateTime seconds={created_at} /> },
    ...(isOwner ? [removal] : []),
  ];
  return (
    <section className="admin-section" aria-labelledby="groups-of-project">
      <h2 id="groups-of-project">{t("groupsOf", { project: project.name })}</h2>
      {organizationRole.data === "owner" ? <ProjectGroupForm project={project} /> : undefined}
      <AdminList
        queryKey={["project-groups", project.id]}
        read={async (query, signal) => {
          const page = await api.call("listProjectGroups", { path: { project_id: project.id }, query, signal });
          return byNext({ ...page, data: page.data.map((group) => ({ ...group, id: group.group_id })) });
        }}
        label={t("groupsOf", { project: project.name })}
        columns={columns}
        empty={t("noProjectGroups")}
      />
      {removed === undefined ? undefined : (
        <RemoveGroup project={project} group={removed} onClose={() => setRemoved(undefined)} />
      )}
    </section>
  );
}

function ProjectGroupForm({ project }: { readonly project: ConsoleProject }) {
  const t = useTexts(MESSAGES);
  const [groupId, setGroupId] = useState("");
  const [role, setRole] = useState<"member" | "owner">("member");
  const groups = useGroupChoices();
  const add = useChange<void>(
    () => api.call("createProjectGroup", { path: { project_id: project.id }, body: { group_id: groupId, role } }),
    t("groupAdded"),
    () => setGroupId(""),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!add.isPending && groupId !== "") add.mutate();
  };
  const problem = groups.error ?? add.error;
  return (
    <form className="inline-form" onSubmit={submit}>
      <label htmlFor="group-choice">{t("group")}</label>
      <select id="group-choice" required value={groupId} onChange={({ target }) => setGroupId(target.value)}>
        <option value="">{t("chooseGroup")}</option>
        {groups.items.map(({ id, name }) => (
          <option key={id} value={id} translate="no">
            {name}
          </option>
        ))}
      </select>
      <MoreChoices of={[groups]} />
      <label htmlFor="group-role">{t("role")}</label>
      <select
        id="group-role"
        value={role}
        onChange={({ target }) => setRole(target.value === "owner" ? "owner" : "member")}
      >
        <option value="member">{t("member")}</option>
        <option value="owner">{t("owner")}</option>
      </select>
      <button type="submit" className="button primary" aria-disabled={add.isPending}>
        {t("add")}
      </button>
      {problem === null ? undefined : <Problem error={problem} />}
    </form>
  );
}

interface RemoveGroupProps {
  readonly project: ConsoleProject;
  readonly group: ProjectGroup;
  readonly onClose: () => void;
}

function RemoveGroup({ project, group, onClose }: RemoveGroupProps) {
  const t = useTexts(MESSAGES);
  const remove = useChange<void>(
    () => api.call("deleteProjectGroup", { path: { project_id: project.id, group_id: group.group_id } }),
    t("groupRemoved"),
    onClose,
  );
  return (
    <ConfirmDialog
      title={t("removeGroupTitle", { name: group.group_name, project: project.name })}
      text={t("removeGroupText")}
      action={t("remove")}
      change={remove}
      onClose={onClose}
    />
  );
}
