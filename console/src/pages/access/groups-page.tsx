import { Link, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Group } from "../../../../contracts/control/groups.ts";
import { api } from "../../api/queries.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import type { Column } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { AdminFrame } from "../admin/admin-frame.tsx";
import { AdminList, useChange } from "../admin/admin-list.tsx";
import { byNext } from "./by-next.ts";
import { GroupPeople } from "./group-people.tsx";
import { MESSAGES } from "./messages.ts";

const MAX_NAME = 100;

/** The groups of the organisation, and the people of the one that the address names. */
export function GroupsPage() {
  const { group } = useSearch({ from: "/app/admin/groups" });
  return (
    <AdminFrame page="groups">
      {(isOwner) => (
        <>
          <Groups isOwner={isOwner} />
          {group === undefined ? undefined : <GroupPeople key={group} groupId={group} isOwner={isOwner} />}
        </>
      )}
    </AdminFrame>
  );
}

function Groups({ isOwner }: { readonly isOwner: boolean }) {
  const t = useTexts(MESSAGES);
  const [deleted, setDeleted] = useState<Group>();
  const columns: readonly Column<Group>[] = [
    {
      id: "name",
      header: t("name"),
      width: "minmax(0, 2fr)",
      cell: ({ name }) => <strong translate="no">{name}</strong>,
    },
    { id: "created", header: t("created"), cell: ({ created_at }) => <DateTime seconds={created_at} /> },
    {
      id: "actions",
      header: t("actions"),
      width: "minmax(12rem, auto)",
      cell: (group) => (
        <span className="row-actions">
          <Link
            to="/admin/groups"
            search={(before) => ({ ...before, group: group.id })}
            className="button quiet"
            aria-label={t("showNamed", { name: `${group.name} (${group.id})` })}
          >
            {t("show")}
          </Link>
          {isOwner && !group.is_scim_managed ? (
            <button
              type="button"
              className="button quiet danger"
              aria-label={t("deleteNamed", { name: `${group.name} (${group.id})` })}
              onClick={() => setDeleted(group)}
            >
              {t("delete")}
            </button>
          ) : undefined}
          {group.is_scim_managed ? <span className="chip">{t("byProvider")}</span> : undefined}
        </span>
      ),
    },
  ];
  return (
    <>
      {isOwner ? <GroupForm /> : undefined}
      <AdminList
        queryKey={["groups"]}
        read={async (query, signal) => byNext(await api.call("listGroups", { query, signal }))}
        label={t("groups")}
        columns={columns}
        empty={t("noGroups")}
      />
      {deleted === undefined ? undefined : <DeleteGroup group={deleted} onClose={() => setDeleted(undefined)} />}
    </>
  );
}

function GroupForm() {
  const t = useTexts(MESSAGES);
  const [name, setName] = useState("");
  const create = useChange<void>(
    () => api.call("createGroup", { body: { name: name.trim() } }),
    t("groupCreated"),
    () => setName(""),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!create.isPending && name.trim() !== "") create.mutate();
  };
  return (
    <form className="inline-form" onSubmit={submit}>
      <label htmlFor="new-group">{t("newGroup")}</label>
      <input
        id="new-group"
        required
        maxLength={MAX_NAME}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <button type="submit" className="button primary" aria-disabled={create.isPending}>
        {t("create")}
      </button>
      {create.error === null ? undefined : <Problem error={create.error} />}
    </form>
  );
}

function DeleteGroup({ group, onClose }: { readonly group: Group; readonly onClose: () => void }) {
  const t = useTexts(MESSAGES);
  const remove = useChange<void>(
    () => api.call("deleteGroup", { path: { group_id: group.id } }),
    t("groupDeleted"),
    onClose,
  );
  return (
    <ConfirmDialog
      title={t("deleteTitle", { name: group.name })}
      text={t("deleteText")}
      action={t("delete")}
      change={remove}
      onClose={onClose}
    />
  );
}
