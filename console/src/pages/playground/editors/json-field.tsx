import { useState } from "react";
import { useTexts } from "../../../i18n/translate.ts";
import { type Read, readJson } from "../conversation/tools.ts";
import { EDITOR_MESSAGES } from "./editor-messages.ts";

interface JsonFieldProps<Value> {
  readonly id: string;
  readonly label: string;
  readonly value: unknown;
  readonly rows: number;
  /** Whether nothing may be entered, which is `undefined`. */
  readonly isOptional?: boolean;
  readonly read: (value: unknown) => Read<Value>;
  readonly onChange: (value: Value) => void;
}

/** A field for JSON. What is wrong stays in the field with its problem, and changes nothing. */
export function JsonField<Value>({
  id,
  label,
  value,
  rows,
  isOptional = false,
  read,
  onChange,
}: JsonFieldProps<Value>) {
  const t = useTexts(EDITOR_MESSAGES);
  const [text, setText] = useState(() => (value === undefined ? "" : JSON.stringify(value, undefined, 2)));
  const readText = (typed: string): Read<Value> => {
    if (isOptional && typed.trim() === "") return read(undefined);
    const json = readJson(typed);
    return "problem" in json ? json : read(json.value);
  };
  const now = readText(text);
  const problem = "problem" in now ? now.problem : undefined;
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="mono"
        rows={rows}
        spellCheck={false}
        translate="no"
        value={text}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
        onChange={({ target }) => {
          setText(target.value);
          const next = readText(target.value);
          if ("value" in next) onChange(next.value);
        }}
      />
      {problem === undefined ? undefined : (
        <p id={`${id}-problem`} className="hint bad">
          {t("notTaken")}{" "}
          <span lang="en" translate="no">
            {problem}
          </span>
        </p>
      )}
    </>
  );
}
