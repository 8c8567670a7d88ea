import { textOf } from "../../lib/read-search.ts";

/** Whose generations are listed. */
export const SCOPES = ["own", "project"] as const;
export type Scope = (typeof SCOPES)[number];

/** What the history shows; it stands in the address. */
export interface HistorySearch {
  /** @default - a person's own, and the project's for an admin key */
  readonly of?: Scope;
  /** Text of a message. */
  readonly q?: string;
  readonly model?: string;
  /** Id of an API key. */
  readonly key?: string;
  /** The generation that is open. */
  readonly chat?: string;
  /** The generation that is compared with it, or with the next one that is chosen. */
  readonly with?: string;
}

/** Most characters of a filter, as the API has it. */
export const MAX_FILTER = 200;

/** Reads the query; what is no value of a filter is left out. */
export function historySearch(search: Readonly<Record<string, unknown>>): HistorySearch {
  const of = SCOPES.find((scope) => scope === search.of);
  const { key, chat } = search;
  const [q, model] = [textOf(search.q), textOf(search.model)];
  return {
    ...(of === undefined ? {} : { of }),
    ...(isFilter(q) ? { q } : {}),
    ...(isFilter(model) ? { model } : {}),
    ...(isId(key, "key_") ? { key } : {}),
    ...(isId(chat, "gen_") ? { chat } : {}),
    ...(isId(search.with, "gen_") ? { with: search.with } : {}),
  };
}

function isFilter(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "" && value.length <= MAX_FILTER;
}

function isId(value: unknown, beginning: string): value is string {
  return isFilter(value) && value.startsWith(beginning) && /^[\w-]+$/.test(value);
}
