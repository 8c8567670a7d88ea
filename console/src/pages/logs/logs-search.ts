import type { LogLevel } from "../../../../contracts/live/log-lines.ts";
import { textOf } from "../../lib/read-search.ts";

/** From the most talkative to the gravest: those of the service. */
export const LEVELS = ["debug", "info", "warn", "error", "fatal"] as const satisfies readonly LogLevel[];

/** Filters that are a text. `projectId` is not `project`, which is the project that is chosen in the console. */
export const TEXT_FILTERS = ["request", "key", "projectId", "model", "text"] as const;
export type TextFilter = (typeof TEXT_FILTERS)[number];

/** Most characters of a filter, as the API has it. */
export const MAX_FILTER = 200;

/** Which lines of the log are shown; it stands in the address. */
export interface LogsSearch extends Readonly<Partial<Record<TextFilter, string>>> {
  /** And graver ones. @default - all */
  readonly level?: LogLevel;
}

/** Reads the query; what is no value of a filter is left out. */
export function logsSearch(search: Readonly<Record<string, unknown>>): LogsSearch {
  const level = LEVELS.find((name) => name === search.level);
  const texts = TEXT_FILTERS.flatMap((name) => {
    const text = textOf(search[name]).trim();
    return text === "" || text.length > MAX_FILTER ? [] : [[name, text]];
  });
  return { ...(level === undefined ? {} : { level }), ...Object.fromEntries(texts) };
}

/** The query of `GET /admin/logs`. */
export function logsQuery(search: LogsSearch): URLSearchParams {
  const entries = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(entries.map(([name, value]) => [name === "projectId" ? "project" : name, value]));
}
