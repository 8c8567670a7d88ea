import { type FormEvent, useState } from "react";
import type { Limits } from "../../../../contracts/control/limits.ts";
import { useTexts } from "../../i18n/translate.ts";
import { useProjects } from "../../projects/projects.ts";
import type { Subject } from "./limits-dialog.tsx";
import { MESSAGES } from "./messages.ts";

interface SubjectFormProps {
  readonly scopes: readonly Limits["scope"][];
  /** Text of the button. */
  readonly action: string;
  readonly onChosen: (subject: Subject) => void;
}

/** Chooses a subject: the organisation, a project by its name, others by their id. */
export function SubjectForm({ scopes, action, onChosen }: SubjectFormProps) {
  const t = useTexts(MESSAGES);
  const { projects } = useProjects();
  const [scope, setScope] = useState<Limits["scope"]>("project");
  const [id, setId] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (scope === "organization") onChosen({ scope, id: "organization" });
    else if (id.trim() !== "") onChosen({ scope, id: id.trim() });
  };
  return (
    <form className="inline-form" onSubmit={submit}>
      <label htmlFor="subject-scope">{t("scope")}</label>
      <select
        id="subject-scope"
        value={scope}
        onChange={({ target }) => {
          setScope(scopes.find((one) => one === target.value) ?? "project");
          setId("");
        }}
      >
        {scopes.map((one) => (
          <option key={one} value={one}>
            {t(`of_${one}`)}
          </option>
        ))}
      </select>
      {scope === "organization" ? undefined : (
        <label htmlFor="subject-id">{scope === "project" ? t("of_project") : t("id")}</label>
      )}
      {scope === "project" ? (
        <select id="subject-id" required value={id} onChange={({ target }) => setId(target.value)}>
          <option value="">{t("chooseProject")}</option>
          {projects.map((project) => (
            <option key={project.id} value={project.id} translate="no">
              {project.name}
            </option>
          ))}
        </select>
      ) : undefined}
      {scope === "project" || scope === "organization" ? undefined : (
        <input
          id="subject-id"
          required
          maxLength={200}
          pattern="[A-Za-z0-9_\-]+"
          value={id}
          onChange={({ target }) => setId(target.value)}
        />
      )}
      <button type="submit" className="button primary">
        {action}
      </button>
    </form>
  );
}
