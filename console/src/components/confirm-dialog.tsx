import type { UseMutationResult } from "@tanstack/react-query";
import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";
import { Dialog } from "./dialog.tsx";
import { Problem } from "./problem.tsx";

const MESSAGES = defineMessages({ cancel: "Cancel" }, { cancel: "Abbrechen" });

interface ConfirmDialogProps {
  readonly title: string;
  readonly text: string;
  /** The button's text. */
  readonly action: string;
  readonly change: UseMutationResult<unknown, Error, void>;
  readonly onClose: () => void;
}

/** The question before something that can't be undone. */
export function ConfirmDialog({ title, text, action, change, onClose }: ConfirmDialogProps) {
  const t = useTexts(MESSAGES);
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      {change.error === null ? undefined : <Problem error={change.error} />}
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          {t("cancel")}
        </button>
        <button
          type="button"
          className="button danger"
          aria-disabled={change.isPending}
          onClick={() => {
            if (!change.isPending) change.mutate();
          }}
        >
          {action}
        </button>
      </div>
    </Dialog>
  );
}
