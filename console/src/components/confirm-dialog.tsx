import type { UseMutationResult } from "@tanstack/react-query";
import { Dialog } from "./dialog.tsx";
import { DialogActions } from "./dialog-actions.tsx";

interface ConfirmDialogProps {
  readonly title: string;
  readonly text: string;
  /** What else follows for whoever confirms, which is easily overlooked. @default - nothing */
  readonly warning?: string | undefined;
  /** The button's text. */
  readonly action: string;
  readonly change: UseMutationResult<unknown, Error, void>;
  readonly onClose: () => void;
}

/** The question before something that can't be undone. */
export function ConfirmDialog({ title, text, warning, action, change, onClose }: ConfirmDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      {warning === undefined ? undefined : <p className="notice warn">{warning}</p>}
      <DialogActions
        isDanger
        action={action}
        isPending={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate()}
        onCancel={onClose}
      />
    </Dialog>
  );
}
