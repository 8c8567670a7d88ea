import type { FormEvent, ReactNode } from "react";

interface ComposerProps {
  readonly canSend: boolean;
  readonly canStop: boolean;
  readonly onSend: () => void;
  readonly onStop: () => void;
  /** Fields above the buttons. */
  readonly children: ReactNode;
  readonly status: ReactNode;
  /** What belongs to the form but comes below the buttons. */
  readonly more: ReactNode;
}

/**
 * The form. Both buttons are always there and only say that they are off (`aria-disabled`): a button that vanished
 * would take the keyboard's focus with it.
 */
export function Composer({ canSend, canStop, onSend, onStop, children, status, more }: ComposerProps) {
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onSend();
  };
  return (
    // The API says what is wrong with a field, in the page's own words and place; the browser's bubbles stay off.
    <form className="composer" aria-label="Ask the model" noValidate onSubmit={onSubmit}>
      {children}
      <div className="buttons">
        <button type="submit" className="button primary" aria-disabled={!canSend}>
          Send
        </button>
        <button type="button" className="button" aria-disabled={!canStop} onClick={onStop}>
          Stop
        </button>
        {status}
      </div>
      {more}
    </form>
  );
}
