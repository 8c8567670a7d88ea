import { type FormEvent, useState } from "react";
import type { Project } from "../../../../contracts/control/objects.ts";
import { api } from "../../api/queries.ts";
import { Dialog } from "../../components/dialog.tsx";
import { DialogActions } from "../../components/dialog-actions.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useChange } from "./admin-list.tsx";
import { MESSAGES } from "./page-messages.ts";

const MAX_NAME = 100;

/** A new project by its name. */
export function ProjectForm() {
  const t = useTexts(MESSAGES);
  const [name, setName] = useState("");
  const create = useChange<void>(
    () => api.call("createProject", { body: { name: name.trim() } }),
    t("projectCreated"),
    () => setName(""),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!create.isPending && name.trim() !== "") create.mutate();
  };
  return (
    <form className="inline-form" onSubmit={submit}>
      <label htmlFor="new-project">{t("newProject")}</label>
      <input
        id="new-project"
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

export function RenameProject({ project, onClose }: { readonly project: Project; readonly onClose: () => void }) {
  const t = useTexts(MESSAGES);
  const [name, setName] = useState(project.name);
  const rename = useChange<void>(
    () => api.call("updateProject", { path: { project_id: project.id }, body: { name: name.trim() } }),
    t("projectRenamed"),
    onClose,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!rename.isPending && name.trim() !== "") rename.mutate();
  };
  return (
    <Dialog title={t("renameProject", { name: project.name })} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <label htmlFor="project-new-name">{t("name")}</label>
        <input
          id="project-new-name"
          required
          maxLength={MAX_NAME}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <DialogActions action={t("rename")} isPending={rename.isPending} error={rename.error} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
