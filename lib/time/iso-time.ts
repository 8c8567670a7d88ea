/**
 * Unix milliseconds of a date or time in ISO 8601. `NaN` for another text, and for a day that its month does not have, such as
 * `2026-02-30`, which `Date.parse` takes as one of the next month.
 */
export function isoTime(text: string): number {
  const [day = ""] = /^\d{4}-\d{2}-\d{2}/.exec(text) ?? [];
  const midnight = Date.parse(day);
  const exists = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
  return exists ? Date.parse(text) : Number.NaN;
}
