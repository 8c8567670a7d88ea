import { lazy, Suspense, useState } from "react";
import type { AdminApiKey } from "../../../../contracts/control/admin-keys.ts";
import { api } from "../../api/queries.ts";
import type { Column } from "../../components/data-table.tsx";
import { DateTime } from "../../components/date-time.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { AdminFrame } from "../admin/admin-frame.tsx";
import { AdminList } from "../admin/admin-list.tsx";
import { keyLabel, useKeyColumns } from "../keys/key-columns.tsx";
import { PermissionList } from "../roles/permission-list.tsx";
import { MESSAGES } from "./messages.ts";
import { useIsOwnKey } from "./use-is-own-key.ts";

// Forms are loaded when they are opened.
const dialogs = () => import("./admin-key-dialogs.tsx");
const CreateAdminKeyDialog = lazy(async () => ({ default: (await dialogs()).CreateAdminKeyDialog }));
const DeleteAdminKeyDialog = lazy(async () => ({ default: (await dialogs()).DeleteAdminKeyDialog }));

/** Keys of the control API, with what each permits. */
export function AdminKeysPage() {
  return <AdminFrame page="adminKeys">{() => <AdminKeys />}</AdminFrame>;
}

/** What a dialog is open for. */
type Opened = { readonly kind: "create" } | { readonly kind: "delete"; readonly apiKey: AdminApiKey };

function AdminKeys() {
  const t = useTexts(MESSAGES);
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  const columns = useColumns((apiKey) => setOpened({ kind: "delete", apiKey }));
  return (
    <>
      <div className="row-actions">
        <button type="button" className="button primary" onClick={() => setOpened({ kind: "create" })}>
          {t("create")}
        </button>
      </div>
      <AdminList
        queryKey={["admin-keys"]}
        read={(query, signal) => api.call("listAdminApiKeys", { query: { ...query, order: "desc" }, signal })}
        label={t("list")}
        columns={columns}
        empty={t("none")}
      />
      <Suspense>
        {opened?.kind === "create" ? <CreateAdminKeyDialog onClose={close} /> : undefined}
        {opened?.kind === "delete" ? <DeleteAdminKeyDialog apiKey={opened.apiKey} onClose={close} /> : undefined}
      </Suspense>
    </>
  );
}

function useColumns(onDelete: (apiKey: AdminApiKey) => void): readonly Column<AdminApiKey>[] {
  const t = useTexts(MESSAGES);
  const { lastUsed } = useKeyColumns<AdminApiKey>();
  const isOwnKey = useIsOwnKey();
  return [
    {
      id: "name",
      header: t("name"),
      width: "minmax(0, 2fr)",
      cell: (apiKey) => (
        <>
          <strong translate="no">{apiKey.name}</strong>{" "}
          {isOwnKey(apiKey) ? <span className="chip">{t("inUse")}</span> : undefined}
          <p>
            <code translate="no">{apiKey.redacted_value}</code>
          </p>
        </>
      ),
    },
    {
      id: "owner",
      header: t("owner"),
      width: "minmax(0, 1.5fr)",
      cell: ({ owner }) => <span translate="no">{owner.name}</span>,
    },
    {
      id: "permits",
      header: t("permits"),
      width: "minmax(0, 1.5fr)",
      cell: ({ scopes }) => (scopes === null ? t("all") : <PermissionList permissions={scopes} />),
    },
    { id: "created", header: t("created"), cell: ({ created_at }) => <DateTime seconds={created_at} /> },
    {
      id: "expires",
      header: t("expires"),
      cell: ({ expires_at: end }) => {
        if (end === null) return t("never");
        return end * 1000 <= Date.now() ? <span className="chip">{t("expired")}</span> : <DateTime seconds={end} />;
      },
    },
    lastUsed(),
    {
      id: "actions",
      header: t("actions"),
      width: "minmax(5.5rem, auto)",
      cell: (apiKey) => (
        <button
          type="button"
          className="button quiet danger"
          aria-label={t("deleteNamed", { name: keyLabel(apiKey) })}
          onClick={() => onDelete(apiKey)}
        >
          {t("delete")}
        </button>
      ),
    },
  ];
}
