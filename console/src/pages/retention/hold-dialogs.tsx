import { type FormEvent, useState } from "react";
import type { LegalHold } from "../../../../contracts/erasure/legal-hold.ts";
import { Dialog } from "../../components/dialog.tsx";
import { DialogActions } from "../../components/dialog-actions.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useProjects } from "../../projects/projects.ts";
import { useChange } from "../admin/admin-list.tsx";
import { MESSAGES } from "./messages.ts";
import { createHold, releaseHold } from "./retention-calls.ts";

const MIN_REASON = 10;
const MAX_REASON = 500;
/** As the service has ids of people, service accounts and projects; space around a pasted one is not sent. */
const SUBJECT = String.raw`\s*(user-|svc_acct_|proj_)[\w\-]{1,190}\s*`;

interface CreateHoldProps {
  readonly onClose: () => void;
}

/** A hold on a person, a service account or a project, with its reason. */
export function CreateHold({ onClose }: CreateHoldProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const { projects, current } = useProjects();
  const [id, setId] = useState(current?.id ?? "");
  const [reason, setReason] = useState("");
  const create = useChange<void>(() => createHold(id.trim(), reason.trim()), t("holdCreated"), onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!create.isPending) create.mutate();
  };
  return (
    <Dialog title={t("createHold")} onClose={onClose}>
      <p>{t("createHoldText")}</p>
      <form className="form" onSubmit={submit}>
        <label htmlFor="hold-subject">{t("subjectId")}</label>
        <input
          id="hold-subject"
          required
          pattern={SUBJECT}
          list="hold-projects"
          aria-describedby="hold-subject-hint"
          value={id}
          onChange={({ target }) => setId(target.value)}
        />
        <datalist id="hold-projects" translate="no">
          {projects.map((project) => (
            <option key={project.id} value={project.id}>
              {project.name}
            </option>
          ))}
        </datalist>
        <p id="hold-subject-hint" className="hint">
          {t("subjectHint")}
        </p>
        <label htmlFor="hold-reason">{t("reason")}</label>
        <textarea
          id="hold-reason"
          required
          minLength={MIN_REASON}
          maxLength={MAX_REASON}
          rows={3}
          value={reason}
          aria-describedby="hold-reason-hint"
          onChange={({ target }) => setReason(target.value)}
        />
        <p id="hold-reason-hint" className="hint">
          {t("reasonHint", { min: format.number(MIN_REASON), max: format.number(MAX_REASON) })}
        </p>
        <DialogActions action={t("createHold")} isPending={create.isPending} error={create.error} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

interface ReleaseHoldProps {
  readonly hold: LegalHold;
  readonly onClose: () => void;
}

/** The release, after the subject's id was typed: what is over may be gone at once. */
export function ReleaseHold({ hold: { id, reason }, onClose }: ReleaseHoldProps) {
  const t = useTexts(MESSAGES);
  const [typed, setTyped] = useState("");
  const [isWrong, setWrong] = useState(false);
  const release = useChange<void>(() => releaseHold(id), t("holdReleased"), onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const isTyped = typed.trim() === id;
    setWrong(!isTyped);
    if (isTyped && !release.isPending) release.mutate();
  };
  return (
    <Dialog title={t("releaseTitle")} onClose={onClose}>
      <p>{t("releaseText")}</p>
      <p translate="no">
        <code>{id}</code> <span className="quiet">{reason}</span>
      </p>
      <form className="form" onSubmit={submit}>
        <label htmlFor="hold-typed">{t("typeId")}</label>
        <input
          id="hold-typed"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? "hold-typed-problem" : undefined}
          onChange={({ target }) => setTyped(target.value)}
        />
        {isWrong ? (
          <p id="hold-typed-problem" className="hint bad" role="alert">
            {t("typedWrong")}
          </p>
        ) : undefined}
        <DialogActions
          isDanger
          action={t("release")}
          isPending={release.isPending}
          error={release.error}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
