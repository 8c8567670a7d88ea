import type { Limits } from "../../../../contracts/control/limits.ts";
import { useTexts } from "../../i18n/translate.ts";
import { useProjects } from "../../projects/projects.ts";
import { MESSAGES } from "./messages.ts";

/** How subjects are called: a project by its name, the others by their id. */
export function useSubjectName(): (scope: Limits["scope"], id: string) => string {
  const t = useTexts(MESSAGES);
  const { projects } = useProjects();
  return (scope, id) =>
    scope === "organization" ? t("organization") : (projects.find((project) => project.id === id)?.name ?? id);
}

interface SubjectCellProps {
  readonly scope: Limits["scope"];
  readonly id: string;
}

export function SubjectCell({ scope, id }: SubjectCellProps) {
  const t = useTexts(MESSAGES);
  const nameOf = useSubjectName();
  if (scope === "organization") return <strong>{t("organization")}</strong>;
  return (
    <span>
      <strong translate="no">{nameOf(scope, id)}</strong> <span className="chip">{t(`of_${scope}`)}</span>
    </span>
  );
}
