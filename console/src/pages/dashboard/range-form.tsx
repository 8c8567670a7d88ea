import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import { useTexts } from "../../i18n/translate.ts";
import type { ConsoleProject } from "../../projects/projects.ts";
import {
  type DashboardSearch,
  type DayRange,
  dashboardSearch,
  GROUPINGS,
  isRange,
  lastDays,
  monthRange,
} from "./dashboard-search.ts";
import { MESSAGES } from "./messages.ts";
import { ZoneField } from "./zone-field.tsx";

const PRESETS = [
  { name: "days7", range: (now: number, zone?: string) => lastDays(7, now, zone) },
  { name: "days30", range: (now: number, zone?: string) => lastDays(30, now, zone) },
  { name: "days90", range: (now: number, zone?: string) => lastDays(90, now, zone) },
  { name: "thisMonth", range: (now: number, zone?: string) => monthRange("this", now, zone) },
  { name: "lastMonth", range: (now: number, zone?: string) => monthRange("last", now, zone) },
] as const;

interface RangeFormProps {
  readonly range: DayRange;
  readonly search: DashboardSearch;
  readonly project: ConsoleProject | undefined;
}

/** Range, grouping and project of the dashboard; each change is a new address. */
export function RangeForm({ range, search, project }: RangeFormProps) {
  const t = useTexts(MESSAGES);
  const id = useId();
  const navigate = useNavigate();
  const [draft, setDraft] = useState<DayRange>();
  const { from, to } = draft ?? range;
  const isBad = draft !== undefined && !isRange(draft);
  const show = (change: DashboardSearch) =>
    void navigate({
      to: ".",
      // What is absent has its default: an old value must not stay.
      search: ({ from: _from, to: _to, by: _by, of: _of, zone: _zone, ...rest }) => ({
        ...rest,
        ...dashboardSearch({ ...change }),
      }),
    });
  const choose = (next: DayRange) => {
    setDraft(undefined);
    show({ ...search, ...next });
  };
  const edit = (next: DayRange) => {
    if (isRange(next)) choose(next);
    else setDraft(next);
  };
  const { of: _, ...ofAll } = search;
  const { zone, ...inUtc } = search;
  return (
    <form className="filters" onSubmit={(event: FormEvent) => event.preventDefault()}>
      <Presets range={range} zone={zone} choose={choose} />
      <div className="field">
        <label htmlFor={`${id}-from`}>{t("from")}</label>
        <input
          id={`${id}-from`}
          type="date"
          value={from}
          aria-invalid={isBad}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => edit({ from: target.value, to })}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-to`}>{t("to")}</label>
        <input
          id={`${id}-to`}
          type="date"
          value={to}
          aria-invalid={isBad}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => edit({ from, to: target.value })}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-by`}>{t("by")}</label>
        <select
          id={`${id}-by`}
          value={search.by ?? "model"}
          onChange={({ target }) => {
            const by = GROUPINGS.find((grouping) => grouping === target.value) ?? "model";
            show({ ...search, by });
          }}
        >
          {GROUPINGS.map((grouping) => (
            <option key={grouping} value={grouping}>
              {t(grouping)}
            </option>
          ))}
        </select>
      </div>
      {project === undefined ? undefined : (
        <div className="field">
          <label htmlFor={`${id}-of`}>{t("of")}</label>
          <select
            id={`${id}-of`}
            value={search.of ?? "all"}
            onChange={({ target }) => show(target.value === "project" ? { ...ofAll, of: "project" } : ofAll)}
          >
            <option value="all">{t("all")}</option>
            <option value="project" translate="no">
              {project.name}
            </option>
          </select>
        </div>
      )}
      <ZoneField
        zone={zone}
        choose={(chosen) => show({ ...inUtc, ...(chosen === undefined ? {} : { zone: chosen }) })}
      />
      <p id={`${id}-hint`} className="hint bad" role="status">
        {isBad ? t("badRange") : ""}
      </p>
    </form>
  );
}

interface PresetsProps {
  readonly range: DayRange;
  readonly zone: string | undefined;
  readonly choose: (range: DayRange) => void;
}

function Presets({ range, zone, choose }: PresetsProps) {
  const t = useTexts(MESSAGES);
  return (
    <fieldset className="presets">
      <legend className="visually-hidden">{t("range")}</legend>
      {PRESETS.map(({ name, range: preset }) => {
        const chosen = preset(Date.now(), zone);
        return (
          <button
            key={name}
            type="button"
            className="button quiet"
            aria-pressed={chosen.from === range.from && chosen.to === range.to}
            onClick={() => choose(chosen)}
          >
            {t(name)}
          </button>
        );
      })}
    </fieldset>
  );
}
