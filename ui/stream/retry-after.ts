/** setTimeout overflows at 24.8 days; a countdown of an hour is long enough. */
const LONGEST_SECONDS = 3600;

/** Whole seconds of a `Retry-After` header (a number, or an HTTP date); `fallback` when it is not usable. */
export function retryAfterSeconds(header: string | null, fallback: number, now: Date): number {
  const text = header?.trim() ?? "";
  const seconds = secondsIn(text, now);
  if (Number.isNaN(seconds)) return fallback;
  return Math.min(Math.max(Math.ceil(seconds), 0), LONGEST_SECONDS);
}

function secondsIn(text: string, now: Date): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  // An HTTP date begins with its weekday; Date.parse would make a date of much else, "-3" for one.
  return /^[A-Z][a-z]{2},/.test(text) ? (Date.parse(text) - now.getTime()) / 1000 : Number.NaN;
}
