import { type FormEvent, useState } from "react";
import type { Invite } from "../../../../contracts/control/objects.ts";
import { api } from "../../api/queries.ts";
import type { Column } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useProjects } from "../../projects/projects.ts";
import { AdminFrame } from "./admin-frame.tsx";
import { AdminList, useChange } from "./admin-list.tsx";
import { MESSAGES as TITLES } from "./messages.ts";
import { MESSAGES } from "./page-messages.ts";

/** Who was invited, and a form to invite somebody. */
export function InvitesPage() {
  return <AdminFrame page="invites">{(isOwner) => <Invites isOwner={isOwner} />}</AdminFrame>;
}

function Invites({ isOwner }: { readonly isOwner: boolean }) {
  const titles = useTexts(TITLES);
  const t = useTexts(MESSAGES);
  const withdraw = useChange(
    (id: string) => api.call("deleteInvite", { path: { invite_id: id } }),
    t("inviteWithdrawn"),
  );
  const columns: readonly Column<Invite>[] = [
    {
      id: "email",
      header: t("email"),
      width: "minmax(0, 2fr)",
      cell: ({ email }) => <strong translate="no">{email}</strong>,
    },
    { id: "role", header: t("role"), cell: ({ role }) => t(role) },
    { id: "status", header: t("status"), cell: ({ status }) => t(status) },
    { id: "expires", header: t("expires"), cell: ({ expires_at }) => <DateTime seconds={expires_at} /> },
    ...(isOwner ? [withdrawal()] : []),
  ];
  function withdrawal(): Column<Invite> {
    return {
      id: "actions",
      header: t("actions"),
      cell: ({ id, email, status }) =>
        status === "accepted" ? undefined : (
          <button
            type="button"
            className="button quiet danger"
            aria-label={t("withdrawInvite", { email })}
            onClick={() => withdraw.mutate(id)}
          >
            {t("withdraw")}
          </button>
        ),
    };
  }
  return (
    <>
      {isOwner ? <InviteForm /> : undefined}
      {withdraw.error === null ? undefined : <Problem error={withdraw.error} />}
      <AdminList
        queryKey={["invites"]}
        read={(query, signal) => api.call("listInvites", { query, signal })}
        label={titles("invites")}
        columns={columns}
        empty={t("noInvites")}
      />
    </>
  );
}

/** An address, a role in the organisation, and perhaps the chosen project. */
function InviteForm() {
  const t = useTexts(MESSAGES);
  const { current } = useProjects();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Invite["role"]>("reader");
  const [isInProject, setInProject] = useState(false);
  const invite = useChange<void>(
    () =>
      api.call("createInvite", {
        body: {
          email: email.trim(),
          role,
          ...(isInProject && current !== undefined ? { projects: [{ id: current.id, role: "member" as const }] } : {}),
        },
      }),
    t("invited"),
    () => setEmail(""),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!invite.isPending) invite.mutate();
  };
  return (
    <form className="inline-form" onSubmit={submit}>
      <label htmlFor="invite-email">{t("email")}</label>
      <input
        id="invite-email"
        type="email"
        required
        maxLength={254}
        value={email}
        onChange={({ target }) => setEmail(target.value)}
      />
      <label htmlFor="invite-role">{t("role")}</label>
      <select
        id="invite-role"
        value={role}
        onChange={({ target }) => setRole(target.value === "owner" ? "owner" : "reader")}
      >
        <option value="reader">{t("reader")}</option>
        <option value="owner">{t("owner")}</option>
      </select>
      {current === undefined ? undefined : (
        <label>
          <input type="checkbox" checked={isInProject} onChange={({ target }) => setInProject(target.checked)} />{" "}
          {t("inProject", { project: current.name })}
        </label>
      )}
      <button type="submit" className="button primary" aria-disabled={invite.isPending}>
        {t("invite")}
      </button>
      {invite.error === null ? undefined : <Problem error={invite.error} />}
    </form>
  );
}
