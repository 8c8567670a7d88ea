import type { KeyboardEvent } from "react";
import { Field } from "./field.tsx";

interface PromptFieldProps {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
  readonly onSubmit: () => void;
}

export function PromptField({ value, error, onChange, onSubmit }: PromptFieldProps) {
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method composes, Enter picks a word. Safari ends composing before this event, but its key code is
    // 229.
    const isComposing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    onSubmit();
  };
  return (
    <Field
      name="prompt"
      label="Prompt"
      error={error}
      hint={
        <>
          <kbd>Enter</kbd> sends, <kbd>Shift</kbd>+<kbd>Enter</kbd> starts a new line, <kbd>Esc</kbd> stops. Each prompt
          stands alone.
        </>
      }
    >
      {(control) => (
        <textarea
          {...control}
          className="control prompt"
          rows={4}
          value={value}
          enterKeyHint="send"
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
        />
      )}
    </Field>
  );
}
