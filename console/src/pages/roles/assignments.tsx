import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { AssignedRole } from "../../../../contracts/control/roles.ts";

import { api } from "../../api/queries.ts";
import type { Column } from "../../components/data-table.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { byNext } from "../access/by-next.ts";
import { AdminList, useChange } from "../admin/admin-list.tsx";
import { MESSAGES } from "./messages.ts";
import { type RoleCalls, roleCalls } from "./role-calls.ts";
import { type Principal, principalOf } from "./roles-search.ts";

/** People and groups to choose from: the first page of the service's lists. */
const CHOICES = 100;

interface AssignmentsProps {
  readonly projectId: string | undefined;
  readonly isOwner: boolean;
}

/** The roles of a person or a group, which the address names. */
export function Assignments({ projectId, isOwner }: AssignmentsProps) {
  const t = useTexts(MESSAGES);
  const { who } = useSearch({ from: "/app/admin/roles" });
  const navigate = useNavigate({ from: "/admin/roles" });
  const users = useQuery({
    queryKey: ["admin", "user-choices"],
    queryFn: ({ signal }) => api.call("listUsers", { query: { limit: CHOICES }, signal }),
  });
  const groups = useQuery({
    queryKey: ["admin", "group-choices"],
    queryFn: ({ signal }) => api.call("listGroups", { query: { limit: CHOICES }, signal }),
  });
  const problem = users.error ?? groups.error;
  const choose = (chosen: string) =>
    void navigate({ search: ({ who: _, ...before }) => (chosen === "" ? before : { ...before, who: chosen }) });
  return (
    <section className="admin-section" aria-labelledby="assignments">
      <h2 id="assignments">{t("assignments")}</h2>
      <div className="inline-form">
        <label htmlFor="role-principal">{t("principal")}</label>
        <select id="role-principal" value={who ?? ""} onChange={({ target }) => choose(target.value)}>
          <option value="">{t("choosePrincipal")}</option>
          <optgroup label={t("people")}>
            {users.data?.data.map(({ id, email }) => (
              <option key={id} value={`user.${id}`} translate="no">
                {email}
              </option>
            ))}
          </optgroup>
          <optgroup label={t("groups")}>
            {groups.data?.data.map(({ id, name }) => (
              <option key={id} value={`group.${id}`} translate="no">
                {name}
              </option>
            ))}
          </optgroup>
        </select>
      </div>
      {problem === null ? undefined : <Problem error={problem} />}
      {who === undefined ? undefined : (
        <RolesOf key={who} principal={principalOf(who)} projectId={projectId} isOwner={isOwner} />
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
  const roles = useQuery({
    queryKey: ["admin", "role-choices", projectId ?? ""],
    queryFn: ({ signal }) => calls.list({ limit: CHOICES }, signal),
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
        {roles.data?.data
          .filter(({ predefined_role: isPredefined }) => !isPredefined)
          .map(({ id, name }) => (
            <option key={id} value={id} translate="no">
              {name}
            </option>
          ))}
      </select>
      <button type="submit" className="button primary" aria-disabled={give.isPending}>
        {t("give")}
      </button>
      {problem === null ? undefined : <Problem error={problem} />}
    </form>
  );
}
