import { Link, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { Role } from "../../../../contracts/control/roles.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import type { Column } from "../../components/data-table.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useProjects } from "../../projects/projects.ts";
import { byNext } from "../access/by-next.ts";
import { AdminFrame } from "../admin/admin-frame.tsx";
import { AdminList, useChange, useIsListed } from "../admin/admin-list.tsx";
import { Assignments } from "./assignments.tsx";
import { MESSAGES } from "./messages.ts";
import { PermissionList } from "./permission-list.tsx";
import { type RoleCalls, roleCalls } from "./role-calls.ts";
import { RoleForm } from "./role-form.tsx";

// It is below the lists, which are there first.
const AccessTester = lazy(async () => ({ default: (await import("./access-tester.tsx")).AccessTester }));

/** Roles of the organisation or of the chosen project, and who has them. */
export function RolesPage() {
  const { of } = useSearch({ from: "/app/admin/roles" });
  const { current } = useProjects();
  const t = useTexts(MESSAGES);
  const project = of === "project" ? current : undefined;
  return (
    <AdminFrame page="roles">
      {(isOwner) => (
        <>
          <nav className="row-actions" aria-label={t("whose")}>
            <Link
              to="/admin/roles"
              search={({ project: chosen }) => (chosen === undefined ? {} : { project: chosen })}
              activeOptions={{ exact: true, includeSearch: true }}
              className="button quiet"
              aria-current={project === undefined ? "page" : undefined}
            >
              {t("ofOrganization")}
            </Link>
            {current === undefined ? undefined : (
              <Link
                to="/admin/roles"
                search={({ project: chosen }) => ({
                  of: "project",
                  ...(chosen === undefined ? {} : { project: chosen }),
                })}
                className="button quiet"
                aria-current={project === undefined ? undefined : "page"}
              >
                {t("ofProject", { project: current.name })}
              </Link>
            )}
          </nav>
          <Roles key={project?.id ?? ""} projectId={project?.id} isOwner={isOwner} />
        </>
      )}
    </AdminFrame>
  );
}

interface RolesProps {
  readonly projectId: string | undefined;
  readonly isOwner: boolean;
}

/** What a dialog is open for. */
type Opened = { readonly kind: "new" } | { readonly kind: "edit" | "delete"; readonly role: Role };

function Roles({ projectId, isOwner }: RolesProps) {
  const t = useTexts(MESSAGES);
  const calls = roleCalls(projectId);
  const [opened, setOpened] = useState<Opened>();
  const queryKey = ["roles", projectId ?? ""];
  const isListed = useIsListed(queryKey);
  const close = () => setOpened(undefined);
  const columns: readonly Column<Role>[] = [
    {
      id: "name",
      header: t("name"),
      cell: ({ name, description, predefined_role: isPredefined }) => (
        <>
          <strong translate="no">{name}</strong>{" "}
          {isPredefined ? <span className="chip">{t("predefined")}</span> : <p translate="no">{description}</p>}
        </>
      ),
    },
    {
      id: "permissions",
      header: t("permissions"),
      width: "minmax(0, 2fr)",
      cell: ({ permissions }) => <PermissionList permissions={permissions} />,
    },
    ...(isOwner
      ? [
          {
            id: "actions",
            header: t("actions"),
            cell: (role: Role) =>
              role.predefined_role ? undefined : (
                <span className="row-actions">
                  <button
                    type="button"
                    className="button quiet"
                    aria-label={t("editNamed", { name: role.name })}
                    onClick={() => setOpened({ kind: "edit", role })}
                  >
                    {t("edit")}
                  </button>
                  <button
                    type="button"
                    className="button quiet danger"
                    aria-label={t("deleteNamed", { name: role.name })}
                    onClick={() => setOpened({ kind: "delete", role })}
                  >
                    {t("delete")}
                  </button>
                </span>
              ),
          },
        ]
      : []),
  ];
  return (
    <>
      {isOwner ? (
        <div className="row-actions">
          <button type="button" className="button primary" onClick={() => setOpened({ kind: "new" })}>
            {t("newRole")}
          </button>
        </div>
      ) : undefined}
      <AdminList
        queryKey={queryKey}
        read={async (query, signal) => byNext(await calls.list(query, signal))}
        label={t("roles")}
        columns={columns}
        empty={t("noRoles")}
      />
      {isListed ? (
        <>
          <Assignments projectId={projectId} isOwner={isOwner} />
          <Suspense>
            <AccessTester projectId={projectId} isOwner={isOwner} />
          </Suspense>
        </>
      ) : undefined}
      {opened?.kind === "new" ? (
        <RoleForm calls={calls} isOfProject={projectId !== undefined} changed={undefined} onClose={close} />
      ) : undefined}
      {opened?.kind === "edit" ? (
        <RoleForm calls={calls} isOfProject={projectId !== undefined} changed={opened.role} onClose={close} />
      ) : undefined}
      {opened?.kind === "delete" ? <DeleteRole calls={calls} role={opened.role} onClose={close} /> : undefined}
    </>
  );
}

interface DeleteRoleProps {
  readonly calls: RoleCalls;
  readonly role: Role;
  readonly onClose: () => void;
}

function DeleteRole({ calls, role: { id, name }, onClose }: DeleteRoleProps) {
  const t = useTexts(MESSAGES);
  const remove = useChange<void>(() => calls.remove(id), t("roleDeleted"), onClose);
  return (
    <ConfirmDialog
      title={t("deleteTitle", { name })}
      text={t("deleteText")}
      action={t("delete")}
      change={remove}
      onClose={onClose}
    />
  );
}
