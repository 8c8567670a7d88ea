import { type FormEvent, useState } from "react";
import type { ProjectUser } from "../../../../contracts/control/objects.ts";
import { api } from "../../api/queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import type { Column } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { type ConsoleProject, useProjects } from "../../projects/projects.ts";
import { useSession } from "../../session/session.ts";
import { AdminFrame } from "../admin/admin-frame.tsx";
import { AdminList, useChange, useIsListed } from "../admin/admin-list.tsx";
import { MESSAGES } from "./messages.ts";
import { ProjectGroups } from "./project-groups.tsx";
import { useRemovalColumn } from "./removal-column.tsx";

/** The people and groups of the chosen project. */
export function MembersPage() {
  const t = useTexts(MESSAGES);
  const { current } = useProjects();
  return (
    <AdminFrame page="members">
      {(isOwner) =>
        current === undefined ? (
          <section className="empty">
            <p>{t("noProject")}</p>
          </section>
        ) : (
          <MembersAndGroups key={current.id} project={current} isOwner={isOwner} />
        )
      }
    </AdminFrame>
  );
}

interface OfProject {
  readonly project: ConsoleProject;
  readonly isOwner: boolean;
}

function MembersAndGroups({ project, isOwner }: OfProject) {
  const isListed = useIsListed(membersKey(project));
  return (
    <>
      <Members project={project} isOwner={isOwner} />
      {isListed ? <ProjectGroups project={project} isOwner={isOwner} /> : undefined}
    </>
  );
}

const membersKey = ({ id }: ConsoleProject) => ["members", id];

function Members({ project, isOwner }: OfProject) {
  const t = useTexts(MESSAGES);
  const [removed, setRemoved] = useState<ProjectUser>();
  const ownId = useSession(({ session }) => (session.kind === "person" ? session.user.id : undefined));
  const removal = useRemovalColumn<ProjectUser>(({ email }) => email, setRemoved);
  const columns: readonly Column<ProjectUser>[] = [
    {
      id: "email",
      header: t("email"),
      width: "minmax(0, 2fr)",
      cell: ({ email, name }) => (
        <span translate="no">
          <strong>{email}</strong> {name}
        </span>
      ),
    },
    {
      id: "role",
      header: t("role"),
      // Nobody changes their own role.
      cell: (user) =>
        isOwner && user.id !== ownId ? <MemberRole project={project} user={user} /> : <span>{t(user.role)}</span>,
    },
    { id: "added", header: t("added"), cell: ({ added_at }) => <DateTime seconds={added_at} /> },
    ...(isOwner ? [removal] : []),
  ];
  return (
    <section className="admin-section" aria-labelledby="members-of-project">
      <h2 id="members-of-project">{t("people", { project: project.name })}</h2>
      {isOwner ? <MemberForm project={project} /> : undefined}
      <AdminList
        queryKey={membersKey(project)}
        read={(query, signal) => api.call("listProjectUsers", { path: { project_id: project.id }, query, signal })}
        label={t("people", { project: project.name })}
        columns={columns}
        empty={t("noMembers")}
      />
      {removed === undefined ? undefined : (
        <RemoveMember project={project} user={removed} onClose={() => setRemoved(undefined)} />
      )}
    </section>
  );
}

function MemberForm({ project }: { readonly project: ConsoleProject }) {
  const t = useTexts(MESSAGES);
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<ProjectUser["role"]>("member");
  const add = useChange<void>(
    () => api.call("createProjectUser", { path: { project_id: project.id }, body: { email: email.trim(), role } }),
    t("memberAdded"),
    () => setEmail(""),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!add.isPending) add.mutate();
  };
  return (
    <form className="inline-form" onSubmit={submit}>
      <label htmlFor="member-email">{t("email")}</label>
      <input
        id="member-email"
        type="email"
        required
        maxLength={254}
        value={email}
        onChange={({ target }) => setEmail(target.value)}
      />
      <label htmlFor="member-role">{t("role")}</label>
      <select
        id="member-role"
        value={role}
        onChange={({ target }) => setRole(target.value === "owner" ? "owner" : "member")}
      >
        <option value="member">{t("member")}</option>
        <option value="owner">{t("owner")}</option>
      </select>
      <button type="submit" className="button primary" aria-disabled={add.isPending}>
        {t("add")}
      </button>
      {add.error === null ? undefined : <Problem error={add.error} />}
    </form>
  );
}

function MemberRole({ project, user }: { readonly project: ConsoleProject; readonly user: ProjectUser }) {
  const t = useTexts(MESSAGES);
  const change = useChange(
    (role: ProjectUser["role"]) =>
      api.call("updateProjectUser", { path: { project_id: project.id, user_id: user.id }, body: { role } }),
    t("roleChanged"),
  );
  return (
    <>
      <select
        aria-label={t("roleOf", { email: user.email })}
        value={change.isPending ? change.variables : user.role}
        onChange={({ target }) => change.mutate(target.value === "owner" ? "owner" : "member")}
      >
        <option value="owner">{t("owner")}</option>
        <option value="member">{t("member")}</option>
      </select>
      {change.error === null ? undefined : <Problem error={change.error} />}
    </>
  );
}

interface RemoveMemberProps {
  readonly project: ConsoleProject;
  readonly user: ProjectUser;
  readonly onClose: () => void;
}

function RemoveMember({ project, user, onClose }: RemoveMemberProps) {
  const t = useTexts(MESSAGES);
  const remove = useChange<void>(
    () => api.call("deleteProjectUser", { path: { project_id: project.id, user_id: user.id } }),
    t("memberRemoved"),
    onClose,
  );
  return (
    <ConfirmDialog
      title={t("removeMemberTitle", { name: user.email, project: project.name })}
      text={t("removeMemberText")}
      action={t("remove")}
      change={remove}
      onClose={onClose}
    />
  );
}
