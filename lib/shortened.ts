/** A text that a caller chose, for an error: cut where it is longer, without half of a surrogate pair at its end. */
export function shortened(text: string, characters = 80): string {
  return text.length > characters ? `${text.slice(0, characters).toWellFormed()}…` : text;
}

/**
 * A value of JSON as an error repeats it. JSON has no text for a number beyond those of JavaScript, which it reads `1e400` as:
 * `JSON.stringify` makes `null` of it.
 */
export function valueText(value: unknown): string {
  if (value === Infinity) return "a number over 1.8e308";
  if (value === -Infinity) return "a number below -1.8e308";
  return Number.isNaN(value) ? "NaN" : (JSON.stringify(value) ?? "nothing");
}
