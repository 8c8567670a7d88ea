import type { FieldErrors, SettingsText } from "../settings/fields.ts";
import { Field } from "./field.tsx";

interface SettingsProps {
  readonly value: SettingsText;
  readonly contextTokens: number;
  readonly errors: FieldErrors;
  readonly onChange: (name: keyof SettingsText, value: string) => void;
}

export function Settings({ value, contextTokens, errors, onChange }: SettingsProps) {
  const fields = [
    { name: "temperature", label: "Temperature", min: 0, max: 2, step: 0.1, hint: "0 repeats itself, 2 wanders" },
    { name: "topP", label: "Top p", min: 0, max: 1, step: 0.05, hint: "above 0, up to 1" },
    { name: "maxTokens", label: "Max tokens", min: 1, max: contextTokens, step: 1, hint: "length of the answer" },
  ] as const;
  return (
    <details className="settings">
      <summary>Advanced</summary>
      <div className="settings-fields">
        {fields.map(({ name, label, hint, ...limits }) => (
          <Field key={name} name={name} label={label} error={errors[name]} hint={hint}>
            {(control) => (
              <input
                {...control}
                {...limits}
                className="control"
                type="number"
                inputMode="decimal"
                value={value[name]}
                onChange={(event) => onChange(name, event.target.value)}
              />
            )}
          </Field>
        ))}
      </div>
    </details>
  );
}
