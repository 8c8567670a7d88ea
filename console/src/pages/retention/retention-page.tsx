import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Loading } from "../../components/loading.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { type ConsoleProject, useProjects } from "../../projects/projects.ts";
import { AdminFrame } from "../admin/admin-frame.tsx";
import { useIsListed } from "../admin/admin-list.tsx";
import { LegalHolds } from "./legal-holds.tsx";
import { MESSAGES } from "./messages.ts";
import { readRetention } from "./retention-calls.ts";
import { type ChangeableRow, isChangeable, type RetentionRow } from "./retention-change.ts";
import { RetentionDialog } from "./retention-dialog.tsx";

/** Between two readings until what was stored before a change has its new end. */
const APPLYING_MS = 10_000;

/** For how long stored data of the chosen project stays, class by class; owners change it, and see the legal holds. */
export function RetentionPage() {
  return <AdminFrame page="retention">{(isOwner) => <ChosenProject isOwner={isOwner} />}</AdminFrame>;
}

function ChosenProject({ isOwner }: { readonly isOwner: boolean }) {
  const t = useTexts(MESSAGES);
  const { current, isLoading, error, reload } = useProjects();
  const isListed = useIsListed(["retention", current?.id ?? ""]);
  if (isLoading) return <Loading />;
  if (error !== null) return <Problem error={error} onRetry={reload} />;
  return (
    <>
      {current === undefined ? (
        <p className="quiet">{t("noProject")}</p>
      ) : (
        <ProjectRetention key={current.id} project={current} isOwner={isOwner} />
      )}
      {isOwner && (isListed || current === undefined) ? <LegalHolds /> : undefined}
    </>
  );
}

interface ProjectRetentionProps {
  readonly project: ConsoleProject;
  readonly isOwner: boolean;
}

function ProjectRetention({ project, isOwner }: ProjectRetentionProps) {
  const t = useTexts(MESSAGES);
  const [changed, setChanged] = useState<ChangeableRow>();
  const retention = useQuery({
    queryKey: ["admin", "retention", project.id],
    queryFn: ({ signal }) => readRetention(project.id, signal),
    refetchInterval: ({ state }) => (state.data?.applied === false ? APPLYING_MS : false),
  });
  const columns = useColumns(isOwner ? setChanged : undefined);
  return (
    <section className="admin-section" aria-labelledby="retention-of-project">
      <h2 id="retention-of-project">{t("ofProject", { project: project.name })}</h2>
      {retention.isPending ? <Loading /> : undefined}
      {retention.error === null ? undefined : (
        <Problem error={retention.error} onRetry={() => void retention.refetch()} />
      )}
      {retention.data === undefined ? undefined : (
        <>
          {retention.data.applied ? undefined : <p className="notice">{t("applying")}</p>}
          <DataTable
            label={t("ofProject", { project: project.name })}
            columns={columns}
            rows={retention.data.data}
            idOf={(row) => row.class}
          />
        </>
      )}
      {changed === undefined ? undefined : (
        <RetentionDialog projectId={project.id} row={changed} onClose={() => setChanged(undefined)} />
      )}
    </section>
  );
}

/** @param onChange `undefined` for whom may not change it */
function useColumns(onChange: ((row: ChangeableRow) => void) | undefined): readonly Column<RetentionRow>[] {
  const t = useTexts(MESSAGES);
  const columns: readonly Column<RetentionRow>[] = [
    {
      id: "class",
      header: t("class"),
      width: "minmax(0, 2fr)",
      cell: (row) => (
        <span>
          <strong>{t(row.class)}</strong> <span className="quiet">{t(`${row.class}_what`)}</span>
        </span>
      ),
    },
    {
      id: "days",
      header: t("stays"),
      cell: ({ days }) => (days === null ? t("notStored") : t("days", { days })),
    },
    {
      id: "origin",
      header: t("origin"),
      cell: ({ origin, days, environment_days, setting }) =>
        days === null ? undefined : (
          <span>
            {origin === "project" ? t("ofTheProject") : t("ofTheEnvironment")}{" "}
            {origin === "project" && environment_days !== null ? (
              <span className="quiet">{t("elseDays", { days: environment_days })}</span>
            ) : undefined}
            {origin === "environment" && setting !== null ? (
              <code className="quiet" translate="no">
                {setting}
              </code>
            ) : undefined}
          </span>
        ),
    },
    {
      id: "end",
      header: t("end"),
      cell: ({ expires_by, days }) => (days === null ? undefined : t(`by_${expires_by}`)),
    },
  ];
  if (onChange === undefined) return columns;
  return [
    ...columns,
    {
      id: "actions",
      header: t("actions"),
      width: "minmax(6rem, auto)",
      cell: (row) =>
        isChangeable(row) ? (
          <button
            type="button"
            className="button quiet"
            aria-label={t("changeNamed", { name: t(row.class) })}
            onClick={() => onChange(row)}
          >
            {t("change")}
          </button>
        ) : undefined,
    },
  ];
}
