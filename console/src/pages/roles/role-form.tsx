import { type FormEvent, useState } from "react";
import type { Role } from "../../../../contracts/control/roles.ts";
import { Dialog } from "../../components/dialog.tsx";
import { Problem } from "../../components/problem.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { useChange } from "../admin/admin-list.tsx";
import { MESSAGES } from "./messages.ts";
import type { RoleCalls, RoleFields } from "./role-calls.ts";
import { ScopeChoice } from "./scope-choice.tsx";

const MAX_NAME = 100;
const MAX_DESCRIPTION = 500;

interface RoleFormProps {
  readonly calls: RoleCalls;
  readonly isOfProject: boolean;
  /** The role that is changed; `undefined` for a new one. */
  readonly changed: Role | undefined;
  readonly onClose: () => void;
}

/** Name, description and permissions of a role of one's own. */
export function RoleForm({ calls, isOfProject, changed: role, onClose }: RoleFormProps) {
  const t = useTexts(MESSAGES);
  const [name, setName] = useState(role?.name ?? "");
  const [description, setDescription] = useState(role?.description ?? "");
  const [permissions, setPermissions] = useState<readonly string[]>(role?.permissions ?? []);
  const save = useChange<RoleFields>(
    (fields) => (role === undefined ? calls.create(fields) : calls.update(role.id, fields)),
    role === undefined ? t("roleCreated") : t("roleChanged"),
    onClose,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (save.isPending || name.trim() === "") return;
    save.mutate({ role_name: name.trim(), description: description.trim(), permissions: [...permissions] });
  };
  return (
    <Dialog title={role === undefined ? t("newRole") : t("editNamed", { name: role.name })} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <label htmlFor="role-name">{t("name")}</label>
        <input
          id="role-name"
          required
          maxLength={MAX_NAME}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <label htmlFor="role-description">{t("description")}</label>
        <input
          id="role-description"
          maxLength={MAX_DESCRIPTION}
          value={description}
          onChange={({ target }) => setDescription(target.value)}
        />
        <ScopeChoice isOfProject={isOfProject} permissions={permissions} onChange={setPermissions} />
        {save.error === null ? undefined : <Problem error={save.error} />}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t("cancel")}
          </button>
          <button type="submit" className="button primary" aria-disabled={save.isPending}>
            {t("save")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
