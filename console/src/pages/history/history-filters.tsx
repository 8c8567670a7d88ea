import { useNavigate } from "@tanstack/react-router";
import { useTexts } from "../../i18n/translate.ts";
import type { ConsoleProject } from "../../projects/projects.ts";
import { type HistorySearch, historySearch, MAX_FILTER, type Scope } from "./history-search.ts";
import { MESSAGES } from "./messages.ts";

interface HistoryFiltersProps {
  readonly search: HistorySearch;
  readonly scope: Scope;
  readonly project: ConsoleProject | undefined;
}

const FIELDS = ["q", "model", "key"] as const;

/** Whose history, and which of it; each change is a new address. */
export function HistoryFilters({ search, scope, project }: HistoryFiltersProps) {
  const t = useTexts(MESSAGES);
  const navigate = useNavigate();
  const show = (change: Readonly<Record<string, unknown>>) =>
    void navigate({
      to: ".",
      search: ({ of: _of, q: _q, model: _model, key: _key, ...rest }) => ({
        ...rest,
        ...historySearch({ ...search, ...change }),
      }),
    });
  return (
    <form
      className="filters"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        show(Object.fromEntries(FIELDS.map((name) => [name, textOf(form.get(name))])));
      }}
    >
      <div className="field">
        <label htmlFor="history-of">{t("of")}</label>
        <select id="history-of" value={scope} onChange={({ target }) => show({ of: target.value })}>
          <option value="own">{t("own")}</option>
          {project === undefined ? undefined : (
            <option value="project" translate="no">
              {project.name}
            </option>
          )}
        </select>
      </div>
      {FIELDS.map((name) => (
        <div className="field" key={name}>
          <label htmlFor={`history-${name}`}>{t(name)}</label>
          <input
            id={`history-${name}`}
            key={search[name]}
            name={name}
            type={name === "q" ? "search" : "text"}
            defaultValue={search[name] ?? ""}
            maxLength={MAX_FILTER}
            autoComplete="off"
            {...(name === "key" ? { pattern: " *key_[A-Za-z0-9_-]+ *", title: t("keyHint") } : {})}
          />
        </div>
      ))}
      <button type="submit" className="button">
        {t("filter")}
      </button>
    </form>
  );
}

function textOf(value: FormDataEntryValue | null): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}
