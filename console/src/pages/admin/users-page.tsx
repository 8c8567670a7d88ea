import { useState } from "react";
import type { OrganizationUser } from "../../../../contracts/control/objects.ts";
import { api } from "../../api/queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import type { Column } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useSession } from "../../session/session.ts";
import { AdminFrame } from "./admin-frame.tsx";
import { AdminList, useChange } from "./admin-list.tsx";
import { MESSAGES as TITLES } from "./messages.ts";
import { MESSAGES } from "./page-messages.ts";

/** The people of the organisation: role, removal. */
export function UsersPage() {
  return <AdminFrame page="users">{(isOwner) => <Users isOwner={isOwner} />}</AdminFrame>;
}

function Users({ isOwner }: { readonly isOwner: boolean }) {
  const titles = useTexts(TITLES);
  const t = useTexts(MESSAGES);
  const [removed, setRemoved] = useState<OrganizationUser>();
  const ownId = useSession(({ session }) => (session.kind === "person" ? session.user.id : undefined));
  const columns: readonly Column<OrganizationUser>[] = [
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
      cell: (user) => (isOwner && user.id !== ownId ? <RoleChoice user={user} /> : t(user.role)),
    },
    { id: "added", header: t("added"), cell: ({ added_at }) => <DateTime seconds={added_at} /> },
    ...(isOwner ? [removal()] : []),
  ];
  function removal(): Column<OrganizationUser> {
    return {
      id: "actions",
      header: t("actions"),
      cell: (user) =>
        user.id === ownId ? undefined : (
          <button
            type="button"
            className="button quiet danger"
            aria-label={t("removeUser", { email: user.email })}
            onClick={() => setRemoved(user)}
          >
            {t("remove")}
          </button>
        ),
    };
  }
  return (
    <>
      <AdminList
        queryKey={["users"]}
        read={(query, signal) => api.call("listUsers", { query, signal })}
        label={titles("users")}
        columns={columns}
        empty={t("noUsers")}
      />
      {removed === undefined ? undefined : <RemoveUser user={removed} onClose={() => setRemoved(undefined)} />}
    </>
  );
}

const ROLES = ["owner", "reader", "member"] as const satisfies readonly OrganizationUser["role"][];

function RoleChoice({ user }: { readonly user: OrganizationUser }) {
  const t = useTexts(MESSAGES);
  const change = useChange(
    (role: OrganizationUser["role"]) => api.call("updateUser", { path: { user_id: user.id }, body: { role } }),
    t("roleChanged"),
  );
  return (
    <>
      <select
        aria-label={t("roleOf", { email: user.email })}
        value={change.isPending ? change.variables : user.role}
        onChange={({ target }) => change.mutate(ROLES.find((role) => role === target.value) ?? "reader")}
      >
        <option value="owner">{t("owner")}</option>
        <option value="reader">{t("reader")}</option>
        <option value="member">{t("member")}</option>
      </select>
      {change.error === null ? undefined : <Problem error={change.error} />}
    </>
  );
}

function RemoveUser({ user, onClose }: { readonly user: OrganizationUser; readonly onClose: () => void }) {
  const t = useTexts(MESSAGES);
  const remove = useChange<void>(
    () => api.call("deleteUser", { path: { user_id: user.id } }),
    t("userRemoved"),
    onClose,
  );
  return (
    <ConfirmDialog
      title={t("removeTitle", { email: user.email })}
      text={t("removeText")}
      action={t("remove")}
      change={remove}
      onClose={onClose}
    />
  );
}
