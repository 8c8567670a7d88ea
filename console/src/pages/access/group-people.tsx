import { type FormEvent, useState } from "react";
import type { GroupUser } from "../../../../contracts/control/groups.ts";
import { api } from "../../api/queries.ts";
import { MoreChoices } from "../../components/choices.tsx";
import type { Column } from "../../components/data-table.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { AdminList, useChange } from "../admin/admin-list.tsx";
import { byNext } from "./by-next.ts";
import { MESSAGES } from "./messages.ts";
import { useRemovalColumn } from "./removal-column.tsx";
import { useUserChoices } from "./user-choices.ts";

interface GroupPeopleProps {
  readonly groupId: string;
  readonly isOwner: boolean;
}

/** The people of a group. */
export function GroupPeople({ groupId, isOwner }: GroupPeopleProps) {
  const t = useTexts(MESSAGES);
  const remove = useChange(
    (userId: string) => api.call("deleteGroupUser", { path: { group_id: groupId, user_id: userId } }),
    t("userRemoved"),
  );
  const removal = useRemovalColumn<GroupUser>(
    ({ email }) => email,
    ({ id }) => remove.mutate(id),
  );
  const columns: readonly Column<GroupUser>[] = [
    {
      id: "email",
      header: t("email"),
      width: "minmax(0, 2fr)",
      cell: ({ email }) => <strong translate="no">{email}</strong>,
    },
    { id: "name", header: t("name"), cell: ({ name }) => <span translate="no">{name}</span> },
    ...(isOwner ? [removal] : []),
  ];
  return (
    <section className="admin-section" aria-labelledby="people-of-group">
      <h2 id="people-of-group">{t("show")}</h2>
      {isOwner ? <GroupPersonForm groupId={groupId} /> : undefined}
      {remove.error === null ? undefined : <Problem error={remove.error} />}
      <AdminList
        queryKey={["group-people", groupId]}
        read={async (query, signal) =>
          byNext(await api.call("listGroupUsers", { path: { group_id: groupId }, query, signal }))
        }
        label={t("show")}
        columns={columns}
        empty={t("nobody")}
      />
    </section>
  );
}

function GroupPersonForm({ groupId }: { readonly groupId: string }) {
  const t = useTexts(MESSAGES);
  const [userId, setUserId] = useState("");
  const users = useUserChoices();
  const add = useChange<void>(
    () => api.call("createGroupUser", { path: { group_id: groupId }, body: { user_id: userId } }),
    t("userAdded"),
    () => setUserId(""),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!add.isPending && userId !== "") add.mutate();
  };
  const problem = users.error ?? add.error;
  return (
    <form className="inline-form" onSubmit={submit}>
      <label htmlFor="user-choice">{t("user")}</label>
      <select id="user-choice" required value={userId} onChange={({ target }) => setUserId(target.value)}>
        <option value="">{t("chooseUser")}</option>
        {users.items.map(({ id, email }) => (
          <option key={id} value={id} translate="no">
            {email}
          </option>
        ))}
      </select>
      <MoreChoices of={[users]} />
      <button type="submit" className="button primary" aria-disabled={add.isPending}>
        {t("add")}
      </button>
      {problem === null ? undefined : <Problem error={problem} />}
    </form>
  );
}
