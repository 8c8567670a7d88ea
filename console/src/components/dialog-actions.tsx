import { defineMessages } from "../i18n/messages.ts";
import { useTexts } from "../i18n/translate.ts";
import { Problem } from "./problem.tsx";

const MESSAGES = defineMessages({ cancel: "Cancel" }, { cancel: "Abbrechen" });

interface DialogActionsProps {
  /** Text of the button that does it. */
  readonly action: string;
  readonly isPending: boolean;
  /** Why it failed, shown above the buttons. */
  readonly error: unknown;
  /** Whether it can't be undone. @default false */
  readonly isDanger?: boolean;
  /** Called when nothing is under way. @default - the button submits the form around it */
  readonly onConfirm?: () => void;
  readonly onCancel: () => void;
}

/** The last row of a dialog: what went wrong, Cancel, and the button that does it. */
export function DialogActions({ action, isPending, error, isDanger, onConfirm, onCancel }: DialogActionsProps) {
  const t = useTexts(MESSAGES);
  return (
    <>
      {error === null || error === undefined ? undefined : <Problem error={error} />}
      <div className="actions">
        <button type="button" className="button" onClick={onCancel}>
          {t("cancel")}
        </button>
        <button
          type={onConfirm === undefined ? "submit" : "button"}
          className={isDanger === true ? "button danger" : "button primary"}
          aria-disabled={isPending}
          onClick={() => {
            if (!isPending) onConfirm?.();
          }}
        >
          {action}
        </button>
      </div>
    </>
  );
}
