/** A date, or a time to the minute or finer with its zone: `Z` or an offset. */
const FORM = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Unix milliseconds of a date (its beginning in UTC) or of a time with its zone, in ISO 8601. `NaN` for another text: for a time
 * without zone, which `Date.parse` takes as one of this machine's zone, and for a day that its month does not have, such as
 * `2026-02-30`, which it takes as one of the next month.
 */
export function isoTime(text: string): number {
  const [, day = ""] = FORM.exec(text) ?? [];
  const midnight = Date.parse(day);
  const exists = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
  return exists ? Date.parse(text) : Number.NaN;
}
