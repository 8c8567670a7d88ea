import { type FormEvent, useState } from "react";
import type { Limit } from "../../../../contracts/control/limits.ts";
import { Choice } from "../../components/choice.tsx";
import { useLanguage, useTexts } from "../../i18n/translate.ts";
import { canReport, EMPTY_LIMIT, hasTimeZone, type LimitFields, limitOf, WINDOWS } from "./limit-fields.ts";
import { MESSAGES } from "./messages.ts";

const METRICS = ["nano_usd", "requests", "tokens", "input_tokens", "output_tokens", "concurrency"] as const;

interface LimitFormProps {
  /** Whether the subject has a limit of the same counter. */
  readonly isTaken: (limit: Limit) => boolean;
  readonly onAdd: (limit: Limit) => void;
}

/** One further limit. Fields that its metric and time can't have are not there. */
export function LimitForm({ isTaken, onAdd }: LimitFormProps) {
  const t = useTexts(MESSAGES);
  const language = useLanguage();
  const [fields, setFields] = useState(EMPTY_LIMIT);
  const [problem, setProblem] = useState<"badMax" | "twice">();
  const change = (next: Partial<LimitFields>) => setFields({ ...fields, ...next });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const limit = limitOf(fields, language);
    const found = limit === undefined ? "badMax" : isTaken(limit) ? "twice" : undefined;
    setProblem(found);
    if (limit === undefined || found !== undefined) return;
    onAdd(limit);
    change({ max: "" });
  };
  return (
    <form className="form disclosure" onSubmit={submit}>
      <MetricAndWindow fields={fields} onChange={change} />
      <label htmlFor="limit-max">{fields.metric === "nano_usd" ? t("maxDollars") : t("max")}</label>
      <input
        id="limit-max"
        required
        inputMode="decimal"
        autoComplete="off"
        value={fields.max}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : "limit-problem"}
        onChange={({ target }) => change({ max: target.value })}
      />
      {problem === undefined ? undefined : (
        <p id="limit-problem" className="hint bad" role="alert">
          {t(problem)}
        </p>
      )}
      <label htmlFor="limit-model">{t("model")}</label>
      <input
        id="limit-model"
        maxLength={200}
        value={fields.model}
        onChange={({ target }) => change({ model: target.value })}
      />
      {hasTimeZone(fields.window) ? (
        <>
          <label htmlFor="limit-zone">{t("zone")}</label>
          <input
            id="limit-zone"
            maxLength={100}
            value={fields.zone}
            onChange={({ target }) => change({ zone: target.value })}
          />
        </>
      ) : undefined}
      {canReport(fields.window) ? (
        <label>
          <input
            type="checkbox"
            checked={fields.reportsOnly}
            onChange={({ target }) => change({ reportsOnly: target.checked })}
          />{" "}
          {t("alertOnly")}
        </label>
      ) : undefined}
      <button type="submit" className="button">
        {t("add")}
      </button>
    </form>
  );
}

interface MetricAndWindowProps {
  readonly fields: LimitFields;
  readonly onChange: (change: Partial<LimitFields>) => void;
}

/** What is limited in which time: a metric has not every time. */
function MetricAndWindow({ fields, onChange }: MetricAndWindowProps) {
  const t = useTexts(MESSAGES);
  const windows: readonly Limit["window"][] = WINDOWS[fields.metric];
  return (
    <>
      <Choice
        id="limit-metric"
        label={t("metric")}
        options={METRICS}
        value={fields.metric}
        nameOf={(metric) => t(metric)}
        onChange={(metric) => {
          const allowed: readonly Limit["window"][] = WINDOWS[metric];
          onChange({ metric, window: allowed.includes(fields.window) ? fields.window : (allowed[0] ?? "now") });
        }}
      />
      <Choice
        id="limit-window"
        label={t("window")}
        options={windows}
        value={fields.window}
        nameOf={(window) => t(window)}
        onChange={(window) => onChange({ window })}
      />
    </>
  );
}
