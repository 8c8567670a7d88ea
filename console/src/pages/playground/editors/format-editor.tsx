import { useTexts } from "../../../i18n/translate.ts";
import { type Read, type ResponseFormat, readFormat } from "../conversation/tools.ts";
import { changeSettings, usePlayground } from "../state/playground-store.ts";
import { EDITOR_MESSAGES } from "./editor-messages.ts";
import { JsonField } from "./json-field.tsx";

const KINDS = { text: "formatText", json_object: "formatObject", json_schema: "formatSchema" } as const;
type Kind = keyof typeof KINDS;
const EXAMPLE = {
  name: "answer",
  strict: true,
  schema: {
    type: "object",
    properties: { answer: { type: "string" } },
    required: ["answer"],
    additionalProperties: false,
  },
} as const;

/** The form of the answer: text, JSON, or JSON by a schema. @param hasSchemas whether one of the chosen models follows schemas */
export default function FormatEditor({ hasSchemas }: { readonly hasSchemas: boolean }) {
  const t = useTexts(EDITOR_MESSAGES);
  const { format } = usePlayground(({ settings }) => settings);
  const choose = (kind: Kind) =>
    changeSettings({ format: kind === "json_schema" ? { type: kind, json_schema: EXAMPLE } : { type: kind } });
  return (
    <div className="form">
      <label htmlFor="format-kind">{t("formatKind")}</label>
      <select
        id="format-kind"
        value={format.type}
        onChange={({ target }) => choose(isKind(target.value) ? target.value : "text")}
      >
        {Object.entries(KINDS)
          .filter(([kind]) => hasSchemas || kind !== "json_schema" || format.type === kind)
          .map(([kind, text]) => (
            <option key={kind} value={kind}>
              {t(text)}
            </option>
          ))}
      </select>
      {format.type === "json_schema" ? <SchemaFields format={format} /> : undefined}
    </div>
  );
}

function SchemaFields({ format }: { readonly format: ResponseFormat & { readonly type: "json_schema" } }) {
  const t = useTexts(EDITOR_MESSAGES);
  const { json_schema: fields } = format;
  const read = (changed: Readonly<Record<string, unknown>>): Read<ResponseFormat> =>
    readFormat({ type: "json_schema", json_schema: { ...fields, ...changed } });
  const take = (next: Read<ResponseFormat>) => {
    if ("value" in next) changeSettings({ format: next.value });
  };
  return (
    <>
      <label htmlFor="schema-name">{t("schemaName")}</label>
      <input
        id="schema-name"
        autoComplete="off"
        spellCheck={false}
        translate="no"
        // What is no name is not typed.
        value={fields.name}
        onChange={({ target }) => take(read({ name: target.value }))}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={fields.strict}
          onChange={({ target }) => take(read({ strict: target.checked }))}
        />
        {t("schemaStrict")}
      </label>
      <JsonField
        id="schema-json"
        label={t("schema")}
        value={fields.schema}
        rows={10}
        read={(schema) => read({ schema })}
        onChange={(changed) => changeSettings({ format: changed })}
      />
    </>
  );
}

function isKind(value: string): value is Kind {
  return Object.hasOwn(KINDS, value);
}
