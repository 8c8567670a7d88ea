import { useNavigate } from "@tanstack/react-router";
import { useTexts } from "../../i18n/translate.ts";
import { LEVELS, type LogsSearch, logsSearch, MAX_FILTER, TEXT_FILTERS } from "./logs-search.ts";
import { MESSAGES } from "./messages.ts";

/** Which lines are shown; each change is a new address. */
export function LogFilters({ search }: { readonly search: LogsSearch }) {
  const t = useTexts(MESSAGES);
  const navigate = useNavigate();
  const show = (filters: Readonly<Record<string, unknown>>) =>
    void navigate({ to: "/admin/logs", search: logsSearch(filters) });
  return (
    <form
      className="filters"
      onSubmit={(event) => {
        event.preventDefault();
        show(Object.fromEntries(new FormData(event.currentTarget)));
      }}
    >
      <div className="field">
        <label htmlFor="logs-level">{t("level")}</label>
        <select
          id="logs-level"
          name="level"
          value={search.level ?? ""}
          onChange={({ target }) => show({ ...search, level: target.value })}
        >
          <option value="">{t("everyLevel")}</option>
          {LEVELS.map((level) => (
            <option key={level} value={level}>
              {t("andGraver", { level })}
            </option>
          ))}
        </select>
      </div>
      {TEXT_FILTERS.map((name) => (
        <div className="field" key={name}>
          <label htmlFor={`logs-${name}`}>{t(name)}</label>
          <input
            id={`logs-${name}`}
            key={search[name]}
            name={name}
            type={name === "text" ? "search" : "text"}
            defaultValue={search[name] ?? ""}
            maxLength={MAX_FILTER}
            autoComplete="off"
          />
        </div>
      ))}
      <button type="submit" className="button">
        {t("filter")}
      </button>
    </form>
  );
}
