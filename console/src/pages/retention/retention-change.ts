import type { ProjectRetention } from "../../../../contracts/retention/retention.ts";

export type RetentionRow = ProjectRetention["data"][number];

/** What a person chose for a class: days of the project's own, or `null` for the environment's. */
export type ChosenDays = number | null;

/** A class for which projects choose days. */
export type ChangeableRow = RetentionRow & {
  readonly class: "responses" | "history" | "files";
  readonly days: number;
  readonly environment_days: number;
  readonly min_days: number;
  readonly max_days: number;
};

/** Whether a project may choose days for the class: the environment stores it, and it has bounds. */
export function isChangeable(row: RetentionRow): row is ChangeableRow {
  return row.days !== null && row.min_days !== null && row.max_days !== null;
}

/**
 * What a change does with what is stored already. `shorter`: what is older than the new days is gone within minutes; `longer`: what is there
 * stays longer; `same`: it holds the same days from another origin; `none`: nothing is changed.
 */
export type Consequence = "shorter" | "longer" | "same" | "none";

export function consequenceOf(row: ChangeableRow, chosen: ChosenDays): Consequence {
  const days = chosen ?? row.environment_days;
  if (days < row.days) return "shorter";
  if (days > row.days) return "longer";
  return (row.origin === "project") === (chosen !== null) ? "none" : "same";
}

/** The whole number within the class's bounds that a text has. @returns `undefined` for any other text */
export function daysOfText(text: string, { min_days, max_days }: ChangeableRow): number | undefined {
  // `1.000` is a thousand to people who write German, and one to a program: what is older than a day would be deleted.
  const days = /^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return days >= min_days && days <= max_days ? days : undefined;
}
