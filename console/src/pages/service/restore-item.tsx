import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { type ItemKind, useRestoreItem } from "./item-queries.ts";

interface RestoreItemProps {
  readonly kind: ItemKind;
  readonly item: { readonly name: string; readonly version: number };
  readonly title: string;
  readonly text: string;
  /** Text of the button. */
  readonly action: string;
  /** Announced afterwards. */
  readonly message: string;
  readonly onClose: () => void;
}

/** The question before what was changed of a route, a provider or a pool's price at run time is taken back. */
export function RestoreItem({ kind, item, message, ...confirmation }: RestoreItemProps) {
  const restore = useRestoreItem(kind, item, message, confirmation.onClose);
  return <ConfirmDialog {...confirmation} change={restore} />;
}
