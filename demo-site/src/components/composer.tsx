import type { FormEvent, ReactNode } from "react";

interface ComposerProps {
  readonly canSend: boolean;
  readonly canStop: boolean;
  readonly onSend: () => void;
  readonly onStop: () => void;
  /** What must be filled in, above the buttons. */
  readonly children: ReactNode;
  readonly status: ReactNode;
  readonly samples: ReactNode;
  /** What has a default; on a narrow screen it comes below the answer. */
  readonly choices: ReactNode;
}

/**
 * The form. Both buttons are always there and only say that they are off (`aria-disabled`): a button that vanished
 * would take the keyboard's focus with it.
 */
export function Composer({ canSend, canStop, onSend, onStop, children, status, samples, choices }: ComposerProps) {
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onSend();
  };
  return (
    // The API says what is wrong with a field, in the page's own words and place; the browser's bubbles stay off.
    <form className="pane-left" aria-label="Your request" noValidate onSubmit={onSubmit}>
      <div className="ask">
        {children}
        <div className="dock">
          <div className="buttons" data-busy={canStop}>
            <button type="submit" className="button primary" aria-disabled={!canSend}>
              Send
            </button>
            <button type="button" className="button" aria-disabled={!canStop} onClick={onStop}>
              Stop
            </button>
            {status}
          </div>
        </div>
        {samples}
      </div>
      <div className="choices">{choices}</div>
    </form>
  );
}
