import type { ComponentProps } from "react";
import { DialogActions } from "../../components/dialog-actions.tsx";
import { ItemConflict } from "./item-conflict.tsx";

interface SaveActionsProps<Item extends { readonly version: number }>
  extends ComponentProps<typeof ItemConflict<Item>> {
  /** Text of the button. */
  readonly action: string;
  readonly save: { readonly isPending: boolean; readonly isConflict: boolean; readonly error: unknown };
  readonly onCancel: () => void;
}

/** The end of a form that stores an item: what another operator changed meanwhile or went wrong, Cancel, and the button that stores it. */
export function SaveActions<Item extends { readonly version: number }>(props: SaveActionsProps<Item>) {
  const { action, save, onCancel, ...conflict } = props;
  return (
    <>
      {save.isConflict ? <ItemConflict {...conflict} /> : undefined}
      <DialogActions
        action={action}
        isPending={save.isPending}
        error={save.isConflict ? null : save.error}
        onCancel={onCancel}
      />
    </>
  );
}
