import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { Limits } from "../../../../contracts/control/limits.ts";
import { api } from "../../api/queries.ts";
import type { Column } from "../../components/data-table.tsx";
import { Loading } from "../../components/loading.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { AdminFrame } from "../admin/admin-frame.tsx";
import { AdminList, useIsListed } from "../admin/admin-list.tsx";
import "../../styles/dashboard.css";
import { LimitList } from "./limit-list.tsx";
import type { Subject } from "./limits-dialog.tsx";
import { limitsSearch, SCOPES } from "./limits-search.ts";
import { MESSAGES } from "./messages.ts";
import { SubjectForm } from "./subject-form.tsx";
import { SubjectCell, useSubjectName } from "./subject-name.tsx";

const LimitsDialog = lazy(async () => ({ default: (await import("./limits-dialog.tsx")).LimitsDialog }));

/** The limits of all subjects, with what is used of budgets. */
export function LimitsPage() {
  return <AdminFrame page="limits">{(isOwner) => <AllLimits isOwner={isOwner} />}</AdminFrame>;
}

function AllLimits({ isOwner }: { readonly isOwner: boolean }) {
  const t = useTexts(MESSAGES);
  const nameOf = useSubjectName();
  const navigate = useNavigate();
  const { scope } = useSearch({ from: "/app/admin/limits" });
  const [edited, setEdited] = useState<Subject>();
  const queryKey = ["limits", scope ?? ""];
  const isListed = useIsListed(queryKey);
  const columns: readonly Column<Limits>[] = [
    {
      id: "subject",
      header: t("subject"),
      cell: ({ scope: ofScope, subject_id }) => <SubjectCell scope={ofScope} id={subject_id} />,
    },
    {
      id: "limits",
      header: t("limits"),
      width: "minmax(0, 2fr)",
      cell: (row) => <LimitList of={row} name={nameOf(row.scope, row.subject_id)} />,
    },
    ...(isOwner ? [edit()] : []),
  ];
  function edit(): Column<Limits> {
    return {
      id: "actions",
      header: t("actions"),
      width: "minmax(6rem, auto)",
      cell: ({ scope: ofScope, subject_id }) => (
        <button
          type="button"
          className="button quiet"
          aria-label={t("editNamed", { name: nameOf(ofScope, subject_id) })}
          onClick={() => setEdited({ scope: ofScope, id: subject_id })}
        >
          {t("edit")}
        </button>
      ),
    };
  }
  return (
    <>
      <div className="filters">
        <div className="field">
          <label htmlFor="limits-scope">{t("scope")}</label>
          <select
            id="limits-scope"
            value={scope ?? ""}
            onChange={({ target }) =>
              void navigate({
                to: ".",
                search: ({ scope: _before, ...rest }) => ({ ...rest, ...limitsSearch({ scope: target.value }) }),
              })
            }
          >
            <option value="">{t("all")}</option>
            {SCOPES.map((one) => (
              <option key={one} value={one}>
                {t(`of_${one}`)}
              </option>
            ))}
          </select>
        </div>
      </div>
      <AdminList
        queryKey={queryKey}
        read={(query, signal) =>
          api.call("listLimits", {
            query: { ...query, "include[]": ["used"], ...(scope === undefined ? {} : { scope }) },
            signal,
          })
        }
        label={t("limits")}
        columns={columns}
        empty={t("noLimits")}
      />
      {isOwner && isListed ? <SubjectForm scopes={SCOPES} action={t("set")} onChosen={setEdited} /> : undefined}
      {edited === undefined ? undefined : (
        <Suspense fallback={<Loading />}>
          <LimitsDialog subject={edited} onClose={() => setEdited(undefined)} />
        </Suspense>
      )}
    </>
  );
}
