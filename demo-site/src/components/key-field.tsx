import { Field } from "./field.tsx";

interface KeyFieldProps {
  readonly value: string;
  readonly isRequired: boolean;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

export function KeyField({ value, isRequired, error, onChange }: KeyFieldProps) {
  return (
    <Field
      name="apiKey"
      label={isRequired ? "API key" : "API key (optional)"}
      error={error}
      hint="Kept in this tab only, and sent to the API alone."
    >
      {(control) => (
        <input
          {...control}
          className="control mono"
          type="password"
          autoComplete="off"
          spellCheck={false}
          required={isRequired}
          placeholder="sk-sl-…"
          value={value}
          onChange={(event) => onChange(event.target.value.trim())}
        />
      )}
    </Field>
  );
}
