import { lazy, useState } from "react";
import { useFormatter, useTexts } from "../../../i18n/translate.ts";
import { isInBounds, MAX_PROMPT_LIMIT, PARAMETERS, type ParameterName } from "../conversation/settings.ts";
import { changeSettings, usePlayground } from "../state/playground-store.ts";
import { EDITOR_MESSAGES } from "./editor-messages.ts";
import { LazySection } from "./lazy-section.tsx";

// Opened when somebody needs them.
const ToolsEditor = lazy(() => import("./tools-editor.tsx"));
const FormatEditor = lazy(() => import("./format-editor.tsx"));

const FORMS = { text: "formatText", json_object: "formatObject", json_schema: "formatSchema" } as const;

/** System prompt, parameters, tools and the form of the answer, which all panes share. */
export default function SettingsFields() {
  const t = useTexts(EDITOR_MESSAGES);
  const { system, promptLimit } = usePlayground(({ settings }) => settings);
  return (
    <div className="form">
      <label htmlFor="system-prompt">{t("system")}</label>
      <textarea
        id="system-prompt"
        rows={3}
        value={system}
        onChange={({ target }) => changeSettings({ system: target.value })}
      />
      <fieldset className="parameters">
        <legend>{t("parameters")}</legend>
        {PARAMETERS.map(({ name }) => (
          <ParameterField key={name} name={name} />
        ))}
        <NumberField
          id="prompt-limit"
          label={t("promptLimit")}
          value={promptLimit}
          min={1}
          max={MAX_PROMPT_LIMIT}
          accepts={(value) => value !== undefined && Number.isInteger(value) && value >= 1 && value <= MAX_PROMPT_LIMIT}
          onChange={(value) => value !== undefined && changeSettings({ promptLimit: value })}
        />
      </fieldset>
      <MoreSettings />
    </div>
  );
}

/** Tools, and the form of the answer. */
function MoreSettings() {
  const t = useTexts(EDITOR_MESSAGES);
  const { tools, format } = usePlayground(({ settings }) => settings);
  return (
    <>
      <LazySection title={t("tools", { count: tools.length })}>
        <ToolsEditor />
      </LazySection>
      <LazySection title={t("format", { form: t(FORMS[format.type]) })}>
        <FormatEditor />
      </LazySection>
    </>
  );
}

function ParameterField({ name }: { readonly name: ParameterName }) {
  const t = useTexts(EDITOR_MESSAGES);
  const parameters = usePlayground(({ settings }) => settings.parameters);
  const bounds = PARAMETERS.find((parameter) => parameter.name === name);
  return (
    <NumberField
      id={`parameter-${name}`}
      label={t(name)}
      value={parameters[name]}
      min={bounds?.min ?? 0}
      max={bounds?.max ?? 0}
      accepts={(value) => value === undefined || isInBounds(name, value)}
      onChange={(value) => {
        const { [name]: _, ...others } = parameters;
        changeSettings({ parameters: value === undefined ? others : { ...others, [name]: value } });
      }}
    />
  );
}

interface NumberFieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: number | undefined;
  readonly min: number;
  readonly max: number;
  readonly accepts: (value: number | undefined) => boolean;
  readonly onChange: (value: number | undefined) => void;
}

/** A number, or nothing. What is not accepted stays in the field with its problem, and changes nothing. */
function NumberField({ id, label, value, min, max, accepts, onChange }: NumberFieldProps) {
  const t = useTexts(EDITOR_MESSAGES);
  const format = useFormatter();
  const [text, setText] = useState(value === undefined ? "" : String(value));
  const typed = text.trim() === "" ? undefined : Number(text.replace(",", "."));
  const isBad = !accepts(typed);
  return (
    <div className="parameter">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        placeholder={t("modelsOwn")}
        value={text}
        aria-invalid={isBad}
        aria-describedby={isBad ? `${id}-problem` : undefined}
        onChange={({ target }) => {
          setText(target.value);
          const next = target.value.trim() === "" ? undefined : Number(target.value.replace(",", "."));
          if (accepts(next)) onChange(next);
        }}
      />
      {isBad ? (
        <p id={`${id}-problem`} className="hint bad">
          {t("outOfBounds", { min: format.number(min), max: format.number(max) })}
        </p>
      ) : undefined}
    </div>
  );
}
