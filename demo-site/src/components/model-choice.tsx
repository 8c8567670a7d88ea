import type { SiteModel } from "../api/config.ts";
import { Field } from "./field.tsx";

interface ModelChoiceProps {
  readonly models: readonly SiteModel[];
  readonly model: SiteModel;
  /** Name of the model that responds instead of the chosen one. */
  readonly standIn: string | undefined;
  readonly error: string | undefined;
  readonly onChange: (id: string) => void;
}

export function ModelChoice({ models, model, standIn, error, onChange }: ModelChoiceProps) {
  return (
    <>
      <Field
        name="model"
        label="Model"
        error={error}
        hint={
          model.weights === "" ? "…" : `${model.weights}, ${model.contextTokens.toLocaleString("en")} tokens of context`
        }
      >
        {(control) => (
          <select {...control} className="control" value={model.id} onChange={(event) => onChange(event.target.value)}>
            {models.map(({ id, displayName }) => (
              <option key={id} value={id}>
                {displayName}
              </option>
            ))}
          </select>
        )}
      </Field>
      {standIn !== undefined && (
        <p className="stand-in">
          <strong>A tiny local stand-in model answers here:</strong> {standIn}, not {model.displayName}. Expect simple
          and often wrong answers.
        </p>
      )}
    </>
  );
}
