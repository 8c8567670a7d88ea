import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { AssignedRole } from "../../../../contracts/control/roles.ts";
import { MoreChoices, useChoices } from "../../components/choices.tsx";
import type { Column } from "../../components/data-table.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { byNext } from "../access/by-next.ts";
import { useGroupChoices, useUserChoices } from "../access/user-choices.ts";
import { AdminList, useChange } from "../admin/admin-list.tsx";
import { MESSAGES } from "./messages.ts";
import { type RoleCalls, roleCalls } from "./role-calls.ts";
import { type Principal, principalOf } from "./roles-search.ts";

interface AssignmentsProps {
  readonly projectId: string | undefined;
  readonly isOwner: boolean;
}

/** The roles of a person or a group, which the address names. */
export function Assignments({ projectId, isOwner }: AssignmentsProps) {
  const t = useTexts(MESSAGES);
  const { who } = useSearch({ from: "/app/admin/roles" });
  const navigate = useNavigate({ from: "/admin/roles" });
  const users = useUserChoices();
  const groups = useGroupChoices();
  const problem = users.error ?? groups.error;
  const chosen = who === undefined ? undefined : principalOf(who);
  const choices = chosen?.kind === "group" ? groups.items : users.items;
  // A link may name somebody behind those who are listed: whose roles these are has to stand there.
  const unlisted = choices.some(({ id }) => id === chosen?.id) ? undefined : chosen;
  const choose = (next: string) =>
    void navigate({ search: ({ who: _, ...before }) => (next === "" ? before : { ...before, who: next }) });
  return (
    <section className="admin-section" aria-labelledby="assignments">
      <h2 id="assignments">{t("assignments")}</h2>
      <div className="inline-form">
        <label htmlFor="role-principal">{t("principal")}</label>
        <select id="role-principal" value={who ?? ""} onChange={({ target }) => choose(target.value)}>
          <option value="">{t("choosePrincipal")}</option>
          {unlisted === undefined ? undefined : (
            <option value={who} translate="no">
              {unlisted.id}
            </option>
          )}
          <optgroup label={t("people")}>
            {users.items.map(({ id, email }) => (
              <option key={id} value={`user.${id}`} translate="no">
                {email}
              </option>
            ))}
          </optgroup>
          <optgroup label={t("groups")}>
            {groups.items.map(({ id, name }) => (
              <option key={id} value={`group.${id}`} translate="no">
                {name}
              </option>
            ))}
          </optgroup>
        </select>
        <MoreChoices of={[users, groups]} />
      </div>
      {problem === null ? undefined : <Problem error={problem} />}
      {chosen === undefined ? undefined : (
        <RolesOf key={who} principal={chosen} projectId={projectId} isOwner={isOwner} />
      )}
    </section>
  );
}

interface RolesOfProps extends AssignmentsProps {
  readonly principal: Principal;
}

function RolesOf({ principal, projectId, isOwner }: RolesOfProps) {
  const t = useTexts(MESSAGES);
  const calls = roleCalls(projectId);
  const remove = useChange((roleId: string) => calls.unassign(principal, roleId), t("taken"));
  // A role by a group is taken from the group, and a predefined one is changed where people are.
  const isOwn = ({ predefined_role: isPredefined, assignment_sources: sources }: AssignedRole) =>
    !isPredefined && sources.some(({ principal_id: id }) => id === principal.id);
  const columns: readonly Column<AssignedRole>[] = [
    { id: "name", header: t("name"), cell: ({ name }) => <strong translate="no">{name}</strong> },
    {
      id: "source",
      header: t("source"),
      cell: ({ assignment_sources: sources }) =>
        sources.map(({ principal_type: type, principal_id: id }) => (
          <p key={id}>
            {t(`by_${type}`)} <code translate="no">{id}</code>
          </p>
        )),
    },
    ...(isOwner
      ? [
          {
            id: "actions",
            header: t("actions"),
            cell: (role: AssignedRole) =>
              isOwn(role) ? (
                <button
                  type="button"
                  className="button quiet danger"
                  aria-label={t("takeNamed", { name: role.name })}
                  onClick={() => remove.mutate(role.id)}
                >
                  {t("take")}
                </button>
              ) : undefined,
          },
        ]
      : []),
  ];
  return (
    <>
      {isOwner ? <GiveForm principal={principal} projectId={projectId} calls={calls} /> : undefined}
      {remove.error === null ? undefined : <Problem error={remove.error} />}
      <AdminList
        queryKey={["roles-of", projectId ?? "", principal.kind, principal.id]}
        read={async (query, signal) => byNext(await calls.assigned(principal, query, signal))}
        label={t("assignments")}
        columns={columns}
        empty={t("noAssigned")}
      />
    </>
  );
}

interface GiveFormProps {
  readonly principal: Principal;
  readonly projectId: string | undefined;
  readonly calls: RoleCalls;
}

function GiveForm({ principal, projectId, calls }: GiveFormProps) {
  const t = useTexts(MESSAGES);
  const [roleId, setRoleId] = useState("");
  const roles = useChoices({
    queryKey: ["roles", projectId ?? ""],
    read: async (query, signal) => byNext(await calls.list(query, signal)),
  });
  const give = useChange<void>(
    () => calls.assign(principal, roleId),
    t("given"),
    () => setRoleId(""),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!give.isPending && roleId !== "") give.mutate();
  };
  const problem = roles.error ?? give.error;
  return (
    <form className="inline-form" onSubmit={submit}>
      <label htmlFor="role-choice">{t("role")}</label>
      <select id="role-choice" required value={roleId} onChange={({ target }) => setRoleId(target.value)}>
        <option value="">{t("chooseRole")}</option>
        {roles.items
          .filter(({ predefined_role: isPredefined }) => !isPredefined)
          .map(({ id, name }) => (
            <option key={id} value={id} translate="no">
              {name}
            </option>
          ))}
      </select>
      <MoreChoices of={[roles]} />
      <button type="submit" className="button primary" aria-disabled={give.isPending}>
        {t("give")}
      </button>
      {problem === null ? undefined : <Problem error={problem} />}
    </form>
  );
}
