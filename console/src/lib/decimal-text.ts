/** The character between a number's whole part and its decimals in a language. */
export function decimalSeparator(language: string): "." | "," {
  return new Intl.NumberFormat(language).format(1.5).includes(",") ? "," : ".";
}

/**
 * A number as people type it, without a sign, in the form that programs read: `12,5` of a German page is `12.5`. The separator of other
 * languages is read as well, unless it may be one between thousands: `1,000` is 1 or 1000.
 * @returns `undefined` for what is no number, or may be two
 */
export function plainDecimal(text: string, language: string): string | undefined {
  const [, whole = "", separator, decimals = ""] = /^(\d+)(?:([.,])(\d+))?$/.exec(text.trim()) ?? [];
  if (whole === "") return undefined;
  if (separator === undefined) return whole;
  if (separator !== decimalSeparator(language) && decimals.length === 3) return undefined;
  return `${whole}.${decimals}`;
}

/** A number in the form that `plainDecimal` reads, for a field of a page in the language. */
export function decimalText(value: number, language: string): string {
  return String(value).replace(".", decimalSeparator(language));
}
