import { useNavigate } from "@tanstack/react-router";
import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";
import { useProjects } from "./projects.ts";

const MESSAGES = defineMessages({ project: "Project" }, { project: "Projekt" });

/** Chooses the project that the pages are about. */
export function ProjectSwitcher() {
  const t = useTexts(MESSAGES);
  const { projects, current } = useProjects();
  const navigate = useNavigate();
  if (current === undefined) return undefined;
  return (
    <label className="switcher">
      <span className="visually-hidden">{t("project")}</span>
      <select
        translate="no"
        value={current.id}
        onChange={({ target }) =>
          // What else the address says is of the project before.
          void navigate({ to: ".", search: { project: target.value } })
        }
      >
        {projects.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
