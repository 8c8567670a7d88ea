import type { FormEvent, ReactNode } from "react";

export interface ComposerProps {
  /** Whether the form can be used. */
  readonly isReady: boolean;
  readonly canSend: boolean;
  readonly canStop: boolean;
  readonly onSend: () => void;
  readonly onStop: () => void;
  /** What must be filled in, above the buttons. */
  readonly children: ReactNode;
  readonly status: ReactNode;
  readonly samples: ReactNode;
  /** Settings with a default; on a narrow screen they come below the response. */
  readonly choices: ReactNode;
}

/**
 * The form. Both buttons are always there and are only marked as off (`aria-disabled`): a button that vanished would
 * take the keyboard's focus with it.
 */
export function Composer({
  isReady,
  canSend,
  canStop,
  onSend,
  onStop,
  children,
  status,
  samples,
  choices,
}: ComposerProps) {
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onSend();
  };
  return (
    // The page shows the API's problem of a field at the field; the browser's bubbles stay off.
    <form className="pane-left" aria-label="Your request" noValidate onSubmit={onSubmit}>
      <fieldset className="fields" disabled={!isReady}>
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
      </fieldset>
    </form>
  );
}
