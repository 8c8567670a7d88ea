import { useState } from "react";
import { useTexts } from "../../../i18n/translate.ts";
import { type FunctionTool, readTool, readTools, TOOL_CHOICES } from "../conversation/tools.ts";
import { changeSettings, usePlayground } from "../state/playground-store.ts";
import { EDITOR_MESSAGES } from "./editor-messages.ts";
import { JsonField } from "./json-field.tsx";

const CHOICES = { auto: "choiceAuto", required: "choiceRequired", none: "choiceNone" } as const;

/** The functions that a model may call, by a form or as JSON. */
export default function ToolsEditor() {
  const t = useTexts(EDITOR_MESSAGES);
  const { tools, toolChoice } = usePlayground(({ settings }) => settings);
  const [view, setView] = useState<"form" | "json">("form");
  return (
    <div className="form">
      <p className="hint">{t("toolsLead")}</p>
      <label htmlFor="tools-view">{t("toolsView")}</label>
      <select
        id="tools-view"
        value={view}
        onChange={({ target }) => setView(target.value === "json" ? "json" : "form")}
      >
        <option value="form">{t("viewForm")}</option>
        <option value="json">{t("viewJson")}</option>
      </select>
      {view === "form" ? (
        <ToolForms tools={tools} />
      ) : (
        <JsonField
          id="tools-json"
          label={t("toolsJson")}
          value={tools}
          rows={12}
          read={readTools}
          onChange={(changed) => changeSettings({ tools: changed })}
        />
      )}
      {tools.length === 0 ? undefined : (
        <>
          <label htmlFor="tool-choice">{t("toolChoice")}</label>
          <select
            id="tool-choice"
            value={toolChoice}
            onChange={({ target }) =>
              changeSettings({ toolChoice: TOOL_CHOICES.find((each) => each === target.value) ?? "auto" })
            }
          >
            {TOOL_CHOICES.map((choice) => (
              <option key={choice} value={choice}>
                {t(CHOICES[choice])}
              </option>
            ))}
          </select>
        </>
      )}
    </div>
  );
}

function ToolForms({ tools }: { readonly tools: readonly FunctionTool[] }) {
  const t = useTexts(EDITOR_MESSAGES);
  const replace = (index: number, tool: FunctionTool) =>
    changeSettings({ tools: tools.map((each, at) => (at === index ? tool : each)) });
  const add = () => {
    const names = new Set(tools.map(({ function: { name } }) => name));
    const number = Array.from({ length: tools.length + 1 }, (_, index) => index + 1).find(
      (n) => !names.has(`tool_${n}`),
    );
    const parameters = { type: "object", properties: {} };
    changeSettings({ tools: [...tools, { type: "function", function: { name: `tool_${number}`, parameters } }] });
  };
  return (
    <>
      {tools.map((tool, index) => (
        <ToolForm
          // biome-ignore lint/suspicious/noArrayIndexKey: a name changes while it is typed
          key={`${tools.length} ${index}`}
          tool={tool}
          index={index}
          others={tools.filter((_, at) => at !== index)}
          onChange={(changed) => replace(index, changed)}
        />
      ))}
      <div className="actions">
        <button type="button" className="button" onClick={add}>
          {t("addTool")}
        </button>
      </div>
    </>
  );
}

interface ToolFormProps {
  readonly tool: FunctionTool;
  readonly index: number;
  readonly others: readonly FunctionTool[];
  readonly onChange: (tool: FunctionTool) => void;
}

function ToolForm({ tool, index, others, onChange }: ToolFormProps) {
  const t = useTexts(EDITOR_MESSAGES);
  const number = String(index + 1);
  const { description = "", parameters } = tool.function;
  const [name, setName] = useState(tool.function.name);
  const named = (text: string) => readTools([...others, { ...tool, function: { ...tool.function, name: text } }]);
  const read = named(name);
  const id = `tool-${index}`;
  return (
    <fieldset className="form tool-form">
      <legend>{t("tool", { number })}</legend>
      <label htmlFor={`${id}-name`}>{t("toolName")}</label>
      <input
        id={`${id}-name`}
        autoComplete="off"
        spellCheck={false}
        translate="no"
        value={name}
        aria-invalid={"problem" in read}
        aria-describedby={"problem" in read ? `${id}-name-problem` : undefined}
        onChange={({ target }) => {
          setName(target.value);
          if ("value" in named(target.value)) onChange({ ...tool, function: { ...tool.function, name: target.value } });
        }}
      />
      {"problem" in read ? (
        <p id={`${id}-name-problem`} className="hint bad" lang="en" translate="no">
          {read.problem}
        </p>
      ) : undefined}
      <label htmlFor={`${id}-description`}>{t("toolDescription")}</label>
      <input
        id={`${id}-description`}
        autoComplete="off"
        value={description}
        onChange={({ target }) => onChange({ ...tool, function: { ...tool.function, description: target.value } })}
      />
      <JsonField
        id={`${id}-parameters`}
        label={t("toolParameters")}
        value={parameters}
        rows={6}
        isOptional
        read={(value) => readTool({ ...tool, function: { ...tool.function, parameters: value } }, `tools.${index}`)}
        onChange={onChange}
      />
      <div className="actions">
        <button
          type="button"
          className="button quiet"
          aria-label={t("removeTool", { number })}
          onClick={() =>
            changeSettings({ tools: usePlayground.getState().settings.tools.filter((_, at) => at !== index) })
          }
        >
          <span aria-hidden="true" translate="no">
            ×
          </span>
        </button>
      </div>
    </fieldset>
  );
}
