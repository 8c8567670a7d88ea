import { type ReactNode, useEffect, useId, useRef } from "react";
import { Announcer } from "./announcer.tsx";

interface DialogProps {
  readonly title: string;
  /** The person closes it, by Escape too. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A modal dialog, as the browser has it: the page behind it is inert, focus goes into it and back, Escape closes it. It is open while
 * it is rendered.
 */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
      {/* What is outside of a modal dialog is not read by screen readers. */}
      <Announcer />
    </dialog>
  );
}
