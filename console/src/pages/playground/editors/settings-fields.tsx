import { lazy, useState } from "react";
import { useFormatter, useLanguage, useTexts } from "../../../i18n/translate.ts";
import { decimalText, plainDecimal } from "../../../lib/decimal-text.ts";
import {
  EFFORTS,
  isInBounds,
  MAX_PROMPT_LIMIT,
  type ModelLimits,
  PARAMETERS,
  type ParameterName,
} from "../conversation/settings.ts";
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
        <EffortField />
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

/** How much the models think that can: it is there where one of the panes has such a model. */
function EffortField() {
  const t = useTexts(EDITOR_MESSAGES);
  const { list } = useFormatter();
  const effort = usePlayground(({ settings }) => settings.effort);
  const chosen = useChosenModels();
  const others = chosen.filter(({ reasons }) => !reasons).map(({ id }) => id);
  if (others.length === chosen.length) return undefined;
  return (
    <div className="parameter">
      <label htmlFor="reasoning-effort">{t("effort")}</label>
      <select
        id="reasoning-effort"
        value={effort ?? ""}
        aria-describedby={others.length === 0 ? undefined : "reasoning-effort-hint"}
        onChange={({ target }) => changeSettings({ effort: EFFORTS.find((one) => one === target.value) })}
      >
        <option value="">{t("modelsOwn")}</option>
        {EFFORTS.map((one) => (
          <option key={one} value={one}>
            {t(`effort_${one}`)}
          </option>
        ))}
      </select>
      {others.length === 0 ? undefined : (
        <p id="reasoning-effort-hint" className="hint">
          {t("effortNotSent", { models: list(others) })}
        </p>
      )}
    </div>
  );
}

/** Tools, and the form of the answer. */
function MoreSettings() {
  const t = useTexts(EDITOR_MESSAGES);
  const { list } = useFormatter();
  const { tools, format } = usePlayground(({ settings }) => settings);
  const chosen = useChosenModels();
  const toolless = chosen.filter(({ callsTools }) => !callsTools).map(({ id }) => id);
  const schemaless = chosen.filter(({ followsSchemas }) => !followsSchemas).map(({ id }) => id);
  const hasTools = chosen.length === 0 || toolless.length < chosen.length;
  return (
    <>
      {hasTools ? (
        <LazySection title={t("tools", { count: tools.length })}>
          <ToolsEditor />
        </LazySection>
      ) : undefined}
      {toolless.length > 0 && (!hasTools || tools.length > 0) ? (
        <p className="hint">{t("toolsNotSent", { models: list(toolless) })}</p>
      ) : undefined}
      <LazySection title={t("format", { form: t(FORMS[format.type]) })}>
        <FormatEditor hasSchemas={chosen.length === 0 || schemaless.length < chosen.length} />
      </LazySection>
      {schemaless.length > 0 && format.type === "json_schema" ? (
        <p className="hint">{t("schemaNotSent", { models: list(schemaless) })}</p>
      ) : undefined}
    </>
  );
}

/** What is known of the models of the panes; a pane without one has the first. */
function useChosenModels(): readonly ModelLimits[] {
  const { panes, models } = usePlayground();
  const ids = new Set(panes.map(({ store }) => store.getState().model || models[0]?.id));
  return models.filter(({ id }) => ids.has(id));
}

function ParameterField({ name }: { readonly name: ParameterName }) {
  const t = useTexts(EDITOR_MESSAGES);
  const parameters = usePlayground(({ settings }) => settings.parameters);
  const bounds = PARAMETERS.find((parameter) => parameter.name === name);
  const chosen = useChosenModels();
  const contexts = chosen.map(({ contextTokens = Infinity }) => contextTokens);
  // Each model gets at most what it has; here is the bound of the one with the most.
  const most = name === "max_tokens" && contexts.length > 0 ? Math.max(...contexts) : Infinity;
  const max = Math.min(bounds?.max ?? 0, most);
  return (
    <NumberField
      id={`parameter-${name}`}
      label={t(name)}
      value={parameters[name]}
      min={bounds?.min ?? 0}
      max={max}
      accepts={(value) => value === undefined || (isInBounds(name, value) && value <= max)}
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
  const language = useLanguage();
  const [text, setText] = useState(value === undefined ? "" : decimalText(value, language));
  const typed = numberOf(text, language);
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
          const next = numberOf(target.value, language);
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

/** @returns `undefined` for nothing, `NaN` for what is no number */
function numberOf(text: string, language: string): number | undefined {
  const typed = text.trim();
  if (typed === "") return undefined;
  const sign = typed.startsWith("-") ? -1 : 1;
  return sign * Number(plainDecimal(sign < 0 ? typed.slice(1) : typed, language) ?? Number.NaN);
}
