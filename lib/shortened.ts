/** A text that a caller chose, for an error: cut where it is longer, without half of a surrogate pair at its end. */
export function shortened(text: string, characters = 80): string {
  return text.length > characters ? `${text.slice(0, characters).toWellFormed()}…` : text;
}
