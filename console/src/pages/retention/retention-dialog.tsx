import { type FormEvent, useState } from "react";
import { Dialog } from "../../components/dialog.tsx";
import { DialogActions } from "../../components/dialog-actions.tsx";
import { useFormatter, useTexts } from "../../i18n/translate.ts";
import { useChange } from "../admin/admin-list.tsx";
import { MESSAGES } from "./messages.ts";
import { changeRetention } from "./retention-calls.ts";
import { type ChangeableRow, type ChosenDays, consequenceOf, daysOfText } from "./retention-change.ts";

interface RetentionDialogProps {
  readonly projectId: string;
  readonly row: ChangeableRow;
  readonly onClose: () => void;
}

/** The days of a class in a project. What the change does with stored data stands in the dialog before it is made. */
export function RetentionDialog({ projectId, row, onClose }: RetentionDialogProps) {
  const t = useTexts(MESSAGES);
  const format = useFormatter();
  const [isOwn, setOwn] = useState(row.origin === "project");
  const [text, setText] = useState(String(row.days));
  const days: ChosenDays | undefined = isOwn ? daysOfText(text, row) : null;
  const consequence = days === undefined ? undefined : consequenceOf(row, days);
  const save = useChange((chosen: ChosenDays) => changeRetention(projectId, row.class, chosen), t("changed"), onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (save.isPending || days === undefined) return;
    if (consequence === "none") onClose();
    else save.mutate(days);
  };
  const bounds = t("bounds", { min: format.number(row.min_days), max: format.number(row.max_days) });
  return (
    <Dialog title={t("changeTitle", { name: t(row.class) })} onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <fieldset className="choices">
          <legend>{t("stays")}</legend>
          <label>
            <input type="radio" name="origin" checked={!isOwn} onChange={() => setOwn(false)} />
            {t("environmentDays", { days: row.environment_days })}
          </label>
          <label>
            <input type="radio" name="origin" checked={isOwn} onChange={() => setOwn(true)} />
            {t("ownDays")}
          </label>
        </fieldset>
        {isOwn ? (
          <>
            <label htmlFor="retention-days">{t("daysField")}</label>
            <input
              id="retention-days"
              type="number"
              min={row.min_days}
              max={row.max_days}
              step={1}
              value={text}
              aria-invalid={days === undefined}
              aria-describedby="retention-bounds"
              onChange={({ target }) => setText(target.value)}
            />
            <p id="retention-bounds" className={days === undefined ? "hint bad" : "hint"}>
              {bounds}
            </p>
          </>
        ) : undefined}
        <div aria-live="polite">
          {consequence === undefined || days === undefined ? undefined : (
            <p className={consequence === "shorter" ? "notice warn" : "notice"}>
              {t(`then_${consequence}`, { days: days ?? row.environment_days })}
              {row.class === "files" && consequence === "shorter" ? ` ${t("filesContent")}` : undefined}
              {consequence === "shorter" ? ` ${t("heldStays")}` : undefined}
            </p>
          )}
        </div>
        <DialogActions
          action={consequence === "shorter" ? t("shorten") : t("save")}
          isDanger={consequence === "shorter"}
          isPending={save.isPending}
          error={save.error}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
