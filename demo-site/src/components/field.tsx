import type { ReactNode } from "react";
import { errorId, FIELD_IDS, type FieldName } from "../settings/fields.ts";

/** What a control inside a `Field` must carry, so that label, hint and error belong to it. */
export interface ControlProps {
  readonly id: string;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby": string | undefined;
}

interface FieldProps {
  readonly name: FieldName;
  readonly label: string;
  readonly error: string | undefined;
  readonly hint?: ReactNode;
  readonly children: (control: ControlProps) => ReactNode;
}

/** A labelled control with its hint and its error, tied together for screen readers. */
export function Field({ name, label, error, hint, children }: FieldProps) {
  const id = FIELD_IDS[name];
  const hintId = `${id}-hint`;
  const describedBy = [error === undefined ? "" : errorId(name), hint === undefined ? "" : hintId].filter(Boolean);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        "aria-invalid": error !== undefined,
        "aria-describedby": describedBy.length > 0 ? describedBy.join(" ") : undefined,
      })}
      {error !== undefined && (
        <p className="field-error" id={errorId(name)}>
          {error}
        </p>
      )}
      {hint !== undefined && (
        <p className="field-hint" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}
